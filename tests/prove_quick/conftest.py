"""One running Muster for all fault tests: the real launcher and processes, live use, a small register."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from infra.children import is_alive, wait_until
from infra.place import ROOT
from tests.launched import Copy, children_of, open_folder
from tests.prove_quick.town import Town, opened

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def copy() -> Iterator[Copy]:
    """The copy; at its end nothing of it may be left."""
    with open_folder() as folder:
        data = folder / "data"
        made = Copy(data, [sys.executable, str(HERE / "launch.py"), str(data)], {"PYTHONPATH": str(ROOT)}).wait_up()
        yield made
        pids = [*made.pids(), *children_of(made.pid("postgres"))]
        made.finish()
    assert wait_until(lambda: not any(map(is_alive, pids)), 5), "something outlived the launcher"


@pytest.fixture(scope="session")
async def town(copy: Copy, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The copy with its register and its people."""
    async with opened(copy, tmp_path_factory.mktemp("register") / "folder") as made:
        yield made
