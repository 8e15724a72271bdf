"""One shortest-path tree grown backwards from a place: the time from every edge of the map to it."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from dispatch.routing.closures import Closed
from dispatch.routing.graph import Floats, Graph, Ints, Mask
from dispatch.routing.profiles import Profile, shared_on
from dispatch.routing.snapping import SNAP_LIMIT_M, Chosen, Snapped, choose
from dispatch.routing.speeds import WALK_KMH, YARD_KMH
from dispatch.routing.weights import Weights, weigh

LONGEST_MS = 1e15  # finite, so that the search never walks through what is infinite


@dataclass(frozen=True, eq=False)
class Tree:
    """Times of one profile to one place, at speed factor 1.

    ``after_ms`` [E]: from the end of an edge to the place, the turn off it included, ``inf`` where there is no way.
    ``following`` [E] is the next edge on the way, ``E`` where the next edge is the last, negative where there is none.
    """

    graph: Graph
    profile: Profile
    weights: Weights
    closed: Closed
    to: Chosen
    lon: float
    lat: float
    after_ms: Floats
    following: Ints | None
    limit_s: float | None


@dataclass(frozen=True, eq=False)
class Start:
    """How each origin begins: [N] road milliseconds (inf: no way), first edge, whether that is also the last."""

    road_ms: Floats
    edge: Ints
    direct: Mask


def grow(
    graph: Graph,
    profile: Profile,
    closed: Closed,
    to: Snapped,
    *,
    limit_s: float | None = None,
    keep_way: bool = False,
) -> Tree:
    """Grow the tree of the first place of ``to``; it serves every profile with the same ``shared_on``.

    ``limit_s`` stops it at that time of this profile; ``keep_way`` keeps what paths need.
    """
    weights = weigh(graph, profile)
    chosen = choose(graph, weights, closed, to, arriving=True)
    limit_ms = np.inf if limit_s is None else limit_s * 1000.0 * profile.speed_f
    after, following = _search(weights, closed, chosen, limit_ms, keep_way)
    return Tree(graph, profile, weights, closed, chosen, float(to.lon[0]), float(to.lat[0]), after, following, limit_s)


def part_ms(edge_ms: Floats, share: Floats) -> Floats:
    """Whole milliseconds from the start of an edge to a share of it; parts of an edge add up exactly."""
    ms: Floats = np.rint(edge_ms * share)
    return ms


def access_ms(metres: Floats, profile: Profile) -> Floats:
    """From a place to its road: at yard pace up to 300 m, beyond that the whole leg is walked."""
    near = WALK_KMH if profile.family == "foot" else YARD_KMH
    ms: Floats = np.rint(metres * 3600.0 / np.where(metres > SNAP_LIMIT_M, WALK_KMH, near))
    return ms


def serving(tree: Tree, profile: Profile | None) -> Profile:
    """The profile to answer for: the tree's own or another that it serves. Raises ValueError for one it does not."""
    if profile is None:
        return tree.profile
    if shared_on(tree.graph, profile) != shared_on(tree.graph, tree.profile):
        raise ValueError(f"the tree of {tree.profile.name} does not serve {profile.name} on this map")
    return profile


def paced_ms(base_ms: Floats, speed_f: float | Floats) -> Floats:
    """Whole milliseconds on the road at a speed factor."""
    ms: Floats = np.rint(base_ms / speed_f)
    return ms


def begin(tree: Tree, origins: Chosen) -> Start:
    """Best of both directions for every origin, given the tree."""
    ways = [_from_edge(tree, origins, direction) for direction in (0, 1)]
    back_better = ways[1][0] < ways[0][0]
    return Start(
        np.where(back_better, ways[1][0], ways[0][0]),
        np.where(back_better, ways[1][1], ways[0][1]).astype(np.int32),
        np.where(back_better, ways[1][2], ways[0][2]),
    )


def directed(chosen: Chosen, direction: int) -> tuple[Ints, Floats]:
    """Edge and share of it, for places on stretches, in one direction (0 along, 1 back)."""
    share = chosen.share if direction == 0 else 1.0 - chosen.share
    return (2 * chosen.stretch + direction).astype(np.int32), share


def _from_edge(tree: Tree, origins: Chosen, direction: int) -> tuple[Floats, Ints, Mask]:
    edge, share = directed(origins, direction)
    usable = origins.stretch >= 0
    edge = np.where(usable, edge, 0).astype(np.int32)
    if not len(tree.weights.barred):
        return np.full(len(edge), np.inf), edge, np.zeros(len(edge), dtype=np.bool_)
    usable &= (tree.weights.barred[edge] == 0) & ~tree.closed.edges[edge]
    whole = np.where(usable, tree.weights.costs.edge_ms[edge], 0.0)
    gone = part_ms(whole, share)
    ms = np.where(usable, whole - gone + tree.after_ms[edge], np.inf)
    last, end = directed(tree.to, direction)
    direct = usable & (edge == last[0]) & (tree.to.stretch[0] >= 0) & (part_ms(whole, end[0]) >= gone)
    ms = np.where(direct, np.minimum(ms, part_ms(whole, end[0]) - gone), ms)
    return ms, edge, direct & (ms == part_ms(whole, end[0]) - gone)


def _search(
    weights: Weights, closed: Closed, to: Chosen, limit_ms: float, keep_way: bool
) -> tuple[Floats, Ints | None]:
    edges = len(weights.barred)
    if to.stretch[0] < 0:
        return np.full(edges, np.inf), np.full(edges, -1, dtype=np.int32) if keep_way else None
    line = _with_root(weights, closed, arrivals(weights, closed, to))
    limit_ms = min(limit_ms, LONGEST_MS)
    if not keep_way:
        ms = dijkstra(line, directed=True, indices=edges, limit=limit_ms)
        return ms[:edges], None
    ms, before = dijkstra(line, directed=True, indices=edges, limit=limit_ms, return_predecessors=True)
    return ms[:edges], before[:edges]


def arrivals(weights: Weights, closed: Closed, to: Chosen) -> tuple[Ints, Floats]:
    """Edges from which one turns into the last edge, with the turn and the part of the last edge that is driven."""
    sources, costs = [], []
    for direction in (0, 1):
        last, share = directed(to, direction)
        edge = int(last[0])
        if weights.barred[edge] or closed.edges[edge]:
            continue
        turns, turn_ms = turns_into(weights, edge)
        sources.append(weights.lines.left[turns])
        costs.append(turn_ms + part_ms(weights.costs.edge_ms[edge], share[0]))
    if not sources:
        return np.zeros(0, dtype=np.int32), np.zeros(0)
    return cheapest(np.concatenate(sources), np.concatenate(costs))


def turns_into(weights: Weights, edge: int) -> tuple[Ints, Floats]:
    """The turns into an edge that may be made, by number, and what each costs alone."""
    lines = weights.lines
    turns = np.arange(lines.entered_start[edge], lines.entered_start[edge + 1])
    turns = turns[weights.passes[turns]]
    return turns, weights.costs.toward_ms[turns] - weights.costs.edge_ms[edge]


def cheapest(edges: Ints, costs: Floats) -> tuple[Ints, Floats]:
    """One entry per edge, its least cost: a sparse matrix would add the costs of parallel entries."""
    order = np.lexsort((costs, edges))
    edges, costs = edges[order], costs[order]
    first = np.concatenate([[True], edges[1:] != edges[:-1]]) if len(edges) else np.zeros(0, dtype=np.bool_)
    return edges[first], costs[first]


def _with_root(weights: Weights, closed: Closed, arrivals: tuple[Ints, Floats]) -> csr_array:
    edges = len(weights.barred)
    values, lines = weights.toward_ms, weights.lines
    if closed.edges.any():
        values = np.where(closed.edges[lines.entered] | closed.edges[lines.left], np.inf, values)
    to_edge, cost = arrivals
    cost = np.where(closed.edges[to_edge], np.inf, cost)
    start = np.append(lines.entered_start, lines.entered_start[-1] + len(to_edge)).astype(np.int32)
    parts = (np.concatenate([values, cost]), np.concatenate([lines.left, to_edge]), start)
    return csr_array(parts, shape=(edges + 1, edges + 1))
