"""`./muster restore FILE`: a stopped or empty data directory becomes what the backup says, under a new epoch."""

import asyncio
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from infra.backup import archive
from infra.backup.database import given_owner, run, started
from infra.backup.tables import connected, contents
from infra.claim import claim
from infra.migrate import known_revisions
from infra.place import Place
from infra.postgres import APP_ROLE, DATABASE, OWNER, Cluster
from infra.steps import Refusal, doing, say

_SCRATCH = ".restore."
_NEW, _OLD = "muster_restored", "muster_replaced"
_FIND_ROLE = "SELECT count(*) FROM pg_roles WHERE rolname = $1"
_MAKE_ROLE = f"CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"


def restore(data: Path, source: Path) -> int:
    """Restores a backup; 0 when the copy can be started. Whatever is refused leaves the data directory as it was."""
    place, source = Place(data.resolve()), source.resolve()
    with claim(place):
        place.make()
        for left in place.data.glob(f"{_SCRATCH}*"):  # by a restore that was killed
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=place.data) as name, doing(f"restoring {source}"):
            folder = Path(name)
            manifest = archive.unpack(source, folder)
            refuse_newer(manifest)
            _fill(place, manifest, folder)
            _put_files(place, manifest, folder)
    say(f"restored what was there at {manifest.made_at}; everybody's picture begins anew. Start it with ./muster run.")
    return 0


def refuse_newer(manifest: archive.Manifest) -> None:
    """Refuses a backup of a schema that this program does not know."""
    for schema, revision in manifest.revisions.items():
        if revision not in known_revisions(schema):
            raise Refusal(
                f"This backup was written by a newer Muster ({manifest.version}; schema {schema}, revision "
                f"{revision}). Restore it with that version."
            )


def _fill(place: Place, manifest: archive.Manifest, folder: Path) -> None:
    elsewhere = given_owner()
    if elsewhere is not None:
        asyncio.run(_refuse_full(elsewhere))
        _load(elsewhere, manifest, folder, "--no-comments")
        return
    with started(place) as cluster:
        cluster.sql(f"DROP DATABASE IF EXISTS {_NEW}")
        cluster.sql(f"DROP DATABASE IF EXISTS {_OLD}")
        cluster.sql(f"CREATE DATABASE {_NEW}")
        _load(cluster.url(_NEW, OWNER), manifest, folder)
        _swap(cluster)


def _load(url: str, manifest: archive.Manifest, folder: Path, *options: str) -> None:
    """Fills an empty database, proves every table, and begins a new epoch."""
    asyncio.run(_make_role(url))
    whole = ("--exit-on-error", "--single-transaction", "--no-owner", *options)
    run("pg_restore", url, *whole, str(folder / archive.DUMP))
    asyncio.run(_prove(url, manifest))
    asyncio.run(begin_epoch(url))


def _swap(cluster: Cluster) -> None:
    """Puts the new database in the place of the old one, in one transaction, and drops the old one."""
    before = DATABASE in cluster.sql("SELECT datname FROM pg_database").split()
    away = f"ALTER DATABASE {DATABASE} RENAME TO {_OLD}; " if before else ""
    cluster.sql(f"BEGIN; {away}ALTER DATABASE {_NEW} RENAME TO {DATABASE}; COMMIT")
    cluster.sql(f"DROP DATABASE IF EXISTS {_OLD}")


async def _make_role(url: str) -> None:
    async with connected(url) as connection:
        if not await connection.fetchval(_FIND_ROLE, APP_ROLE):
            await connection.execute(_MAKE_ROLE)


async def begin_epoch(url: str) -> None:
    """Gives every stream a new epoch: a number that somebody remembers must not mean two things."""
    async with connected(url) as connection:
        await connection.execute("UPDATE kernel.installation SET epoch = $1", secrets.token_hex(16))


async def _refuse_full(url: str) -> None:
    async with connected(url) as connection:
        full = await connection.fetchval("SELECT to_regnamespace('kernel') IS NOT NULL")
    if full:
        raise Refusal("The database is not empty; restore into an empty one and let MUSTER_DATABASE_URL name it.")


async def _prove(url: str, manifest: archive.Manifest) -> None:
    async with connected(url) as connection:
        found = await contents(connection)
    names = sorted(manifest.tables.keys() | found.keys())
    wrong = [name for name in names if manifest.tables.get(name) != found.get(name)]
    if wrong:
        raise Refusal(f"Restored tables differ from the backup's manifest: {', '.join(wrong)}. Nothing was replaced.")


def _put_files(place: Place, manifest: archive.Manifest, folder: Path) -> None:
    """The copy's own files. What the backup has not, the copy must not have either: another map, another clock."""
    for name in archive.KEPT:
        if name in manifest.members:
            with (folder / name).open("rb") as file:
                os.fsync(file.fileno())
            (folder / name).chmod(0o644)
            (folder / name).replace(place.data / name)
        else:
            (place.data / name).unlink(missing_ok=True)
    archive.sync_folder(place.data)
    # Accounts are the backup's: a first password made now would be printed and open nothing.
    (place.keys / "admin-password").touch(mode=0o600)
