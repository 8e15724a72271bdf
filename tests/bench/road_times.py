"""Road times of one incident for 4,700 origins: `python -m tests.bench.road_times EXTRACT.osm.pbf`.

The peer is the plain Dijkstra of the tests on the same graph, one search per origin; equal answers are required.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from dispatch.routing import (
    Closure,
    Graph,
    Profile,
    Snapped,
    closed_at,
    grow,
    load_graph,
    nothing_closed,
    path_from,
    profile_for,
    shared_on,
    snap,
    times_from,
)
from dispatch.routing.profiles import E_BIKE, HEAVY_TANKER, WALKING
from dispatch.routing.snapping import REACH_LIMIT_M, choose
from dispatch.routing.trees import access_ms
from dispatch.routing.weights import weigh
from infra.roads import GRAPH_FILE, build
from tests.unit.routing.reference import Reference

ORIGINS, PEER_ORIGINS = 4700, 20
# Height, weight, length: light and medium pumper, heavy tanker, foam, platform, ladder, ambulance, command car.
SIZES = [
    *((2.9, 7.5, 6.5), (3.3, 15, 8), (3.6, 32, 10.5), (3.8, 36, 11.5)),
    *((3.9, 28, 11.5), (4.0, 62, 17), (2.7, 3.5, 6), (2.1, 3, 5.5)),
]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def cpu_ms(work: Callable[[], object], rounds: int = 7) -> float:
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return float(np.median(spent)) * 1000


def main(extract: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        summary = build(extract, Path(folder))
        print(f"build                         {(time.process_time() - begun) * 1000:9.0f} ms CPU")
        print(
            f"graph file, drawn map         {summary.graph_bytes / 1e6:9.1f} MB, {summary.basemap_bytes / 1e6:.1f} MB"
        )
        measure(Path(folder) / GRAPH_FILE)


def measure(file: Path) -> None:
    print(f"open the graph                {cpu_ms(lambda: load_graph(file)):9.1f} ms")
    graph, rng = load_graph(file), np.random.default_rng(1)
    pick = rng.integers(0, len(graph.junction_lon), ORIGINS)
    places = np.stack([graph.junction_lon[pick], graph.junction_lat[pick]], axis=1) + rng.normal(0, 5e-4, (ORIGINS, 2))
    begun = time.process_time()
    origins = snap(graph, places)
    print(f"snap {ORIGINS} origins, index too {(time.process_time() - begun) * 1000:8.0f} ms, once")
    to, none = snap(graph, places[:1] + 0.01), nothing_closed(graph)
    print(f"snap one place                {cpu_ms(lambda: snap(graph, places[:1])):9.1f} ms")
    print(f"weights of a new profile      {cpu_ms(lambda: _fresh_weights(graph), 3):9.1f} ms, once")
    for profile in (HEAVY_TANKER, WALKING, E_BIKE):
        whole = cpu_ms(lambda p=profile: times_from(grow(graph, p, none, to), origins))
        short = cpu_ms(lambda p=profile: times_from(grow(graph, p, none, to, limit_s=900), origins))
        print(f"{ORIGINS} x 1 {profile.family:10}          {whole:9.1f} ms; within 15 min {short:.1f} ms")
    shared = {
        shared_on(graph, profile_for(height_m=high, weight_t=heavy, length_m=long)) for high, heavy, long in SIZES
    }
    trees = cpu_ms(lambda: [times_from(grow(graph, p, none, to), origins) for p in shared], 3)
    print(f"{len(SIZES)} kinds of vehicle = {len(shared)} trees {trees:12.1f} ms")
    tree = grow(graph, HEAVY_TANKER, none, to, keep_way=True)
    print(f"one way out of a tree         {cpu_ms(lambda: path_from(tree, origins, 7)):9.1f} ms")
    print(f"closure and new tree          {cpu_ms(lambda: _closed(graph, places[0], to, origins)):9.1f} ms")
    _peer(graph, HEAVY_TANKER, to, origins)
    print(f"memory of this process        {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:9.0f} MB")


def _fresh_weights(graph: Graph) -> None:
    graph.memory.pop(("weights", shared_on(graph, HEAVY_TANKER)), None)
    weigh(graph, HEAVY_TANKER)


def _closed(graph: Graph, place: np.ndarray, to: Snapped, origins: Snapped) -> None:
    ring = tuple(tuple(place + 0.003 * np.array(way)) for way in ((-1, -1), (1, -1), (1, 1), (-1, 1)))
    closed = closed_at(graph, [Closure("c", 1, NOON, polygon=ring)], NOON)
    times_from(grow(graph, HEAVY_TANKER, closed, to), origins)


def _peer(graph: Graph, profile: Profile, to: Snapped, origins: Snapped) -> None:
    none, plain, own = nothing_closed(graph), Reference(graph, profile), weigh(graph, profile)
    starts, end = choose(graph, own, none, origins), choose(graph, own, none, to, arriving=True)
    times = times_from(grow(graph, profile, none, to), origins)
    goal = (int(end.stretch[0]), float(end.share[0]))
    begun, wrong = time.process_time(), 0
    for n in range(PEER_ORIGINS):
        road = plain.road_ms((int(starts.stretch[n]), float(starts.share[n])), goal)
        legs = access_ms(starts.metres[n : n + 1], profile)[0] + access_ms(end.metres, profile)[0]
        far = road == np.inf or max(starts.metres[n], end.metres[0]) > REACH_LIMIT_M
        wrong += bool(times.seconds[n] != (np.inf if far else (round(road / profile.speed_f) + legs) / 1000))
    each = (time.process_time() - begun) * 1000 / PEER_ORIGINS
    print(f"plain Dijkstra, one origin    {each:9.1f} ms, so all take {each * ORIGINS / 1000:.0f} s; {wrong} differ")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
