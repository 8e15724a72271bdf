"""Shared trees answer for every vehicle what its own tree answers, and a tree shared too freely is caught."""

from collections.abc import Sequence
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.routing import Closed, Graph, Profile, Times, nothing_closed, snap, travel_times
from dispatch.routing.compile import Junction, Restriction, Stretch, compile_graph
from dispatch.routing.fleet import fleet_times
from dispatch.routing.graph import BAN_HEAVY, CLASS_CODE, NO_HAZMAT, NO_HGV
from tests.unit.routing.test_exactness import cities

SIZES = [
    Profile("emergency", speed, height, weight, 2.5, length)
    for speed, height, weight, length in (
        (1.1, 2.1, 3.0, 5.5),
        (1.0, 3.2, 15.0, 8.0),
        (0.9, 3.6, 32.0, 10.5),
        (0.7, 4.0, 62.0, 17.0),
    )
] + [
    Profile("civil", 0.9, 3.6, 18.0, 2.55, 9.0),
    Profile("civil", 1.0, 2.1, 3.0, 2.0, 5.0),
    Profile("civil", 1.0, 3.2, 12.0, 2.5, 7.5, hazmat=True),
    Profile("emergency", 1.0, 0.0, 0.0, 0.0, 0.0),
]


def differences(
    graph: Graph, closed: Closed, limit_s: float | None = None, junctions: slice = slice(None)
) -> list[str]:
    """Profiles whose shared answer is not that of their own tree; beyond a limit only the flag counts."""
    origins = snap(graph, np.stack([graph.junction_lon, graph.junction_lat], axis=1)[junctions])
    to = snap(graph, np.array([[graph.junction_lon[0] + 2e-4, graph.junction_lat[0]]]))
    shared = fleet_times(graph, closed, to, [(profile, origins) for profile in SIZES], limit_s=limit_s)
    return [
        profile.name
        for profile, answer in zip(SIZES, shared, strict=True)
        if not _equal(answer, travel_times(graph, profile, closed, to, origins), limit_s)
    ]


def _equal(shared: Times, own: Times, limit_s: float | None) -> bool:
    looked = np.isfinite(shared.seconds) if limit_s is not None else np.ones(len(own.seconds), dtype=np.bool_)
    within = own.seconds <= (limit_s or np.inf)
    same = (shared.seconds == own.seconds) & (shared.snap_m == own.snap_m) & (shared.flags == own.flags)
    return bool(same[looked].all() and looked[within & np.isfinite(own.seconds)].all())


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(cities(), st.sampled_from([None, 60.0]))
def test_a_shared_tree_answers_what_the_own_tree_answers(city: tuple[Graph, Closed], limit_s: float | None) -> None:
    assert differences(*city, limit_s) == []


def fork(bans: Sequence[Restriction] = (), **direct: float) -> Graph:
    """West end, a direct street (edges 2 and 3) beside a longer way around it, east end."""
    places = [(87.595, 43.800), (87.600, 43.800), (87.605, 43.800), (87.610, 43.800), (87.6025, 43.804)]
    primary = CLASS_CODE["primary"]
    return compile_graph(
        [Junction(lon, lat) for lon, lat in places],
        [
            Stretch(0, 1, primary),
            Stretch(1, 2, primary, **direct),  # type: ignore[arg-type]
            Stretch(1, 4, primary),
            Stretch(4, 2, primary),
            Stretch(2, 3, primary),
        ],
        bans,
    )


# From the east one comes along edge 9, turns into edge 3 of the street and leaves it into edge 1.
NO_TRUCKS = Restriction(2, (9,), (3,), BAN_HEAVY)
LIMITED = {
    "a low bridge": fork(height_m=3.5),
    "a weak bridge": fork(weight_t=40.0),
    "no trucks": fork(bits=NO_HGV),
    "no hazmat": fork(bits=NO_HAZMAT),
    "a turn closed to trucks": fork([NO_TRUCKS]),
}


@pytest.mark.parametrize("limit", LIMITED)
def test_a_tree_shared_without_looking_at_the_limits_is_caught(limit: str) -> None:
    """Planted: everybody is taken to fit."""

    def always(_: Profile, limits: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        return np.ones(len(limits), dtype=np.bool_)

    graph, east_end = LIMITED[limit], slice(3, 4)
    assert differences(graph, nothing_closed(graph), None, east_end) == []
    with patch("dispatch.routing.fleet.fits", always):
        assert differences(graph, nothing_closed(graph), None, east_end) != []


@pytest.mark.parametrize("limit", LIMITED)
def test_a_way_round_that_is_not_searched_is_caught(limit: str) -> None:
    """Planted: a larger vehicle is taken to need from its first edge what the smaller one needs."""
    graph, east_end = LIMITED[limit], slice(3, 4)
    with patch("dispatch.routing.fleet.after_ms", lambda way, edge: way.least_ms[edge]):
        assert differences(graph, nothing_closed(graph), None, east_end) != []


def test_a_search_that_grows_too_wide_leaves_it_to_a_tree() -> None:
    graph = LIMITED["a low bridge"]
    with patch("dispatch.routing.guided.MOST_STEPS", 0):
        assert differences(graph, nothing_closed(graph)) == []
