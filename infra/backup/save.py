"""`./muster backup FILE`: everything that a copy cannot make anew, as of one instant."""

import asyncio
import shutil
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from infra.backup import archive
from infra.backup.database import readable, run
from infra.backup.tables import connected, contents, revisions
from infra.place import Place
from infra.steps import Refusal, doing, say

_SCRATCH = ".backup."


def save(data: Path, target: Path) -> int:
    """Writes the backup of a running or stopped copy; 0 when it is written."""
    place, target = Place(data.resolve()), target.resolve()
    if not target.parent.is_dir():
        raise Refusal(f"There is no folder {target.parent}.")
    # Beside the target, so that what does not fit is noticed there and nothing fills another disk.
    with readable(place) as url, tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=target.parent) as name:
        folder = Path(name)
        with doing(f"writing a backup of {place.data}"):
            manifest = asyncio.run(_collect(url, place, folder))
            archive.write(target, manifest, folder)
    rows = sum(count for count, _ in manifest.tables.values())
    say(f"{target}: {target.stat().st_size / 1e6:.1f} MB, {len(manifest.tables)} tables, {rows} rows")
    return 0


async def _collect(url: str, place: Place, folder: Path) -> archive.Manifest:
    """The dump and the hashes see the same instant: one exported snapshot."""
    async with connected(url) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        how = ("--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={folder / archive.DUMP}")
        await asyncio.to_thread(run, "pg_dump", url, *how)
        tables = await contents(connection)
        epoch = await connection.fetchval("SELECT epoch FROM kernel.installation")
        stands = await revisions(connection)
    names = [archive.DUMP, *(name for name in archive.KEPT if _copied(place.data / name, folder / name))]
    return archive.Manifest(
        version=version("emergency-command"),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        epoch=epoch,
        revisions=stands,
        tables=tables,
        members={name: archive.digest_of(folder / name) for name in names},
    )


def _copied(source: Path, target: Path) -> bool:
    if not source.exists():
        return False
    shutil.copyfile(source, target)
    return True
