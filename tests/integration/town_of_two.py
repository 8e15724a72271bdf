"""A town with a station at either end of three kilometres of streets, its register, and a desk over real workers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kernel.contracts.resources import MicroStation, Organisation
from kernel.contracts.vocabulary import MicroStationKind, OrganisationKind
from tests.integration.desk_of import Desk, desk_over, worker
from tests.integration.tiny_maps import HERE, METRE, Town, built
from tests.worlds import World, cards, engine, force_table, ladder, station

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


WEST, EAST = station("west", place(0)), station("east", place(3000))
BARE = station("bare", place(1500))


def town() -> World:
    """A station at either end; the middle is a kilometre and a half from both, at 30 km/h three minutes."""
    key_unit = MicroStation(
        id="ms-key",
        name="油库",
        kind=MicroStationKind.KEY_UNIT,
        organisation_id="org-brigade",
        at=place(400),
        people=6,
        capabilities={},
    )
    return (
        World()
        .add("organisation", Organisation(id="org-brigade", name="大队", kind=OrganisationKind.BRIGADE, path="c/b"))
        .add("station", WEST, EAST, BARE)
        .add("unit", engine("w1", WEST), engine("e1", EAST), engine("e2", EAST), ladder("e3", EAST))
        .add("micro_station", key_unit)
        .add("response_card", *cards())
        .add("force_table", force_table())
    )


@asynccontextmanager
async def desk_in_town(folder: Path) -> AsyncIterator[Desk]:
    """The service over the town's map."""
    built(TOWN, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_WORKER_LIVE", str(folder / "w.sock"))
        patch.setenv("MUSTER_WORKER_BACKGROUND", str(folder / "b.sock"))
        patch.setenv("MUSTER_ROADS", str(folder / "roads.npz"))
        with worker(folder / "w.sock"), worker(folder / "b.sock"):
            async with desk_over(town()) as made:
                yield made
