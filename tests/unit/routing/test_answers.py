"""Answers say how they were found; what is estimated or unreachable never ranks as known; like vehicles share."""

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.routing import (
    Closed,
    Graph,
    Times,
    air_times,
    crowfly_times,
    grow,
    isochrone,
    nothing_closed,
    path,
    path_from,
    profile_for,
    rank,
    shared_on,
    snap,
    times_from,
    travel_times,
    weights,
)
from dispatch.routing.compile import Junction, Stretch, compile_graph
from dispatch.routing.graph import CLASS_CODE
from dispatch.routing.isochrones import piece_ms
from dispatch.routing.profiles import AERIAL_LADDER_62T, HEAVY_TANKER, LIGHT_CAR, MEDIUM_PUMPER, Profile
from dispatch.routing.snapping import (
    BEYOND_LIMIT,
    CLOSED_AT_PLACE,
    ESTIMATE,
    LIMIT_AT_PLACE,
    OFF_NETWORK,
    UNREACHABLE,
    choose,
    pieces_of,
)
from dispatch.routing.trees import access_ms
from tests.unit.routing.reference import Reference
from tests.unit.routing.test_exactness import PROFILES, cities

DEG = 1 / 111_195
PRIMARY = CLASS_CODE["primary"]


def line_of(*stretches: Stretch) -> Graph:
    """Junctions every 500 m on a straight line."""
    count = 1 + max(max(s.tail, s.head) for s in stretches)
    return compile_graph([Junction(87.6 + 500 * DEG * n, 0.0) for n in range(count)], stretches)


def at(graph: Graph, *metres: float) -> np.ndarray:
    return np.array([[87.6 + DEG * m, 0.0] for m in metres])


def answer(seconds: list[float], flags: list[int], method: str = "road") -> Times:
    n = len(seconds)
    return Times(method, "m", "p", "none", np.array(seconds), np.zeros(n), np.array(flags), np.zeros(n), 0.0)


entries = st.lists(
    st.tuples(
        st.sampled_from([1.0, 5.0, 60.0, inf]),
        st.sampled_from([0, OFF_NETWORK, UNREACHABLE, ESTIMATE, BEYOND_LIMIT, ESTIMATE | OFF_NETWORK, CLOSED_AT_PLACE]),
    ),
    min_size=2,
    max_size=12,
)


def doubtful_above_known(order: list[tuple[Times, int]]) -> bool:
    grades = []
    for times, n in order:
        lost = times.flags[n] & (UNREACHABLE | BEYOND_LIMIT) or times.seconds[n] == inf
        grades.append(2 if lost else int(bool(times.flags[n] & ESTIMATE)))
    return grades != sorted(grades)


@given(entries)
def test_no_estimate_or_unreachable_entry_ranks_above_a_known_one(given_entries: list[tuple[float, int]]) -> None:
    times = answer([s for s, _ in given_entries], [f for _, f in given_entries])
    order = rank([(times, n) for n in range(len(given_entries))])
    assert not doubtful_above_known(order)


def test_a_ranking_by_seconds_alone_is_caught() -> None:
    times = answer([100.0, 5.0], [0, ESTIMATE])
    by_seconds = sorted([(times, 0), (times, 1)], key=lambda entry: float(entry[0].seconds[entry[1]]))
    assert doubtful_above_known(by_seconds)


def test_a_straight_line_is_flagged_and_never_called_road() -> None:
    times = crowfly_times(MEDIUM_PUMPER, (87.6, 0.0), np.array([[87.6 + 1000 * DEG, 0.0]]))
    assert (times.method, times.map_version, times.flag_names(0)) == ("crowfly", "none", ("crowfly_estimate",))
    assert times.seconds[0] == pytest.approx(1000 * 1.4 / (48 / 3.6), rel=0.001)
    road = answer([5000.0], [0])
    assert [entry[0].method for entry in rank([(times, 0), (road, 0)])] == ["road", "crowfly"]


def test_air_is_its_own_method() -> None:
    times = air_times((87.6, 0.0), np.array([[87.6 + 22_000 * DEG, 0.0]]), cruise_kmh=220, setup_s=1200)
    assert (times.method, times.flag_names(0)) == ("air", ())
    assert times.seconds[0] == pytest.approx(1200 + 360, abs=0.5)
    with pytest.raises(ValueError, match="cruise"):
        air_times((87.6, 0.0), np.zeros((1, 2)), cruise_kmh=0)


def test_beyond_the_limit_is_not_unreachable() -> None:
    graph = line_of(*(Stretch(n, n + 1, PRIMARY) for n in range(40)))
    near, far = 600.0, 18_000.0
    times = travel_times(
        graph,
        MEDIUM_PUMPER,
        nothing_closed(graph),
        snap(graph, at(graph, 0)),
        snap(graph, at(graph, near, far)),
        limit_s=300,
    )
    assert [times.flag_names(n) for n in (0, 1)] == [(), ("beyond_limit",)]
    assert times.seconds[1] == inf


def test_a_station_in_a_closed_street_starts_from_the_next_open_one_and_says_so() -> None:
    graph = line_of(*(Stretch(n, n + 1, PRIMARY) for n in range(4)))
    mask = np.zeros(graph.edges, dtype=np.bool_)
    mask[:2] = True
    times = travel_times(
        graph, MEDIUM_PUMPER, Closed("c", mask), snap(graph, at(graph, 1900)), snap(graph, at(graph, 450))
    )
    assert times.flag_names(0) == ("closed_at_place",)
    assert times.snap_m[0] == pytest.approx(50, abs=1)


def test_a_station_behind_a_low_bridge_says_that_its_road_is_too_small() -> None:
    graph = line_of(Stretch(0, 1, PRIMARY, height_m=3.0), *(Stretch(n, n + 1, PRIMARY) for n in (1, 2, 3)))
    to, station = snap(graph, at(graph, 1900)), snap(graph, at(graph, 450))
    ladder = travel_times(graph, AERIAL_LADDER_62T, nothing_closed(graph), to, station)
    assert ladder.flags[0] == LIMIT_AT_PLACE
    assert travel_times(graph, LIGHT_CAR, nothing_closed(graph), to, station).flags[0] == 0


def test_a_way_repeats_a_point_where_it_waits_and_ends_when_the_answer_says() -> None:
    corners = [Junction(87.6, 0.0), Junction(87.6 + 500 * DEG, 0.0, signal=True), Junction(87.6 + 500 * DEG, 500 * DEG)]
    graph = compile_graph(corners, [Stretch(0, 1, PRIMARY, name="北京路"), Stretch(1, 2, PRIMARY, name="克拉玛依路")])
    to, origin = snap(graph, [[87.6 + 500 * DEG, 400 * DEG]]), snap(graph, at(graph, 100))  # type: ignore[arg-type]
    way = path(graph, MEDIUM_PUMPER, nothing_closed(graph), to, origin)
    assert way.roads == (("北京路", pytest.approx(400, abs=1)), ("克拉玛依路", pytest.approx(400, abs=1)))
    assert way.length_m == pytest.approx(800, abs=2)
    assert (np.diff(way.elapsed_s) >= 0).all()
    assert way.elapsed_s[-1] == way.seconds == way.answer.seconds[0]
    waits = [
        late - soon
        for a, b, soon, late in zip(way.points, way.points[1:], way.elapsed_s, way.elapsed_s[1:], strict=False)
        if np.allclose(a, b, atol=1e-9) and late > soon
    ]
    assert waits == [pytest.approx(5.0)]


@settings(max_examples=40, deadline=None)
@given(cities(), st.sampled_from(PROFILES))
def test_vehicles_that_share_a_profile_share_every_cost(city: tuple[Graph, Closed], profile: Profile) -> None:
    graph, _ = city
    own, shared = weights._weigh(graph, profile), weights._weigh(graph, shared_on(graph, profile))
    assert np.array_equal(own.barred, shared.barred)
    assert np.array_equal(own.costs.edge_ms, shared.costs.edge_ms)
    assert np.array_equal(own.passes, shared.passes)
    assert np.array_equal(own.toward_ms, shared.toward_ms)


def test_one_tree_answers_for_every_speed_and_only_for_vehicles_of_its_kind() -> None:
    graph = line_of(Stretch(0, 1, PRIMARY, height_m=3.5), *(Stretch(n, n + 1, PRIMARY) for n in range(1, 9)))
    to, stations, none = snap(graph, at(graph, 700)), snap(graph, at(graph, 900, 2500, 4100)), nothing_closed(graph)
    tree = grow(graph, MEDIUM_PUMPER, none, to, keep_way=True)
    for speed_f in (0.5, 0.85, 1.1):
        slower = profile_for(height_m=3.1, weight_t=12, length_m=7.5, speed_f=speed_f)
        own = travel_times(graph, slower, none, to, stations)
        served = times_from(tree, stations, slower)
        assert served.seconds.tolist() == own.seconds.tolist()
        assert served.profile == own.profile == slower.name
        assert path_from(tree, stations, 2, slower).elapsed_s[-1] == own.seconds[2]
    with pytest.raises(ValueError, match="does not serve"):
        times_from(tree, stations, AERIAL_LADDER_62T)


def test_nobody_asking_gets_an_empty_answer() -> None:
    graph = line_of(Stretch(0, 1, PRIMARY))
    times = travel_times(
        graph, MEDIUM_PUMPER, nothing_closed(graph), snap(graph, at(graph, 100)), snap(graph, np.zeros((0, 2)))
    )
    assert len(times.seconds) == len(times.flags) == 0


def test_a_map_without_limits_tells_few_vehicles_apart() -> None:
    graph = line_of(Stretch(0, 1, PRIMARY))
    sizes = [(3.3, 15.0, 8.0), (3.4, 17.0, 8.3), (3.6, 18.0, 9.0), (2.9, 7.5, 6.5)]
    profiles = [profile_for(height_m=height, weight_t=weight, length_m=length) for height, weight, length in sizes]
    assert len({p.name for p in profiles}) == 4
    assert len({shared_on(graph, p) for p in profiles}) == 1
    assert shared_on(graph, HEAVY_TANKER) != shared_on(graph, profiles[0])


def test_sizes_round_up_and_never_down() -> None:
    profile = profile_for(height_m=3.51, weight_t=15.1, width_m=2.5, length_m=8.2)
    assert (profile.height_m, profile.weight_t, profile.width_m, profile.length_m) == (3.55, 15.5, 2.5, 8.5)
    assert profile_for(height_m=3.55) == profile_for(height_m=3.52)


@pytest.mark.parametrize(
    "wrong", [{"height_m": -1.0}, {"weight_t": float("nan")}, {"speed_f": 0.0}, {"family": "boat"}, {"length_m": inf}]
)
def test_parameters_of_no_vehicle_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not|unknown"):
        profile_for(**wrong)  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None)
@given(cities(), st.sampled_from(PROFILES), st.sampled_from([30.0, 120.0, 1e9]))
def test_reach_equals_the_reference_at_every_piece_of_road(
    city: tuple[Graph, Closed], profile: Profile, limit_s: float
) -> None:
    graph, closed = city
    own, pieces = weights.weigh(graph, profile), pieces_of(graph)
    origins = choose(graph, own, closed, snap(graph, np.array([[87.601, 43.8005]])))
    reached = piece_ms(own, closed, origins, profile, pieces, limit_s)
    plain = Reference(graph, profile, set(np.flatnonzero(closed.edges).tolist()))
    start = (int(origins.stretch[0]), float(origins.share[0]))
    if start[0] < 0:
        assert np.isinf(reached).all()
        return
    head = round(access_ms(origins.metres, profile)[0] * profile.speed_f)
    for n in range(0, len(pieces.stretch), 3):
        end = (int(pieces.stretch[n]), float((pieces.share_a[n] + pieces.share_b[n]) / 2))
        road = plain.road_ms(start, end)
        within = road + head <= limit_s * 1000 * profile.speed_f
        assert reached[n] == (road + head if within else inf)


def test_a_yard_with_a_one_way_exit_is_left_by_it_and_entered_elsewhere() -> None:
    streets = (Stretch(n, n + 1, PRIMARY) for n in range(1, 9))
    graph = line_of(Stretch(0, 1, PRIMARY, back=0), *streets)
    yard, fire, none = snap(graph, at(graph, 250)), snap(graph, at(graph, 2000)), nothing_closed(graph)
    out = travel_times(graph, LIGHT_CAR, none, fire, yard)
    assert (out.snap_m[0], out.flags[0]) == (pytest.approx(0, abs=0.1), 0)
    back = travel_times(graph, LIGHT_CAR, none, yard, fire)
    assert (back.to_snap_m, bool(np.isfinite(back.seconds[0]))) == (pytest.approx(250, abs=1), True)


def test_reach_from_a_street_that_may_be_driven_one_way_only() -> None:
    graph = line_of(Stretch(0, 1, PRIMARY, back=0), *(Stretch(n, n + 1, PRIMARY) for n in range(1, 9)))
    area = isochrone(graph, MEDIUM_PUMPER, nothing_closed(graph), snap(graph, at(graph, 250)), [60]).areas[0]
    assert area.road_km == pytest.approx(55 / 3.6 * 60 / 1000, abs=0.06)


def test_areas_grow_with_time_and_their_rings_close() -> None:
    graph = line_of(*(Stretch(n, n + 1, PRIMARY) for n in range(40)))
    areas = isochrone(graph, MEDIUM_PUMPER, nothing_closed(graph), snap(graph, at(graph, 0)), [240, 60]).areas
    assert [area.limit_s for area in areas] == [60, 240]
    assert areas[0].road_km == pytest.approx(55 / 3.6 * 60 / 1000, abs=0.06)
    assert areas[0].area_km2 < areas[1].area_km2
    ring = areas[0].polygons[0][0]
    assert ring[0] == ring[-1]
    with pytest.raises(ValueError, match="above zero"):
        isochrone(graph, MEDIUM_PUMPER, nothing_closed(graph), snap(graph, at(graph, 0)), [])


def test_a_block_of_streets_has_a_hole_where_no_road_is_near() -> None:
    side = 1200 * DEG
    corners = [Junction(87.6, 0), Junction(87.6 + side, 0), Junction(87.6 + side, side), Junction(87.6, side)]
    graph = compile_graph(corners, [Stretch(n, (n + 1) % 4, PRIMARY) for n in range(4)])
    area = isochrone(graph, MEDIUM_PUMPER, nothing_closed(graph), snap(graph, at(graph, 0)), [900]).areas[0]
    assert len(area.polygons) == 1
    outer, hole = area.polygons[0]
    assert _signed(outer) > 0 > _signed(hole)
    assert (_signed(outer) + _signed(hole)) / DEG**2 / 1e6 == pytest.approx(area.area_km2, rel=0.01)


def _signed(ring: tuple[tuple[float, float], ...]) -> float:
    points = np.array(ring)
    x, y = points[:, 0], points[:, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)
