"""Every answer equals a plain Dijkstra to the millisecond, on random small cities and for every kind of vehicle."""

from collections.abc import Callable
from math import inf
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from dispatch.routing import Closed, Graph, Profile, path, snap, travel_times, trees, weights
from dispatch.routing.compile import EVERYONE, Junction, Restriction, Stretch, compile_graph
from dispatch.routing.graph import (
    AGAINST,
    BAN_BIKE,
    BAN_HEAVY,
    BAN_MOTOR,
    CLASS_CODE,
    EMERGENCY,
    FOOT,
    MOTOR,
    NO_HAZMAT,
    NO_HGV,
    PRIVATE,
)
from dispatch.routing.profiles import AERIAL_LADDER_62T, E_BIKE, HEAVY_TANKER, LIGHT_CAR, WALKING
from dispatch.routing.snapping import Chosen, choose
from tests.unit.routing.reference import Reference

EXAMPLES = 40
BOWSER = Profile("civil", 0.9, 3.2, 12.0, 2.5, 7.5, hazmat=True)
PROFILES = (LIGHT_CAR, HEAVY_TANKER, AERIAL_LADDER_62T, BOWSER, WALKING, E_BIKE)
LIMITS = st.sampled_from([inf, inf, inf, 3.0, 3.5, 20.0])
ACCESS = st.sampled_from([EVERYONE, EVERYONE, EVERYONE, FOOT, AGAINST | FOOT, EMERGENCY | FOOT, MOTOR])


@st.composite
def cities(draw: st.DrawFn) -> tuple[Graph, Closed]:
    """A graph of up to nine junctions with parallel roads, loops, one-ways, limits, barriers, bans and closed edges."""
    count = draw(st.integers(2, 9))
    junctions = [
        Junction(
            87.6 + 0.002 * (n % 3) + 0.0001 * draw(st.integers(0, 5)),
            43.8 + 0.002 * (n // 3),
            block=draw(st.sampled_from([0, 0, 0, 0, MOTOR])),
            height_m=draw(LIMITS),
            signal=draw(st.booleans()),
        )
        for n in range(count)
    ]
    node = st.integers(0, count - 1)
    stretches = [draw(_stretches(node)) for _ in range(draw(st.integers(1, 16)))]
    edge = st.integers(0, 2 * len(stretches) - 1)
    bans = [
        Restriction(
            0,
            (draw(edge),),
            (draw(edge),),
            draw(st.sampled_from([BAN_MOTOR, BAN_BIKE, BAN_HEAVY, BAN_MOTOR | BAN_BIKE])),
            draw(st.booleans()),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]
    graph = compile_graph(junctions, stretches, bans)
    mask = np.zeros(graph.edges, dtype=np.bool_)
    mask[draw(st.lists(edge, max_size=3))] = True
    return graph, Closed("drawn", mask)


@st.composite
def _stretches(draw: st.DrawFn, node: st.SearchStrategy[int]) -> Stretch:
    return Stretch(
        tail=draw(node),
        head=draw(node),
        road_class=CLASS_CODE[draw(st.sampled_from(["primary", "residential", "service", "footway", "steps"]))],
        along=draw(ACCESS),
        back=draw(ACCESS),
        length_m=draw(st.sampled_from([0.0, 10.0, 120.0, 333.33, 900.0])),
        maxspeed=draw(st.sampled_from([0, 20, 60])),
        height_m=draw(LIMITS),
        weight_t=draw(LIMITS),
        width_m=draw(LIMITS),
        long_m=draw(st.sampled_from([inf, inf, 9.0])),
        bits=draw(st.sampled_from([0, 0, NO_HAZMAT, NO_HGV, PRIVATE])),
        signals=(draw(st.integers(0, 1)), 0),
    )


def differing(graph: Graph, closed: Closed, profile: Profile) -> list[str]:
    """Entries in which the router and the reference differ; places lie on and off the roads of the whole city."""
    shares = np.linspace(0.05, 0.95, len(graph.stretch_tail))
    corners = np.array([[graph.line(2 * s)[0], graph.line(2 * s)[-1]] for s in range(len(graph.stretch_tail))])
    places = snap(graph, corners[:, 0] + (corners[:, 1] - corners[:, 0]) * shares[:, None] + [0.0, 0.0001])
    plain = Reference(graph, profile, set(np.flatnonzero(closed.edges).tolist()))
    own = weights.weigh(graph, profile)
    origins = choose(graph, own, closed, places)
    ends = choose(graph, own, closed, places, arriving=True)
    wrong = []
    for target in range(min(4, len(places))):
        to = snap(graph, np.array([[places.lon[target], places.lat[target]]]))
        times = travel_times(graph, profile, closed, to, places)
        for n in range(len(places)):
            expected = _expected(plain, origins, ends, n, target, profile)
            if times.seconds[n] != expected:
                wrong.append(f"{profile.name} {n}->{target}: {times.seconds[n]} s, reference {expected} s")
            elif (
                n < 3
                and np.isfinite(expected)
                and path(graph, profile, closed, to, places, n).elapsed_s[-1] != expected
            ):
                wrong.append(f"{profile.name} path {n}->{target} does not take {expected} s")
    return wrong


def _expected(plain: Reference, origins: Chosen, ends: Chosen, n: int, target: int, profile: Profile) -> float:
    if origins.stretch[n] < 0 or ends.stretch[target] < 0:
        return inf
    metres = np.array([origins.metres[n], ends.metres[target]])
    start = (int(origins.stretch[n]), float(origins.share[n]))
    road = plain.road_ms(start, (int(ends.stretch[target]), float(ends.share[target])))
    legs = sum(trees.access_ms(metres, profile).tolist())
    return (round(road / profile.speed_f) + legs) / 1000.0 if road < inf else inf


def check(*profiles: Profile) -> Callable[[], None]:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cities(), st.sampled_from(profiles))
    def compare(city: tuple[Graph, Closed], profile: Profile) -> None:
        assert differing(*city, profile) == []

    return compare


def test_every_entry_equals_the_reference() -> None:
    check(*PROFILES)()


def _summed(edges: np.ndarray, costs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found, place = np.unique(edges, return_inverse=True)
    return found, np.bincount(place, weights=costs, minlength=len(found))


def _ignoring(reason: int) -> Callable[[Graph, Profile], np.ndarray]:
    true = weights.barred_edges
    return lambda graph, profile: true(graph, profile) & ~np.uint8(reason)


TRUE_LINE = trees._with_root


def _forward(own: weights.Weights, closed: Closed, arrivals: tuple[np.ndarray, np.ndarray]) -> object:
    """The tree grown with the roads the wrong way round: from the place instead of to it."""
    line = TRUE_LINE(own, closed, arrivals).tocoo()
    root = line.row == len(own.barred)
    row, column = np.where(root, line.row, line.col), np.where(root, line.col, line.row)
    return csr_array((line.data, (row, column)), shape=line.shape)


def _not_closing(own: weights.Weights, closed: Closed, arrivals: tuple[np.ndarray, np.ndarray]) -> object:
    return TRUE_LINE(own, Closed("none", np.zeros_like(closed.edges)), arrivals)


@pytest.mark.parametrize(
    ("target", "planted", "profile"),
    [
        pytest.param("dispatch.routing.trees.cheapest", _summed, WALKING, id="adds parallel ways"),
        pytest.param(
            "dispatch.routing.weights.barred_edges", _ignoring(weights.TOO_HIGH), AERIAL_LADDER_62T, id="ignores height"
        ),
        pytest.param(
            "dispatch.routing.weights.barred_edges",
            _ignoring(weights.TOO_HEAVY),
            AERIAL_LADDER_62T,
            id="ignores weight",
        ),
        pytest.param(
            "dispatch.routing.weights.barred_edges", _ignoring(weights.HAZMAT_BAN), BOWSER, id="ignores hazmat bans"
        ),
        pytest.param("dispatch.routing.weights._binding", lambda profile: 0, LIGHT_CAR, id="ignores turn restrictions"),
        pytest.param("dispatch.routing.trees._with_root", _forward, LIGHT_CAR, id="forward tree for a reverse one"),
        pytest.param("dispatch.routing.trees._with_root", _not_closing, WALKING, id="drives through closures"),
        pytest.param(
            "dispatch.routing.trees.part_ms", lambda ms, share: ms * 0, WALKING, id="starts at the end of the street"
        ),
    ],
)
def test_a_planted_bug_is_caught(target: str, planted: object, profile: Profile) -> None:
    with patch(target, planted), pytest.raises((AssertionError, ExceptionGroup)):
        check(profile)()
