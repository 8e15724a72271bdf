"""A real OSM extract (path in MUSTER_TEST_OSM) is built and every time asked of it equals the plain reference."""

import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from dispatch.routing import Graph, Profile, load_graph, nothing_closed, path, snap, travel_times
from dispatch.routing.profiles import AERIAL_LADDER_62T, AMBULANCE, E_BIKE, LIGHT_CAR
from dispatch.routing.snapping import choose
from dispatch.routing.trees import access_ms
from dispatch.routing.weights import weigh
from infra.roads import GRAPH_FILE, RoadSummary, build
from tests.unit.routing.reference import Reference

ORIGINS, TARGETS = 40, 2


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Graph, RoadSummary]:
    given = os.environ.get("MUSTER_TEST_OSM")
    if not given:
        print("\n*** SKIPPED: no real map was tested. Set MUSTER_TEST_OSM to an .osm.pbf extract. ***")
        pytest.skip("MUSTER_TEST_OSM names no extract: roads are NOT proved on real data")
    folder = tmp_path_factory.mktemp("real")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        summary = build(Path(given), folder)
    return load_graph(folder / GRAPH_FILE), summary


@pytest.mark.parametrize("profile", [LIGHT_CAR, AMBULANCE, AERIAL_LADDER_62T, E_BIKE], ids=lambda profile: profile.name)
def test_every_time_on_a_real_map_equals_the_reference(real: tuple[Graph, RoadSummary], profile: Profile) -> None:
    graph, _ = real
    pick = np.random.default_rng(7).integers(0, len(graph.junction_lon), ORIGINS + TARGETS)
    drift = np.random.default_rng(8).normal(0, 0.0005, (ORIGINS + TARGETS, 2))
    places = np.stack([graph.junction_lon[pick], graph.junction_lat[pick]], axis=1) + drift
    origins, plain, none = snap(graph, places[TARGETS:]), Reference(graph, profile), nothing_closed(graph)
    starts = choose(graph, weigh(graph, profile), none, origins)
    legs = access_ms(starts.metres, profile)
    known = 0
    for place in places[:TARGETS]:
        to = snap(graph, place)
        end = choose(graph, weigh(graph, profile), none, to, arriving=True)
        times = travel_times(graph, profile, none, to, origins)
        for n in range(ORIGINS):
            road = plain.road_ms(
                (int(starts.stretch[n]), float(starts.share[n])), (int(end.stretch[0]), float(end.share[0]))
            )
            paced = round(road / profile.speed_f) if road < np.inf else road
            whole = (paced + legs[n] + access_ms(end.metres, profile)[0]) / 1000.0
            far = max(starts.metres[n], end.metres[0]) > 2000
            assert times.seconds[n] == (np.inf if far else whole)
            known += int(np.isfinite(times.seconds[n]))
        best = int(np.argmin(times.seconds))
        assert path(graph, profile, none, to, origins, best).elapsed_s[-1] == times.seconds[best]
    assert known > ORIGINS * TARGETS / 2, "most of a real map is connected"


def test_a_real_map_is_whole(real: tuple[Graph, RoadSummary]) -> None:
    graph, summary = real
    assert summary.junctions > 1000
    assert summary.features["roads"] > 500
    assert 0.5 < graph.detour_factor < 3
    assert (graph.stretch_length >= 0).all()
