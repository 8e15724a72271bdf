"""Road times of 4,700 origins to one place beside pgRouting's, on the reversed same line graph in a scratch PostgreSQL.

CPU is compared with CPU: this process's against the server's backend's, whose work the peer's is. The peer is asked in
its best shape, one-to-many on the graph turned round, with the arcs of the place put into its table beforehand.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from dispatch.routing import Graph, Snapped, Times, grow, load_graph, nothing_closed, snap, times_from
from dispatch.routing.graph import Floats, Ints
from dispatch.routing.profiles import HEAVY_TANKER
from dispatch.routing.snapping import choose
from dispatch.routing.trees import cheapest, directed, part_ms, turns_into
from dispatch.routing.weights import weigh
from infra.packages import find_postgres, install
from infra.postgres import OWNER, Cluster
from infra.roads import GRAPH_FILE, build
from infra.scratch import scratch_databases
from tests.bench.road_reference import plain_times
from tests.rows import Options, Row
from tests.stand import drawn_city

ORIGINS, PLACES, ROUNDS, CUT_S = 4700, 5, 3, 900
FEWEST_EDGES = 50_000
ARCS = "SELECT id, source, target, cost FROM arcs"
COSTS = f"SELECT end_vid, agg_cost FROM pgr_dijkstraCost('{ARCS}', $1::bigint, $2::bigint[])"
CUT = f"SELECT node, agg_cost FROM pgr_drivingDistance('{ARCS}', $1::bigint, $3) WHERE node = ANY($2::bigint[])"


@dataclass(frozen=True)
class Spent:
    """CPU and wall seconds of one answer, and the answer."""

    cpu_s: float
    wall_s: float
    answer: Any


@dataclass(frozen=True)
class Pair:
    """Ours and the peer's, one after the other."""

    ours: Spent
    peer: Spent


def measure(options: Options) -> list[Row]:
    """`road_vs_pgrouting` on the city, its turn-free form and cut beside it, and the real extract if there is one."""
    with scratch_databases(redis=False) as scratch:
        provide_pgrouting(scratch.cluster)
        city = load_graph(drawn_city().data / GRAPH_FILE)
        assert city.edges >= FEWEST_EDGES, f"{city.edges} directed edges are too few"
        rows = asyncio.run(city_rows(scratch.cluster, city, options))
        extract = os.environ.get("MUSTER_TEST_OSM")
        if extract is None:
            print("*** SKIPPED: MUSTER_TEST_OSM names no real extract ***", file=sys.stderr)
            return rows
        with tempfile.TemporaryDirectory() as folder:
            build(Path(extract), Path(folder))
            return [*rows, asyncio.run(real_row(scratch.cluster, load_graph(Path(folder) / GRAPH_FILE), options))]


def provide_pgrouting(cluster: Cluster) -> None:
    """Installs pgRouting for this server where it is missing, said first; no other command needs it."""
    control = "SELECT count(*) FROM pg_available_extensions WHERE name = 'pgrouting'"
    if cluster.sql(control) == "0":
        programs = find_postgres()
        assert programs is not None
        print("this bench alone needs pgRouting, the peer", file=sys.stderr)
        install([f"postgresql-{programs.parent.name}-pgrouting"], cluster.log.parent)
    cluster.sql("CREATE EXTENSION IF NOT EXISTS pgrouting CASCADE", "muster")


async def city_rows(cluster: Cluster, graph: Graph, options: Options) -> list[Row]:
    """The four figures of one map."""
    async with Peer(cluster) as peer:
        world = World(graph, options)
        whole = [pair for place in world.places for pair in await world.with_turns(peer, place, None)]
        cut = [pair for place in world.places for pair in await world.with_turns(peer, place, CUT_S)]
        free = await world.without_turns(peer)
    what = f"CPU of {ORIGINS} origins x 1 with turn costs on {graph.edges:,} directed edges / pgr_dijkstraCost"
    without = [Pair(a.ours, b.peer) for a, b in zip(whole, free, strict=False)]
    return [
        row("road_vs_pgrouting", what, whole, options, must=0.1, aim=0.05),
        row("road_vs_pgrouting_wall", "the same by the clock", whole, options, clock=True),
        row("road_cut", "cut at 15 minutes / pgr_drivingDistance", cut, options),
        row("road_turn_free", "both without turn costs, on the junctions", free, options),
        row("road_vs_turn_free", "ours with turn costs / the peer without", without, options),
    ]


async def real_row(cluster: Cluster, graph: Graph, options: Options) -> Row:
    """The same question on a real map."""
    async with Peer(cluster) as peer:
        world = World(graph, options)
        whole = [pair for place in world.places for pair in await world.with_turns(peer, place, None)]
    return row("road_real_extract", f"the real extract, {graph.edges:,} directed edges", whole, options)


def row(
    id_: str,
    what: str,
    pairs: Sequence[Pair],
    options: Options,
    *,
    clock: bool = False,
    must: float | None = None,
    aim: float | None = None,
) -> Row:
    """The median ratio, with both sides' milliseconds in words."""
    sides = [[spent.wall_s if clock else spent.cpu_s for spent in pair] for pair in ((p.ours, p.peer) for p in pairs)]
    ours_ms, peer_ms = (median(side) * 1000 for side in zip(*sides, strict=True))
    told = f"{what}; {ours_ms:.1f} ms / {peer_ms:.0f} ms, {len(pairs)} answers, every entry equal"
    return Row(id_, told, median(ours / peer for ours, peer in sides), "ratio", must, aim, seed=options.seed, peer=1.0)


class World:
    """One map with its origins and places, seeded."""

    def __init__(self, graph: Graph, options: Options) -> None:
        dice = np.random.default_rng(options.seed)
        self.graph, self.none, self.weights = graph, nothing_closed(graph), weigh(graph, HEAVY_TANKER)
        self.pick = dice.integers(0, len(graph.junction_lon), ORIGINS + options.count(PLACES))
        spots = np.stack([graph.junction_lon[self.pick], graph.junction_lat[self.pick]], axis=1)
        spots += dice.normal(0, 5e-4, spots.shape)
        self.origins, self.places = snap(graph, spots[:ORIGINS]), spots[ORIGINS:]

    async def with_turns(self, peer: "Peer", place: Floats, limit_s: float | None) -> list[Pair]:
        """The place asked several times of both; every entry equals the plain reference, ours and the peer's."""
        arcs, root = self._line_graph(snap(self.graph, place)), self.graph.edges
        await peer.load(*arcs)
        starts = choose(self.graph, self.weights, self.none, self.origins)
        edges = np.unique(np.concatenate([directed(starts, way)[0] for way in (0, 1)]))
        pairs = []
        for _ in range(ROUNDS + 1):
            to = snap(self.graph, place)
            ours = spend(self._ours, to, limit_s)
            pairs.append(Pair(ours, await peer.ask(root, edges, limit_s, HEAVY_TANKER.speed_f)))
        self._check(pairs[0], snap(self.graph, place), edges, limit_s)
        return pairs[1:]  # the first warms both

    def _ours(self, to: Snapped, limit_s: float | None) -> tuple[Times, Floats]:
        tree = grow(self.graph, HEAVY_TANKER, self.none, to, limit_s=limit_s)
        return times_from(tree, self.origins), tree.after_ms

    def _check(self, pair: Pair, to: Snapped, edges: Ints, limit_s: float | None) -> None:
        times, after_ms = pair.ours.answer
        peers = np.full(self.graph.edges, np.inf)
        for edge, ms in pair.peer.answer:
            peers[edge] = ms
        if limit_s is None:
            assert (times.seconds == plain_times(self.graph, HEAVY_TANKER, to, self.origins)).all(), "not the reference"
            assert np.isfinite(times.seconds).mean() > 0.5, "most of a map is connected"
        assert (peers[edges] == after_ms[edges]).all(), "ours and pgRouting's differ"

    def _line_graph(self, to: Snapped) -> tuple[Ints, Ints, Floats]:
        """Arcs from the edge that is entered to the edge it is entered from, and from the place to its last turns."""
        weights, root = self.weights, self.graph.edges
        chosen = choose(self.graph, weights, self.none, to, arriving=True)
        last_edges, last_ms = [], []
        for edge, share in (directed(chosen, way) for way in (0, 1)):
            if not weights.barred[edge[0]]:
                turns, turn_ms = turns_into(weights, edge[0])
                last_edges.append(weights.lines.left[turns])
                last_ms.append(turn_ms + part_ms(weights.costs.edge_ms[edge[0]], share[0]))
        sources, costs = cheapest(np.concatenate(last_edges), np.concatenate(last_ms))
        return (
            np.concatenate([weights.lines.entered[weights.passes], np.full(len(sources), root)]),
            np.concatenate([weights.lines.left[weights.passes], sources]),
            np.concatenate([weights.costs.toward_ms[weights.passes], costs]),
        )

    async def without_turns(self, peer: "Peer") -> list[Pair]:
        """The junctions alone, the reversed roads between them without turns: ours by the same search."""
        usable = self.weights.usable
        tail, head, ms = self.graph.edge_tail[usable], self.graph.edge_head[usable], self.weights.costs.edge_ms[usable]
        await peer.load(head, tail, ms)
        size = len(self.graph.junction_lon)
        whole, costs = cheapest(head.astype(np.int64) * size + tail, ms)  # the sparse matrix would add parallel roads
        reverse = csr_array((costs, (whole // size, whole % size)), shape=(size, size))
        origins, pairs = np.unique(self.pick[:ORIGINS]), []
        for place in np.repeat(self.pick[ORIGINS:], ROUNDS).tolist():
            ours = spend(_on_junctions, reverse, place, origins)
            theirs = await peer.ask(place, origins)
            answered = dict(theirs.answer) | {place: 0.0}
            assert [answered.get(each, np.inf) for each in origins.tolist()] == ours.answer.tolist()
            pairs.append(Pair(ours, theirs))
        return pairs


def _on_junctions(reverse: csr_array, place: int, origins: Ints) -> Floats:
    times: Floats = dijkstra(reverse, indices=place)[origins]
    return times


def spend(work: Callable[..., Any], *given: Any) -> Spent:
    """What a piece of work in this process costs."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = work(*given)
    return Spent(time.process_time() - cpu, time.perf_counter() - wall, answer)


class Peer:
    """One connection to the scratch server, whose backend's CPU is the peer's."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    async def __aenter__(self) -> "Peer":
        self.line = await asyncpg.connect(host=str(self.cluster.socket), user=OWNER, database="muster")
        self.pid = self.line.get_server_pid()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.line.close()

    async def load(self, source: Ints, target: Ints, cost: Floats) -> None:
        """Fills the table of arcs anew and has the planner look at it."""
        await self.line.execute(
            "DROP TABLE IF EXISTS arcs; CREATE TABLE arcs (id bigint, source bigint, target bigint, cost float8)"
        )
        records = zip(range(len(cost)), source.tolist(), target.tolist(), cost.tolist(), strict=True)
        await self.line.copy_records_to_table("arcs", records=records)
        await self.line.execute("VACUUM ANALYZE arcs")

    async def ask(self, root: int, targets: Ints, limit_s: float | None = None, speed_f: float = 1.0) -> Spent:
        """Times from the root to the targets; CPU is the backend's, the clock is ours."""
        many = targets.tolist()
        before, wall = self._cpu_s(), time.perf_counter()
        if limit_s is None:
            answer = await self.line.fetch(COSTS, root, many)
        else:
            answer = await self.line.fetch(CUT, root, many, limit_s * 1000.0 * speed_f)
        took_s = time.perf_counter() - wall
        return Spent(self._cpu_s() - before, took_s, [tuple(each) for each in answer])

    def _cpu_s(self) -> float:
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9
