"""Simulated crews under a move-up turn out, drive, stand, and turn where they are when they are called back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.simulator.journey import Journey
from infra.simulator.movers import is_due, way_of

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
JOURNEY = Journey(((87.0, 43.0), (87.1, 43.0), (87.2, 43.0)), (0.0, 100.0, 200.0))


def at(second: float) -> str:
    return (NOON + timedelta(seconds=second)).isoformat()


def order(status: str, **moments: float) -> dict[str, Any]:
    names = ("under_way_at", "arrived_at", "recalled_at")
    times = {name: at(moments[name]) if name in moments else None for name in names}
    return {"id": "m1", "status": status, "ordered_at": at(0), **times}


def seen(held: dict[str, Any], second: float) -> tuple[tuple[float, float], bool]:
    """Where the unit is, and whether its next step is due."""
    way, elapsed_s = way_of(held, JOURNEY, NOON + timedelta(seconds=second))
    (lon, lat), _, _ = way.at(elapsed_s)
    return (round(lon, 3), round(lat, 3)), is_due(held, way, elapsed_s)


@pytest.mark.parametrize(
    ("held", "second", "lon", "due"),
    [
        (order("ordered"), 30, 87.03, False),
        (order("ordered"), 95, 87.095, True),
        (order("under_way", under_way_at=60), 110, 87.05, False),
        (order("under_way", under_way_at=60), 260, 87.2, True),
        (order("arrived", under_way_at=60, arrived_at=260), 900, 87.2, False),
        (order("returning", under_way_at=60, arrived_at=260, recalled_at=900), 950, 87.15, False),
        (order("returning", under_way_at=60, arrived_at=260, recalled_at=900), 1100, 87.0, True),
        (order("returning", under_way_at=60, recalled_at=110), 110, 87.05, False),
        (order("returning", under_way_at=60, recalled_at=110), 135, 87.025, False),
        (order("returning", under_way_at=60, recalled_at=110), 161, 87.0, True),
    ],
)
def test_a_moved_unit_is_where_its_way_has_it(held: dict[str, Any], second: float, lon: float, due: bool) -> None:
    assert seen(held, second) == ((lon, 43.0), due)
