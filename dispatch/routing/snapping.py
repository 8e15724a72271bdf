"""From places to roads: the nearest stretches of each place, found once and reused by every query."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from dispatch.routing.closures import Closed
from dispatch.routing.graph import AGAINST, EARTH_RADIUS_M, EMERGENCY, FOOT, MOTOR, Floats, Graph, Ints, Mask
from dispatch.routing.weights import NO_ACCESS, Weights

SNAP_LIMIT_M = 300.0  # beyond: off the network, the rest is walked
REACH_LIMIT_M = 2_000.0  # beyond: not reachable by road
CANDIDATES = 4  # nearest stretches kept for vehicles, and as many for people
SAMPLE_M = 40.0
REMEMBERED = 64
AT_ONCE = 500_000  # place and piece pairs looked at together: some 50 MB

# What was remarkable about an answer; the words are FLAG_NAMES.
OFF_NETWORK, UNREACHABLE, ESTIMATE, BEYOND_LIMIT, CLOSED_AT_PLACE, LIMIT_AT_PLACE = (1 << n for n in range(6))
FLAG_NAMES = {
    OFF_NETWORK: "off_network",
    UNREACHABLE: "unreachable_by_road",
    ESTIMATE: "crowfly_estimate",
    BEYOND_LIMIT: "beyond_limit",
    CLOSED_AT_PLACE: "closed_at_place",
    LIMIT_AT_PLACE: "limit_at_place",
}


@dataclass(frozen=True, eq=False)
class Snapped:
    """N places with their nearest stretches by distance: [N, C] stretch (-1: none), share of its length, metres."""

    lon: Floats
    lat: Floats
    stretch: Ints
    share: Floats
    metres: Floats
    map_version: str

    def __len__(self) -> int:
        return len(self.lon)

    @cached_property
    def memory(self) -> dict[Any, Any]:
        """Choices already made for these places, by weights and closures."""
        return {}


@dataclass(frozen=True, eq=False)
class Chosen:
    """The stretch that a profile uses for each place: [N] stretch (-1: none), share, metres, flag bits."""

    stretch: Ints
    share: Floats
    metres: Floats
    flags: Ints


@dataclass(frozen=True, eq=False)
class Pieces:
    """All stretches cut into pieces of at most SAMPLE_M metres: ends on the plane and as shares of the stretch."""

    stretch: Ints
    share_a: Floats
    share_b: Floats
    a: Floats
    b: Floats


@dataclass(frozen=True, eq=False)
class Index:
    """A tree over the middles of some pieces; ``which`` are their numbers. No tree where there are none."""

    pieces: Pieces
    which: Ints
    tree: cKDTree | None


def snap(graph: Graph, places: Floats) -> Snapped:
    """Nearest stretches of [N, 2] lon, lat places. Raises ValueError for coordinates that are not degrees."""
    places = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    if not (np.isfinite(places).all() and (np.abs(places) <= (180, 90)).all()):
        raise ValueError("a place needs finite longitude and latitude in degrees")
    found = [
        nearest(graph, index, places, CANDIDATES)
        for index in (_index(graph, MOTOR | AGAINST | EMERGENCY), _index(graph, FOOT))
    ]
    stretch, share, metres = (np.concatenate(parts, axis=1) for parts in zip(*found, strict=True))
    order = np.argsort(metres, axis=1, kind="stable")
    return Snapped(
        places[:, 0].copy(),
        places[:, 1].copy(),
        np.take_along_axis(stretch, order, axis=1),
        np.take_along_axis(share, order, axis=1),
        np.take_along_axis(metres, order, axis=1),
        graph.map_version,
    )


def choose(graph: Graph, weights: Weights, closed: Closed, places: Snapped, *, arriving: bool = False) -> Chosen:
    """The stretch each place uses: nearest within 300 m on the profile's connected part, else the nearest usable.

    Connected means that the network is reached from there, or with ``arriving`` that it is reached from the network.
    A place whose nearest road is closed or too small is led to the next usable road, and flagged.
    """
    if places.map_version != graph.map_version:
        raise ValueError(f"places were snapped on map {places.map_version}, the graph is {graph.map_version}")
    key = (weights, closed.version, arriving)
    if key not in places.memory:
        if len(places.memory) >= REMEMBERED:
            places.memory.pop(next(iter(places.memory)))
        places.memory[key] = _choose(graph, weights, closed, places, weights.arrives if arriving else weights.leaves)
    chosen: Chosen = places.memory[key]
    return chosen


def _choose(graph: Graph, weights: Weights, closed: Closed, places: Snapped, connected: Mask) -> Chosen:
    usable = weights.usable & ~closed.edges
    on_network = usable & connected
    column = _first(_at(on_network, places.stretch), places, SNAP_LIMIT_M)
    stretch, share, metres = _take(places, column)
    lost = np.flatnonzero(column < 0)
    if len(lost):
        stretch[lost], share[lost], metres[lost] = _search(
            graph, _either_way(on_network), _either_way(usable), places, lost
        )
    flags = np.where(metres > SNAP_LIMIT_M, OFF_NETWORK, 0)
    flags = np.where(metres > REACH_LIMIT_M, UNREACHABLE, flags)
    return Chosen(stretch, share, metres, (flags | _why_not_nearest(weights, closed, places, metres)).astype(np.int32))


def joined(groups: Sequence[Chosen]) -> Chosen:
    """The places of several groups as one."""
    return Chosen(
        np.concatenate([each.stretch for each in groups]),
        np.concatenate([each.share for each in groups]),
        np.concatenate([each.metres for each in groups]),
        np.concatenate([each.flags for each in groups]),
    )


def nearest(graph: Graph, index: Index, places: Floats, count: int) -> tuple[Ints, Floats, Floats]:
    """[N, count] nearest distinct stretches: numbers (-1 where there are fewer), shares, metres. The first is exact
    up to REACH_LIMIT_M."""
    stretch = np.full((len(places), count), -1, dtype=np.int32)
    share, metres = np.zeros((len(places), count)), np.full((len(places), count), np.inf)
    if index.tree is None:
        return stretch, share, metres
    at = plane(graph, places)
    todo, reach = np.arange(len(places)), min(32, len(index.which))
    while len(todo):
        unsure = []
        for some in np.array_split(todo, len(todo) * reach // AT_ONCE + 1):
            far, found = index.tree.query(at[some], k=list(range(1, reach + 1)))
            stretch[some], share[some], metres[some] = _closest(index.pieces, at[some], index.which[found], count)
            # A piece not looked at has its middle farther than the last, so it is at most half a piece closer.
            near = metres[some, 0] < REACH_LIMIT_M + SAMPLE_M
            unsure.append(some[near & (metres[some, 0] > far[:, -1] - SAMPLE_M / 2)])
        todo = np.concatenate(unsure) if reach < len(index.which) else todo[:0]
        reach = min(reach * 4, len(index.which))
    return stretch, share, metres


def plane(graph: Graph, lonlat: Floats) -> Floats:
    """Metres on a plane that touches the middle of the map; good for distances of a few kilometres."""
    scale = np.radians(1.0) * EARTH_RADIUS_M
    middle = np.radians((graph.box[1] + graph.box[3]) / 2)
    return np.asarray(lonlat * np.array([scale * np.cos(middle), scale]), dtype=np.float64)


def pieces_of(graph: Graph) -> Pieces:
    """All roads cut into pieces, once per graph."""
    if "pieces" not in graph.memory:
        graph.memory["pieces"] = _cut_up(graph)
    pieces: Pieces = graph.memory["pieces"]
    return pieces


def _cut_up(graph: Graph) -> Pieces:
    points = plane(graph, graph.points / 1e7)
    owner = np.repeat(np.arange(len(graph.stretch_tail)), np.diff(graph.point_start))
    first = np.flatnonzero(owner[:-1] == owner[1:])
    a, b = points[first], points[first + 1]
    run, total = _runs(points, graph.point_start, owner)
    length = np.hypot(*(b - a).T)
    parts = np.maximum(1, np.ceil(length / SAMPLE_M)).astype(np.int64)
    line = np.repeat(np.arange(len(first)), parts)
    step = np.arange(len(line)) - np.repeat(np.cumsum(parts) - parts, parts)
    low, high = (step / parts[line])[:, None], ((step + 1) / parts[line])[:, None]
    base = run[first][line]
    whole = np.maximum(total[owner[first]][line], 1e-9)
    return Pieces(
        owner[first][line].astype(np.int32),
        (base + low[:, 0] * length[line]) / whole,
        np.minimum(1.0, (base + high[:, 0] * length[line]) / whole),
        a[line] + (b - a)[line] * low,
        a[line] + (b - a)[line] * high,
    )


def _index_of(graph: Graph, wanted: Mask) -> Index:
    pieces = pieces_of(graph)
    which = np.flatnonzero(wanted[pieces.stretch]).astype(np.int32)
    if not len(which):
        return Index(pieces, which, None)
    # Building a balanced tree takes three times as long as all the questions asked of it.
    middles = (pieces.a[which] + pieces.b[which]) / 2
    return Index(pieces, which, cKDTree(middles, compact_nodes=False, balanced_tree=False))


def _runs(points: Floats, starts: Ints, owner: Ints) -> tuple[Floats, Floats]:
    """Distance of every point from the start of its stretch, and the whole length of every stretch, in plane metres."""
    if not len(points):
        return np.zeros(0), np.zeros(len(starts) - 1)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    run = along - along[starts[:-1]][owner]
    return run, run[starts[1:] - 1]


def _index(graph: Graph, bits: int) -> Index:
    key = ("index", bits)
    if key not in graph.memory:
        graph.memory[key] = _index_of(graph, _either_way((graph.edge_access & bits) != 0))
    index: Index = graph.memory[key]
    return index


def _either_way(edges: Mask) -> Mask:
    return np.asarray(edges[0::2] | edges[1::2])


def _at(edges: Mask, stretch: Ints) -> Mask:
    """Whether either way along each of these stretches is among the edges."""
    return np.asarray(edges[2 * stretch] | edges[2 * stretch + 1])


def _closest(pieces: Pieces, at: Floats, which: Ints, count: int) -> tuple[Ints, Floats, Floats]:
    a, way = pieces.a[which], pieces.b[which] - pieces.a[which]
    square = np.maximum((way**2).sum(axis=2), 1e-12)
    t = np.clip(((at[:, None, :] - a) * way).sum(axis=2) / square, 0.0, 1.0)
    metres = np.hypot(*np.moveaxis(at[:, None, :] - a - way * t[..., None], 2, 0))
    share = pieces.share_a[which] + (pieces.share_b[which] - pieces.share_a[which]) * t
    order = np.argsort(metres, axis=1, kind="stable")
    stretch = np.take_along_axis(pieces.stretch[which], order, axis=1)
    metres, share = np.take_along_axis(metres, order, axis=1), np.take_along_axis(share, order, axis=1)
    again = np.zeros(stretch.shape, dtype=np.bool_)
    for column in range(1, stretch.shape[1]):
        again[:, column] = (stretch[:, :column] == stretch[:, column : column + 1]).any(axis=1)
    keep = np.argsort(again, axis=1, kind="stable")[:, :count]
    lost = np.take_along_axis(again, keep, axis=1)
    wide = ((0, 0), (0, count - keep.shape[1]))

    def picked(values: Floats | Ints, empty: float) -> Floats:
        kept = np.where(lost, empty, np.take_along_axis(values, keep, axis=1))
        return np.pad(kept, wide, constant_values=empty)

    return picked(stretch, -1).astype(np.int32), picked(share, 0.0), picked(metres, np.inf)


def _first(wanted: Mask, places: Snapped, within_m: float) -> Ints:
    good = wanted & (places.stretch >= 0) & (places.metres <= within_m)
    return np.where(good.any(axis=1), good.argmax(axis=1), -1).astype(np.int32)


def _take(places: Snapped, column: Ints) -> tuple[Ints, Floats, Floats]:
    row = np.arange(len(places))
    safe, none = np.maximum(column, 0), column < 0
    return (
        np.where(none, -1, places.stretch[row, safe]).astype(np.int32),
        np.where(none, 0.0, places.share[row, safe]),
        np.where(none, np.inf, places.metres[row, safe]),
    )


def _search(graph: Graph, joined: Mask, usable: Mask, places: Snapped, rows: Ints) -> tuple[Ints, Floats, Floats]:
    """For places whose kept candidates do not serve: look at every usable stretch of the map."""
    at = np.stack([places.lon[rows], places.lat[rows]], axis=1)
    near = nearest(graph, _cut(graph, joined), at, 1)
    any_part = nearest(graph, _cut(graph, usable), at, 1)
    take_near = near[2] <= np.maximum(any_part[2], SNAP_LIMIT_M)
    stretch, share, metres = (np.where(take_near, n, a)[:, 0] for n, a in zip(near, any_part, strict=True))
    return stretch.astype(np.int32), share, metres


def _cut(graph: Graph, wanted: Mask) -> Index:
    kept: dict[bytes, Index] = graph.memory.setdefault("cuts", {})
    key = np.packbits(wanted).tobytes()
    if key not in kept:
        if len(kept) >= 2:
            kept.pop(next(iter(kept)))
        kept[key] = _index_of(graph, wanted)
    return kept[key]


def _why_not_nearest(weights: Weights, closed: Closed, places: Snapped, metres: Floats) -> Ints:
    """Flags for roads nearer than the chosen one which a closure or a size limit took away."""
    nearer = (places.stretch >= 0) & (places.metres < metres[:, None])
    open_way = weights.usable
    passable = _at(open_way, places.stretch)
    shut = passable & ~_at(open_way & ~closed.edges, places.stretch)
    barred = weights.barred
    small = ~passable & _at(((barred & NO_ACCESS) == 0) & (barred != 0), places.stretch)
    flags = np.where((nearer & shut).any(axis=1), CLOSED_AT_PLACE, 0)
    return (flags | np.where((nearer & small).any(axis=1), LIMIT_AT_PLACE, 0)).astype(np.int32)
