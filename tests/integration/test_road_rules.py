"""Each rule of the road, from an OSM tag to the way a vehicle takes, beside the same road without the tag."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from dispatch.routing import (
    E_BIKE,
    WALKING,
    Closure,
    NoWayError,
    Profile,
    avoided,
    closed_at,
    nothing_closed,
    path,
    rank,
    snap,
    travel_times,
)
from dispatch.routing.profiles import AERIAL_LADDER_62T, HEAVY_TANKER, LIGHT_CAR, MEDIUM_PUMPER, SUPPLY_TRUCK
from tests.integration.tiny_maps import METRE, Town, built, fork, roads_taken, turn_rule

DIRECT, ROUND = ["west", "short", "east"], ["west", "long", "east"]
BOWSER = Profile("emergency", 0.9, 3.2, 12.0, 2.5, 7.5, hazmat=True)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)

RULES = [
    pytest.param({"maxheight": "3.5"}, {}, HEAVY_TANKER, MEDIUM_PUMPER, id="low bridge"),
    pytest.param({"maxheight:physical": "350 cm"}, {}, HEAVY_TANKER, MEDIUM_PUMPER, id="low bridge, measured"),
    pytest.param({"maxweight": "20"}, {}, HEAVY_TANKER, MEDIUM_PUMPER, id="weak bridge"),
    pytest.param({"maxwidth": "2.3 m"}, {}, MEDIUM_PUMPER, LIGHT_CAR, id="narrow passage"),
    pytest.param({"maxlength": "12"}, {}, AERIAL_LADDER_62T, HEAVY_TANKER, id="no long vehicles"),
    pytest.param({"tunnel": "yes", "hazmat": "no"}, {}, BOWSER, MEDIUM_PUMPER, id="no hazmat in the tunnel"),
    pytest.param({"hazmat:C": "no"}, {}, BOWSER, MEDIUM_PUMPER, id="no hazmat of one tunnel class"),
    pytest.param({"hgv": "no"}, {}, SUPPLY_TRUCK, MEDIUM_PUMPER, id="truck ban binds civil trucks only"),
    pytest.param({"access": "no"}, {}, MEDIUM_PUMPER, None, id="closed to all"),
    pytest.param({"motor_vehicle": "no"}, {}, MEDIUM_PUMPER, E_BIKE, id="no motors"),
    pytest.param({"motor_vehicle": "no", "emergency": "yes"}, {}, LIGHT_CAR, MEDIUM_PUMPER, id="emergency access"),
    pytest.param({"highway": "footway"}, {}, MEDIUM_PUMPER, WALKING, id="footway"),
    pytest.param({}, {5: {"barrier": "bollard"}}, MEDIUM_PUMPER, WALKING, id="bollard"),
    pytest.param({}, {5: {"barrier": "gate", "locked": "yes"}}, MEDIUM_PUMPER, WALKING, id="locked gate"),
    pytest.param(
        {}, {5: {"barrier": "height_restrictor", "maxheight": "2.5"}}, MEDIUM_PUMPER, LIGHT_CAR, id="height bar"
    ),
    pytest.param(
        {}, {5: {"barrier": "toll_booth", "maxweight": "10"}}, MEDIUM_PUMPER, LIGHT_CAR, id="weight at a node"
    ),
    pytest.param({"oneway": "-1"}, {}, LIGHT_CAR, MEDIUM_PUMPER, id="one-way against, with siren"),
    pytest.param(
        {"oneway": "-1", "oneway:bicycle": "no"}, {}, LIGHT_CAR, E_BIKE, id="one-way with contraflow for bikes"
    ),
    pytest.param({"oneway": "-1"}, {}, E_BIKE, WALKING, id="one-way binds bikes, not walkers"),
    pytest.param({"oneway": "-1", "highway": "trunk"}, {}, MEDIUM_PUMPER, WALKING, id="never against on a trunk road"),
    pytest.param({"oneway": "-1", "junction": "roundabout"}, {}, MEDIUM_PUMPER, WALKING, id="nor in a roundabout"),
]


@pytest.mark.parametrize(("tags", "nodes", "bound", "free"), RULES)
def test_a_rule_turns_away_whom_it_binds_and_nobody_else(
    tmp_path: Path, tags: dict[str, str], nodes: dict[int, dict[str, str]], bound: Profile, free: Profile | None
) -> None:
    open_town, ruled = fork(), fork(tags, nodes)
    without, _ = built(open_town, tmp_path)
    assert roads_taken(without, bound, open_town.at(1), open_town.at(4)) == DIRECT
    graph, _ = built(ruled, tmp_path)
    assert roads_taken(graph, bound, ruled.at(1), ruled.at(4)) == ROUND
    if free:
        assert roads_taken(graph, free, ruled.at(1), ruled.at(4)) == DIRECT


@pytest.mark.parametrize(
    "nodes",
    [{5: {"barrier": "gate"}}, {5: {"barrier": "lift_gate"}}, {5: {"barrier": "bollard", "motor_vehicle": "yes"}}],
)
def test_what_opens_does_not_stop_anybody(tmp_path: Path, nodes: dict[int, dict[str, str]]) -> None:
    town = fork(nodes=nodes)
    graph, _ = built(town, tmp_path)
    assert roads_taken(graph, MEDIUM_PUMPER, town.at(1), town.at(4)) == DIRECT


def test_a_vehicle_exactly_as_high_as_the_sign_passes(tmp_path: Path) -> None:
    town = fork({"maxheight": "3.6"})
    graph, _ = built(town, tmp_path)
    assert roads_taken(graph, HEAVY_TANKER, town.at(1), town.at(4)) == DIRECT


def test_a_one_way_street_is_free_in_its_direction(tmp_path: Path) -> None:
    town = fork({"oneway": "yes"})
    graph, _ = built(town, tmp_path)
    assert roads_taken(graph, LIGHT_CAR, town.at(1), town.at(4)) == DIRECT
    assert roads_taken(graph, LIGHT_CAR, town.at(4), town.at(1)) == ROUND[::-1]


@pytest.mark.parametrize(
    ("kind", "to"), [("no_left_turn", "long"), ("only_straight_on", "short")], ids=["no_left_turn", "only_straight_on"]
)
def test_a_turn_restriction_binds_cars_and_costs_an_emergency_drive_seconds(tmp_path: Path, kind: str, to: str) -> None:
    town = fork()
    goal = [(a + b) / 2 for a, b in zip(town.at(2), town.at(6), strict=True)]
    free, _ = built(town, tmp_path)
    assert roads_taken(free, LIGHT_CAR, town.at(1), goal) == ["west", "long"]
    town.relations.append(turn_rule(kind, "west", 2, to))
    graph, summary = built(town, tmp_path)
    assert summary.restrictions == 1
    assert roads_taken(graph, LIGHT_CAR, town.at(1), goal) == ["west", "short", "long"]
    assert roads_taken(graph, MEDIUM_PUMPER, town.at(1), goal) == ["west", "long"]
    penalty = _seconds(graph, MEDIUM_PUMPER, town.at(1), goal) - _seconds(free, MEDIUM_PUMPER, town.at(1), goal)
    assert penalty == pytest.approx(15.0)


def test_a_restriction_with_exceptions_binds_the_others(tmp_path: Path) -> None:
    town = fork()
    goal = town.at(6)
    town.relations.append(turn_rule("no_left_turn", "west", 2, "long", **{"except": "bicycle"}))
    graph, _ = built(town, tmp_path)
    assert roads_taken(graph, E_BIKE, town.at(1), goal) == ["west", "long"]
    assert roads_taken(graph, LIGHT_CAR, town.at(1), goal) == ["west", "short", "long"]


def test_restrictions_that_are_not_applied_are_counted(tmp_path: Path) -> None:
    town = fork()
    hours = {"type": "restriction", "restriction:conditional": "no_left_turn @ (07:00-09:00)"}
    over_a_way = [("way", "west", "from"), ("way", "short", "via"), ("way", "east", "to")]
    town.relations += [
        (over_a_way, {"type": "restriction", "restriction": "no_u_turn"}),
        turn_rule("no_left_turn", "west", 99, "east"),
        (turn_rule("no_left_turn", "west", 2, "long")[0], hours),
    ]
    _, summary = built(town, tmp_path)
    assert summary.restrictions == 0
    assert dict(summary.notes) == {
        "restrictions over a via way, not applied": 1,
        "restrictions whose roads are not in the extract": 1,
        "restrictions at some hours or for others, not applied": 1,
    }


def test_signals_cost_time_where_they_stand(tmp_path: Path) -> None:
    plain, lights = fork(), fork(nodes={5: {"highway": "traffic_signals"}, 2: {"highway": "traffic_signals"}})
    without, _ = built(plain, tmp_path)
    before = _seconds(without, MEDIUM_PUMPER, plain.at(1), plain.at(4))
    graph, _ = built(lights, tmp_path)
    assert _seconds(graph, MEDIUM_PUMPER, lights.at(1), lights.at(4)) - before == pytest.approx(10.0)


def test_a_closure_holds_from_its_start_until_its_end_and_nobody_drives_through(tmp_path: Path) -> None:
    town = fork()
    graph, _ = built(town, tmp_path)
    east, north = town.at(5)
    ring = tuple((east + dx * METRE, north + dy * METRE) for dx, dy in ((-40, -40), (40, -40), (40, 40), (-40, 40)))
    fire = Closure("c1", 1, NOON, NOON + timedelta(hours=2), polygon=ring)
    for at, expected in ((-1, DIRECT), (0, ROUND), (7199, ROUND), (7200, DIRECT)):
        closed = closed_at(graph, [fire], NOON + timedelta(seconds=at))
        for profile in (AERIAL_LADDER_62T, MEDIUM_PUMPER, LIGHT_CAR, WALKING):
            assert roads_taken(graph, profile, town.at(1), town.at(4), closed) == expected
    assert closed_at(graph, [fire], NOON).version != closed_at(graph, [], NOON).version == "none"


def test_a_closed_road_without_another_way_is_unreachable_and_never_a_straight_line(tmp_path: Path) -> None:
    town = fork()
    town.ways.pop("long")
    graph, _ = built(town, tmp_path)
    near_5 = {graph.name(s): 2 * s for s in range(len(graph.stretch_tail))}["short"]
    closure = Closure("c2", 1, NOON, edges=(near_5, near_5 + 1), map_version=graph.map_version)
    closed = closed_at(graph, [closure], NOON)
    times = travel_times(graph, MEDIUM_PUMPER, closed, snap(graph, [town.at(4)]), snap(graph, [town.at(1)]))
    assert np.isinf(times.seconds[0])
    assert times.flag_names(0) == ("unreachable_by_road",)
    with pytest.raises(NoWayError, match="unreachable_by_road"):
        path(graph, MEDIUM_PUMPER, closed, snap(graph, [town.at(4)]), snap(graph, [town.at(1)]))


def test_an_edge_closure_of_another_map_is_said_and_not_applied_to_strange_edges(tmp_path: Path) -> None:
    graph, _ = built(fork(), tmp_path)
    closed = closed_at(graph, [Closure("old", 1, NOON, edges=(0,), map_version="another")], NOON)
    assert closed.stale == ("old",)
    assert not closed.edges.any()


def test_a_low_bridge_makes_the_nearer_ladder_slower(tmp_path: Path) -> None:
    """The fire is at the east end: station 1 is 1000 m west of it, station 7 is 1400 m east of it."""
    town = fork({"maxheight": "3.5", "bridge": "yes"})
    town.nodes[7] = (2100, 0)
    town.ways["far east"] = ((4, 7), {"highway": "secondary"})
    graph, _ = built(town, tmp_path)
    to, stations, none = snap(graph, [town.at(4)]), snap(graph, [town.at(1), town.at(7)]), nothing_closed(graph)
    pumpers = travel_times(graph, MEDIUM_PUMPER, none, to, stations)
    ladders = travel_times(graph, AERIAL_LADDER_62T, none, to, stations)
    assert ladders.crow_m[0] < ladders.crow_m[1]
    assert pumpers.seconds[0] < pumpers.seconds[1]
    assert ladders.seconds[0] > ladders.seconds[1]
    signs = avoided(graph, AERIAL_LADDER_62T, none, to, stations, 0)
    assert [(sign.reason, sign.limit, sign.name) for sign in signs] == [("height", 3.5, "short")]
    assert avoided(graph, MEDIUM_PUMPER, none, to, stations, 0) == []


def test_a_height_bar_is_named_as_what_is_gone_round(tmp_path: Path) -> None:
    town = fork(nodes={5: {"barrier": "height_restrictor", "maxheight": "2.5"}})
    graph, _ = built(town, tmp_path)
    to, station, none = snap(graph, [town.at(4)]), snap(graph, [town.at(1)]), nothing_closed(graph)
    signs = avoided(graph, MEDIUM_PUMPER, none, to, station)
    assert [(sign.reason, sign.limit) for sign in signs] == [("height", 2.5)]
    assert [signs[0].lon, signs[0].lat] == pytest.approx(town.at(5), abs=1e-6)
    assert avoided(graph, WALKING, none, to, station) == []


def test_off_the_network_is_walked_and_flagged_and_farther_is_unreachable(tmp_path: Path) -> None:
    town = fork()
    graph, _ = built(town, tmp_path)
    to = snap(graph, [town.at(4)])
    places = [town.at(1), town.at(1, north=-299), town.at(1, north=-500), town.at(1, north=-2500)]
    times = travel_times(graph, MEDIUM_PUMPER, nothing_closed(graph), to, snap(graph, places))
    flags = [times.flag_names(n) for n in range(4)]
    assert flags == [(), (), ("off_network",), ("unreachable_by_road",)]
    assert times.snap_m.tolist() == pytest.approx([0, 299, 500, 2500], abs=5)
    assert times.seconds[1] - times.seconds[0] == pytest.approx(299 / (15 / 3.6), rel=0.02)
    assert times.seconds[2] - times.seconds[0] == pytest.approx(500 / (5 / 3.6), rel=0.02)
    assert np.isinf(times.seconds[3])
    assert [index for _, index in rank([(times, n) for n in (3, 2, 1, 0)])] == [0, 1, 2, 3]
    back = travel_times(
        graph, MEDIUM_PUMPER, nothing_closed(graph), snap(graph, places[2:3]), snap(graph, [town.at(4)])
    )
    assert back.flag_names(0) == ("off_network",)


def test_an_island_of_roads_is_unreachable_and_ranks_last(tmp_path: Path) -> None:
    town = fork()
    town.nodes |= {20: (5000, 0), 21: (5600, 0)}
    town.ways["island"] = ((20, 21), {"highway": "secondary"})
    graph, _ = built(town, tmp_path)
    times = travel_times(
        graph, MEDIUM_PUMPER, nothing_closed(graph), snap(graph, [town.at(4)]), snap(graph, [town.at(20), town.at(1)])
    )
    assert [times.flag_names(n) for n in (0, 1)] == [("unreachable_by_road",), ()]
    assert [index for _, index in rank([(times, 0), (times, 1)])] == [1, 0]


def test_ways_with_missing_nodes_keep_their_parts_on_both_sides(tmp_path: Path) -> None:
    town = fork()
    town.nodes |= {11: (900, 0), 12: (1100, 0), 13: (1300, 0), 14: (1900, 0)}
    town.ways["cut"] = ((4, 11, 12, 13, 14), {"highway": "secondary"})
    town.absent = frozenset({12})
    graph, summary = built(town, tmp_path)
    assert summary.notes["ways with missing nodes"] == 1
    assert roads_taken(graph, LIGHT_CAR, town.at(1), town.at(11)) == [*DIRECT, "cut"]
    assert roads_taken(graph, LIGHT_CAR, town.at(13), town.at(14)) == ["cut"]
    with pytest.raises(NoWayError, match="unreachable_by_road"):
        roads_taken(graph, LIGHT_CAR, town.at(1), town.at(14))


def _seconds(graph: object, profile: Profile, start: list[float], end: list[float]) -> float:
    times = travel_times(graph, profile, nothing_closed(graph), snap(graph, [end]), snap(graph, [start]))  # type: ignore[arg-type]
    return float(times.seconds[0])


def test_a_town_is_a_town(tmp_path: Path) -> None:
    graph, summary = built(Town({1: (0, 0), 2: (500, 0)}, {"only": ((1, 2), {"highway": "primary"})}), tmp_path)
    assert (summary.junctions, summary.stretches, summary.turns) == (2, 1, 2)
    assert graph.stretch_length[0] == pytest.approx(500, abs=1)
