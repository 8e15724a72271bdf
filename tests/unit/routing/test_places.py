"""Places find their roads: the nearest one exactly, a connected one where it matters, and closures draw their edge."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from dispatch.routing import Closure, Graph, closed_at, nothing_closed, snap
from dispatch.routing.closures import touched
from dispatch.routing.compile import EVERYONE, Junction, Stretch, compile_graph
from dispatch.routing.graph import CLASS_CODE, FOOT
from dispatch.routing.profiles import LIGHT_CAR, WALKING
from dispatch.routing.snapping import choose, plane
from dispatch.routing.weights import weigh

PRIMARY = CLASS_CODE["primary"]
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
place = st.tuples(st.floats(87.5, 87.7), st.floats(43.7, 43.9))


def star(corners: list[tuple[float, float]], **attributes: int) -> Graph:
    """Roads from the first corner to each of the others."""
    junctions = [Junction(lon, lat) for lon, lat in corners]
    return compile_graph(junctions, [Stretch(0, n, PRIMARY, **attributes) for n in range(1, len(corners))])  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(st.lists(place, min_size=2, max_size=6, unique=True), place)
def test_the_first_candidate_is_the_nearest_road(corners: list[tuple[float, float]], at: tuple[float, float]) -> None:
    graph = star(corners)
    found = snap(graph, np.array([at]))
    point = plane(graph, np.array(at))
    lines = [LineString(plane(graph, graph.line(2 * s))) for s in range(len(graph.stretch_tail))]
    distances = [np.min(_to_line(np.array(line.coords), point)) for line in lines]
    assert found.metres[0, 0] == pytest.approx(min(distances), abs=0.01)
    line = lines[found.stretch[0, 0]]
    on_it = np.array(line.interpolate(found.share[0, 0], normalized=True).coords[0])
    assert np.hypot(*(on_it - point)) == pytest.approx(min(distances), abs=0.05)


def _to_line(line: np.ndarray, point: np.ndarray) -> np.ndarray:
    a, way = line[:-1], np.diff(line, axis=0)
    t = np.clip(((point - a) * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-12), 0, 1)
    return np.hypot(*(point - a - way * t[:, None]).T)


def test_a_place_on_a_scrap_of_road_uses_the_connected_road_nearby() -> None:
    """A parking lot cut off from the network lies 20 m from the place, the street 60 m."""
    deg = 1 / 111_195
    corners = [(87.6, 0.0), (87.6 + 500 * deg, 0.0), (87.6 + 1000 * deg, 0.0)]
    lot = [(87.6 + 200 * deg, 80 * deg), (87.6 + 220 * deg, 80 * deg)]
    junctions = [Junction(lon, lat) for lon, lat in corners + lot]
    graph = compile_graph(junctions, [Stretch(0, 1, PRIMARY), Stretch(1, 2, PRIMARY), Stretch(3, 4, PRIMARY)])
    places = snap(graph, np.array([[87.6 + 210 * deg, 60 * deg]]))
    assert places.stretch[0, 0] == 2
    chosen = choose(graph, weigh(graph, LIGHT_CAR), nothing_closed(graph), places)
    assert chosen.stretch[0] == 0
    assert chosen.metres[0] == pytest.approx(60, abs=1)


def test_a_vehicle_does_not_stand_on_a_footpath() -> None:
    deg = 1 / 111_195
    junctions = [Junction(87.6, y * deg) for y in (0, 0)] + [Junction(87.6 + 500 * deg, y * deg) for y in (0, 100)]
    roads = [
        Stretch(0, 2, PRIMARY),
        Stretch(1, 3, CLASS_CODE["footway"], along=FOOT, back=FOOT),
        Stretch(0, 1, PRIMARY, length_m=1.0, along=EVERYONE),
    ]
    graph = compile_graph(junctions, roads)
    places = snap(graph, np.array([[87.6 + 500 * deg, 90 * deg]]))
    none = nothing_closed(graph)
    assert choose(graph, weigh(graph, WALKING), none, places).stretch[0] == 1
    assert choose(graph, weigh(graph, LIGHT_CAR), none, places).stretch[0] == 0


@pytest.mark.parametrize("bad", [[np.nan, 43.8], [87.6, np.inf], [200.0, 43.8], [43.8, 187.6]])
def test_what_is_no_place_is_refused(bad: list[float]) -> None:
    with pytest.raises(ValueError, match="finite longitude and latitude"):
        snap(star([(87.6, 43.8), (87.7, 43.8)]), np.array([bad]))


def test_places_of_another_map_are_refused() -> None:
    graph, other = star([(87.6, 43.8), (87.7, 43.8)]), star([(87.6, 43.8), (87.7, 43.9)])
    object.__setattr__(other, "map_version", "another")
    with pytest.raises(ValueError, match="another"):
        choose(graph, weigh(graph, LIGHT_CAR), nothing_closed(graph), snap(other, np.array([[87.6, 43.8]])))


corner = st.tuples(st.integers(0, 8), st.integers(0, 8)).map(lambda xy: (87.6 + xy[0] / 64, 43.5 + xy[1] / 64))


@settings(max_examples=150, deadline=None)
@given(st.lists(corner, min_size=2, max_size=6, unique=True), st.lists(corner, min_size=3, max_size=5, unique=True))
def test_an_area_closes_exactly_the_roads_that_touch_it(
    corners: list[tuple[float, float]], ring: list[tuple[float, float]]
) -> None:
    area = Polygon(ring)
    if not area.is_valid or area.area == 0:
        return
    graph = star(corners)
    expected = [area.intersects(LineString(graph.line(2 * s))) for s in range(len(graph.stretch_tail))]
    assert touched(graph, np.array(ring)).tolist() == expected


@pytest.mark.parametrize("ring", [((87.6, 43.8), (87.7, 43.8)), ((87.6, 43.8), (87.7, 43.8), (np.nan, 43.9))])
def test_a_shape_that_is_no_area_is_refused(ring: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValueError, match="three corners"):
        closed_at(star([(87.6, 43.8), (87.7, 43.8)]), [Closure("c", 1, NOON, polygon=ring)], NOON)


def test_an_edge_that_is_not_on_the_map_is_refused() -> None:
    graph = star([(87.6, 43.8), (87.7, 43.8)])
    with pytest.raises(ValueError, match="not on the map"):
        closed_at(graph, [Closure("c", 1, NOON, edges=(2,), map_version=graph.map_version)], NOON)


def test_the_version_of_closures_names_what_is_in_force_whatever_the_order() -> None:
    graph = star([(87.6, 43.8), (87.7, 43.8)])
    ring = ((87.5, 43.7), (87.5, 43.9), (87.6, 43.9))
    one, two = Closure("a", 1, NOON, polygon=ring), Closure("b", 1, NOON, polygon=ring)
    moved = Closure("b", 2, NOON, polygon=ring)
    versions = [closed_at(graph, what, NOON).version for what in ([one, two], [two, one], [one], [one, moved])]
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3
