"""Zones are the built-up cells round the stations, and their seconds are those by road to the middle of their road."""

from datetime import UTC, datetime

import numpy as np
import pytest

from dispatch.routing import Graph, closed_at, nothing_closed, profile_for, snap, travel_times, zones
from dispatch.routing.closures import Closed, Closure
from dispatch.routing.compile import Junction, Stretch, compile_graph
from dispatch.routing.graph import CLASS_CODE
from dispatch.routing.zones import DENSE_M, KEY_PLACE_M, NEVER, SAMPLES, Zones, zone_seconds, zones_of

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
DEG = 1 / 111_195
PUMPER = profile_for()
STEP_M = 250.0


def town(columns: int = 17, rows: int = 5, *, road_class: str = "residential") -> Graph:
    """A grid of streets every 250 m, from the equator north."""
    spots = [Junction(87.6 + STEP_M * DEG * x, STEP_M * DEG * y) for y in range(rows) for x in range(columns)]
    code = CLASS_CODE[road_class]
    along = [Stretch(y * columns + x, y * columns + x + 1, code) for y in range(rows) for x in range(columns - 1)]
    across = [Stretch(y * columns + x, (y + 1) * columns + x, code) for y in range(rows - 1) for x in range(columns)]
    return compile_graph(spots, [*along, *across])


def at(east_m: float, north_m: float) -> tuple[float, float]:
    return (87.6 + east_m * DEG, north_m * DEG)


NOWHERE = np.zeros((0, 2))


def zoned(graph: Graph, *stations: tuple[float, float], keys: tuple[tuple[float, float], ...] = ()) -> Zones:
    return zones_of(graph, PUMPER, np.array(stations).reshape(-1, 2), (), np.array(keys).reshape(-1, 2))


def test_the_city_is_its_dense_cells_and_all_their_road_is_its_risk() -> None:
    graph = town()
    found = zoned(graph, at(0, 0))
    assert 4 <= len(found.names) <= 10
    assert list(found.names) == sorted(set(found.names))
    assert (found.risk_m >= DENSE_M).all()
    assert found.risk_m.sum() <= graph.stretch_length.sum() + 1
    assert len(found.spots.stretch) == SAMPLES * len(found.names)
    assert (found.boxes[:, 2] > found.boxes[:, 0]).all()
    assert (found.boxes[:, 3] > found.boxes[:, 1]).all()


def test_every_spot_lies_in_its_own_zone() -> None:
    found = zoned(town(), at(0, 0))
    middle = (found.spots.a + found.spots.b) / 2 / (np.radians(1.0) * 6_371_008.8)
    box = np.repeat(found.boxes, SAMPLES, axis=0)
    assert ((middle >= box[:, :2] - 1e-9) & (middle <= box[:, 2:] + 1e-9)).all()


def test_motorways_tracks_and_what_is_far_from_every_station_are_no_city() -> None:
    assert zoned(town(road_class="motorway"), at(0, 0)).names == ()
    assert zoned(town(road_class="track"), at(0, 0)).names == ()
    assert zoned(town(), at(50_000, 0)).names == ()
    assert zoned(town()).names == ()


def test_an_area_is_served_however_far_its_station_and_a_hole_in_it_is_not() -> None:
    graph = town()
    whole = (at(-2000, -2000), at(6000, -2000), at(6000, 3000), at(-2000, 3000), at(-2000, -2000))
    hole = (at(2000, -2000), at(6000, -2000), at(6000, 3000), at(2000, 3000), at(2000, -2000))
    every = zones_of(graph, PUMPER, NOWHERE, [[whole]], NOWHERE)
    west = zones_of(graph, PUMPER, NOWHERE, [[whole, hole]], NOWHERE)
    assert every.names == zoned(graph, at(0, 0)).names
    assert set(west.names) < set(every.names)
    assert west.boxes[:, 0].max() < at(2000, 0)[0]


def test_a_high_risk_place_weighs_and_makes_a_zone_of_a_thin_cell() -> None:
    graph = town(columns=5, rows=1)
    assert zoned(graph, at(0, 0)).names == ()
    found = zoned(graph, at(0, 0), keys=(at(400, 0), at(420, 0)))
    assert len(found.names) == 1
    assert 2 * KEY_PLACE_M <= found.risk_m[0] <= 2 * KEY_PLACE_M + 4 * STEP_M


def test_of_too_many_cells_the_riskiest_are_kept_and_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    every = zoned(town(), at(0, 0))
    monkeypatch.setattr(zones, "MOST", 2)
    kept = zoned(town(), at(0, 0))
    assert len(kept.names) == 2
    assert kept.risk_m.min() >= np.sort(every.risk_m)[::-1][1]
    assert kept.left_out_m + kept.risk_m.sum() == pytest.approx(every.risk_m.sum())
    assert kept.version != every.version


def seconds_one_by_one(graph: Graph, closed: Closed, found: Zones, place: tuple[float, float]) -> list[int]:
    """The same seconds by the other engine: one tree grown backwards from every spot, then the middle of each zone."""
    origin = snap(graph, np.array([place]))
    middle = (found.spots.a + found.spots.b) / 2 / (np.radians(1.0) * 6_371_008.8)
    took = [travel_times(graph, PUMPER, closed, snap(graph, spot[None]), origin).seconds[0] for spot in middle]
    halves = np.sort(np.array(took).reshape(-1, SAMPLES), axis=1)[:, SAMPLES // 2]
    return [round(each) if np.isfinite(each) else NEVER for each in halves.tolist()]


def test_seconds_are_those_that_a_unit_would_be_given() -> None:
    graph = town(columns=9)
    found = zoned(graph, at(0, 0))
    for place in (at(0, 500), at(1990, 30)):
        ours = zone_seconds(graph, PUMPER, nothing_closed(graph), found, snap(graph, np.array([place])))
        theirs = seconds_one_by_one(graph, nothing_closed(graph), found, place)
        assert np.abs(ours[0] - np.array(theirs)).max() <= 1


def test_seconds_taken_against_the_traffic_are_caught() -> None:
    """The planted bug: seconds from the zones to the place, where one-way streets make them others."""
    one_way = Stretch(0, 1, CLASS_CODE["residential"], back=0)
    round_about = (Stretch(1, 2, CLASS_CODE["residential"], back=0), Stretch(2, 0, CLASS_CODE["residential"], back=0))
    spots = [Junction(*at(0, 0)), Junction(*at(700, 0)), Junction(*at(700, 700))]
    graph = compile_graph(spots, [one_way, *round_about])
    found = zoned(graph, at(0, 0), keys=(at(350, 0),))
    place = at(100, 0)
    rightly = seconds_one_by_one(graph, nothing_closed(graph), found, place)
    back = snap(graph, np.array([place]))
    middle = (found.spots.a + found.spots.b) / 2 / (np.radians(1.0) * 6_371_008.8)
    wrong = np.median(travel_times(graph, PUMPER, nothing_closed(graph), back, snap(graph, middle)).seconds)
    ours = zone_seconds(graph, PUMPER, nothing_closed(graph), found, back)
    assert np.abs(ours[0] - np.array(rightly)).max() <= 1
    assert abs(wrong - rightly[0]) > 5


def test_what_a_closure_cuts_off_is_never_reached() -> None:
    graph = town(columns=9, rows=5)
    found = zoned(graph, at(0, 0))
    cut = (at(900, -50), at(1100, -50), at(1100, 1100), at(900, 1100))
    closed = closed_at(graph, [Closure("c", 1, NOON, polygon=cut)], NOON)
    seconds = zone_seconds(graph, PUMPER, closed, found, snap(graph, np.array([at(0, 0)])))[0]
    east = found.boxes[:, 0] >= at(1100, 0)[0]
    assert (seconds[east] == NEVER).all()
    assert (seconds < NEVER).any()
