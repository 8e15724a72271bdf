"""A copy of Muster to be hurt: started as the launcher starts it, ended without a trace, and a town in it."""

import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from infra.children import is_alive, wait_until
from infra.place import ROOT
from tests.launched import Copy, children_of, open_folder
from tests.town.people import Town, opened

HERE = Path(__file__).parent


@contextmanager
def launched(*arguments: str, env: Mapping[str, str] | None = None, volume_mb: int = 0) -> Iterator[Copy]:
    """A copy; at its end nothing of it may be left. `arguments` follow the data directory; see launch.py.

    With `volume_mb` its data directory is a small volume of its own, which only root can make.
    """
    with open_folder() as folder, _volume(folder / "data", volume_mb):
        argv = [sys.executable, str(HERE / "launch.py"), str(folder / "data"), *arguments]
        made = Copy(folder / "data", argv, {"PYTHONPATH": str(ROOT), **(env or {})}).wait_up()
        try:
            yield made
            pids = [*made.pids(), *(children_of(made.pid("postgres")) if made.pid("postgres") else [])]
        finally:
            made.finish()
    assert wait_until(lambda: not any(map(is_alive, pids)), 5), "something outlived the launcher"


@contextmanager
def _volume(folder: Path, size_mb: int) -> Iterator[None]:
    """A volume of so many megabytes in memory at a folder, gone afterwards; none for 0."""
    if not size_mb:
        yield
        return
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=755", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@asynccontextmanager
async def running_town(
    *arguments: str, env: Mapping[str, str] | None = None, volume_mb: int = 0
) -> AsyncIterator[Town]:
    """A copy with its register and everybody signed in."""
    with launched(*arguments, env=env, volume_mb=volume_mb) as copy, tempfile.TemporaryDirectory() as folder:
        async with opened(copy, Path(folder) / "register") as town:
            yield town
