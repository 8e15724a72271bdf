"""Seconds from station to station by the trees of coverage are those that a unit would be given for the same way."""

import numpy as np
import pytest

from dispatch.routing import Graph, closed_at, nothing_closed, profile_for, snap, travel_times, zones
from dispatch.routing.closures import Closed, Closure
from dispatch.routing.grid import grid_points
from dispatch.routing.zones import NEVER, tree_seconds, zone_seconds, zones_of
from tests.unit.routing.test_zones import NOON, NOWHERE, at, town, zoned

PUMPER = profile_for()
PLACES = np.array([at(0, 0), at(1010, 260), at(2500, 900), at(3990, 40), at(130, 700)])
RING = (at(1900, -50), at(2100, -50), at(2100, 800), at(1900, 800))


def between(graph: Graph, closed: Closed) -> np.ndarray:  # type: ignore[type-arg]
    held, places = zoned(graph, at(0, 0)), snap(graph, PLACES)
    return tree_seconds(graph, PUMPER, closed, held, places, places)[1]


def wrong(graph: Graph, closed: Closed) -> list[tuple[int, int]]:
    """Pairs whose seconds differ by more than a rounding from the answer that a unit's dispatch would get."""
    said = between(graph, closed)
    found: list[tuple[int, int]] = []
    for to in range(len(PLACES)):
        times = travel_times(graph, PUMPER, closed, snap(graph, PLACES[to : to + 1]), snap(graph, PLACES))
        off = np.abs(said[:, to] - np.ceil(times.seconds)) > 1
        found += [(start, to) for start in np.flatnonzero(off).tolist() if start != to]
    return found


@pytest.mark.parametrize("shut", [False, True])
def test_seconds_between_places_are_those_of_a_dispatch(shut: bool) -> None:
    graph = town()
    closed = closed_at(graph, [Closure("c", 1, NOON, None, polygon=RING)], NOON) if shut else nothing_closed(graph)
    assert wrong(graph, closed) == []
    assert (np.diag(between(graph, closed)) < 60).all()


def test_a_way_whose_end_is_left_out_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: the way from the road to the door of the station is not counted."""
    monkeypatch.setattr(zones, "access_ms", lambda metres, _profile: np.zeros(len(metres)))
    assert wrong(town(), nothing_closed(town())) != []


def test_the_same_trees_give_the_same_zones() -> None:
    graph = town()
    held, places = zoned(graph, at(0, 0)), snap(graph, PLACES)
    alone = zone_seconds(graph, PUMPER, nothing_closed(graph), held, places)
    beside, none = tree_seconds(graph, PUMPER, nothing_closed(graph), held, places, snap(graph, NOWHERE))
    assert (alone == beside).all()
    assert none.shape == (len(PLACES), 0)


def test_no_road_leads_to_what_lies_off_every_road() -> None:
    graph = town()
    held, start = zoned(graph, at(0, 0)), snap(graph, PLACES[:1])
    ends = snap(graph, np.array([at(0, 9_000), at(500, 0)]))
    (seconds,) = tree_seconds(graph, PUMPER, nothing_closed(graph), held, start, ends)[1].tolist()
    assert seconds[0] == NEVER
    assert seconds[1] < 200


def test_a_grid_has_one_point_to_a_square_and_every_point_is_on_a_road() -> None:
    graph = town()
    held = zones_of(graph, PUMPER, np.array([at(0, 0)]), (), NOWHERE)
    points = grid_points(graph, held, 500.0)
    squares = np.floor((points / (1 / 111_195) + 1e-6) / 500.0)
    assert 8 <= len(points) <= len(held.spots.stretch)
    assert len(np.unique(squares, axis=0)) == len(points)
    assert snap(graph, points).metres[:, 0].max() < 1
    near = grid_points(graph, held, 500.0, at(0, 0), 600.0)
    assert 0 < len(near) < len(points)
    assert (np.hypot(*((near - at(0, 0)) * 111_195).T) <= 605).all()
    assert (grid_points(graph, held, 500.0) == points).all()
    with pytest.raises(ValueError, match="a grid of"):
        grid_points(graph, held, 0.0)
