"""A town with a station at either end of three kilometres of streets, and a desk over it with real workers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.integration.desk_of import Desk, desk_over, worker
from tests.integration.tiny_maps import HERE, METRE, Town, built
from tests.worlds import World, station

COLUMNS, ROWS, STEP_M = 13, 5, 250
STREET = {"highway": "residential"}
TOWN = Town(
    nodes={1 + y * COLUMNS + x: (x * STEP_M, y * STEP_M) for y in range(ROWS) for x in range(COLUMNS)},
    ways={
        **{f"along {y}": ([1 + y * COLUMNS + x for x in range(COLUMNS)], STREET) for y in range(ROWS)},
        **{f"across {x}": ([1 + y * COLUMNS + x for y in range(ROWS)], STREET) for x in range(COLUMNS)},
    },
)


def place(east_m: float, north_m: float = 500.0) -> tuple[float, float]:
    return (HERE[0] + east_m * METRE, HERE[1] + north_m * METRE)


# The middle is a kilometre and a half from both: three minutes at 30 km/h.
WEST, EAST = station("west", place(0)), station("east", place(3000))


@asynccontextmanager
async def desk_in_town(folder: Path, world: World) -> AsyncIterator[Desk]:
    """The service over the town's map and this register."""
    built(TOWN, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_WORKER_LIVE", str(folder / "w.sock"))
        patch.setenv("MUSTER_WORKER_BACKGROUND", str(folder / "b.sock"))
        patch.setenv("MUSTER_ROADS", str(folder / "roads.npz"))
        with worker(folder / "w.sock"), worker(folder / "b.sock"):
            async with desk_over(world) as made:
                yield made
