"""One running Muster for all fault tests: the real launcher and processes, live use, a small register."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.launched import Copy
from tests.town.people import Town, opened
from tests.town.running import launched


@pytest.fixture(scope="session")
def copy() -> Iterator[Copy]:
    """The copy; at its end nothing of it may be left."""
    with launched() as made:
        yield made


@pytest.fixture(scope="session")
async def town(copy: Copy, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The copy with its register and its people."""
    async with opened(copy, tmp_path_factory.mktemp("register") / "folder") as made:
        yield made
