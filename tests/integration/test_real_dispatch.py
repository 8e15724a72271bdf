"""A tiny city on a real OSM extract (path in MUSTER_TEST_OSM): the recommended times equal the plain reference."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dispatch.routing import Graph, load_graph, nothing_closed, snap
from dispatch.routing.snapping import choose
from dispatch.routing.trees import access_ms
from dispatch.routing.weights import weigh
from dispatch.workers.travel import mover_of
from infra.roads import GRAPH_FILE, build
from kernel.contracts.base import LonLat
from kernel.contracts.resources import Unit
from tests.integration.desk_of import Desk, desk_over, worker
from tests.unit.routing.reference import Reference
from tests.worlds import World, cards, engine, force_table, station

STATIONS = 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    given = os.environ.get("MUSTER_TEST_OSM")
    if not given:
        print("\n*** SKIPPED: dispatch was not tried on a real map. Set MUSTER_TEST_OSM to an .osm.pbf extract. ***")
        pytest.skip("MUSTER_TEST_OSM names no extract: dispatch is NOT proved on real data")
    made = tmp_path_factory.mktemp("real")
    build(Path(given), made, say=lambda line: None)
    return made


def places(graph: Graph) -> list[LonLat]:
    """Junctions drawn by a fixed seed from the part where a pumper can drive from anywhere to anywhere."""
    weights = weigh(graph, mover_of(engine("x", station("x", (0, 0))), (0, 0)).profile)
    joined = np.unique(graph.edge_tail[weights.leaves & weights.arrives])
    pick = np.random.default_rng(11).choice(joined, STATIONS + 1, replace=False)
    return [(float(graph.junction_lon[n]), float(graph.junction_lat[n])) for n in pick]


@pytest.fixture(scope="module")
async def desk(folder: Path, environment: dict[str, str]) -> AsyncIterator[Desk]:
    homes = [station(f"s{n:02d}", at) for n, at in enumerate(places(load_graph(folder / GRAPH_FILE))[1:])]
    world = (
        World()
        .add("station", *homes)
        .add("unit", *(engine(f"u{home.id}", home) for home in homes))
        .add("response_card", *cards())
        .add("force_table", force_table())
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_WORKER_LIVE", str(folder / "w.sock"))
        patch.setenv("MUSTER_ROADS", str(folder / GRAPH_FILE))
        with worker(folder / "w.sock"):
            async with desk_over(world) as made:
                yield made


def reference_s(graph: Graph, unit: Unit, fire: LonLat) -> float:
    """Seconds by the plain Dijkstra for this vehicle, access legs included."""
    mover = mover_of(unit, unit.at)
    whole = replace(mover.profile, speed_f=1.0)
    weights, none = weigh(graph, whole), nothing_closed(graph)
    start = choose(graph, weights, none, snap(graph, np.array([unit.at])))
    end = choose(graph, weights, none, snap(graph, np.array([fire])))
    road = Reference(graph, whole).road_ms(
        (int(start.stretch[0]), float(start.share[0])), (int(end.stretch[0]), float(end.share[0]))
    )
    legs = access_ms(start.metres, whole)[0] + access_ms(end.metres, whole)[0]
    return float((road / mover.profile.speed_f + legs) / 1000)


async def test_the_recommended_units_are_the_nearest_by_the_reference(desk: Desk, folder: Path) -> None:
    graph = load_graph(folder / GRAPH_FILE)
    fire = places(graph)[0]
    incident = await desk.report(at=fire)
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations")
    units = desk.own.copies.units
    known = {unit_id: reference_s(graph, unit, fire) for unit_id, unit in units.items()}
    nearest = sorted(known, key=lambda unit_id: known[unit_id])[:2]
    assert {pick["unit_id"] for pick in advice["picks"]} == set(nearest)
    for pick in advice["picks"]:
        assert pick["method"] == "road"
        assert pick["travel_s"] == pytest.approx(known[pick["unit_id"]], abs=0.51)
    assert advice["map_version"] == graph.map_version
    assert advice["provenance"] == "proved"


async def test_a_place_outside_the_real_map_is_refused(desk: Desk) -> None:
    reply = await desk.ask("POST", "/incidents", {"kind": "fire.ordinary", "at": [87.6, 43.8], "address": "x"})
    assert (reply.status_code, reply.json()["code"]) == (422, "outside_area")
