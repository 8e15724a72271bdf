"""A copy of Muster to be hurt: started as the launcher starts it, ended without a trace, and a town in it."""

import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from infra.children import is_alive, wait_until
from infra.place import ROOT
from tests.launched import Copy, children_of, open_folder
from tests.town.people import Town, opened

HERE = Path(__file__).parent


@contextmanager
def launched(*arguments: str, env: Mapping[str, str] | None = None, program: Sequence[str] = ()) -> Iterator[Copy]:
    """A copy; at its end nothing of it may be left. `arguments` follow the data directory; see launch.py."""
    with open_folder() as folder:
        data = folder / "data"
        argv = [sys.executable, *(program or [str(HERE / "launch.py")]), str(data), *arguments]
        made = Copy(data, argv, {"PYTHONPATH": str(ROOT), **(env or {})}).wait_up()
        try:
            yield made
            pids = [*made.pids(), *children_of(made.pid("postgres"))]
        finally:
            made.finish()
    assert wait_until(lambda: not any(map(is_alive, pids)), 5), "something outlived the launcher"


@asynccontextmanager
async def running_town(
    *arguments: str, env: Mapping[str, str] | None = None, program: Sequence[str] = ()
) -> AsyncIterator[Town]:
    """A copy with its register and everybody signed in."""
    with launched(*arguments, env=env, program=program) as copy, tempfile.TemporaryDirectory() as folder:
        async with opened(copy, Path(folder) / "register") as town:
            yield town
