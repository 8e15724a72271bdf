"""Closed roads: areas or edges with a period, turned into one mask of edges for a moment."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from dispatch.routing.graph import Floats, Graph, Mask


@dataclass(frozen=True)
class Closure:
    """A closed road or area, in force from ``from_at`` up to but not including ``until_at`` (None: until lifted).

    Either ``polygon`` ([lon, lat] ring, WGS-84) closes both ways of every stretch that touches it, or ``edges`` closes
    single directed edges of the map named by ``map_version``. Closures bind everybody: emergency drives, and walkers.
    """

    id: str
    version: int
    from_at: datetime
    until_at: datetime | None = None
    polygon: tuple[tuple[float, float], ...] = ()
    edges: tuple[int, ...] = ()
    map_version: str = ""

    def in_force(self, at: datetime) -> bool:
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, eq=False)
class Closed:
    """The closures of one moment as a mask over edges; ``version`` is equal exactly when the same ones are in force."""

    version: str
    edges: Mask  # [E]
    stale: tuple[str, ...] = ()  # ids of edge closures drawn on another map: not applied, must be shown


def nothing_closed(graph: Graph) -> Closed:
    """No closures."""
    return Closed("none", np.zeros(graph.edges, dtype=np.bool_))


def closed_at(graph: Graph, closures: Sequence[Closure], at: datetime) -> Closed:
    """What is closed at a moment. ValueError for a ring of fewer than three corners or an edge outside the map."""
    active = sorted((c for c in closures if c.in_force(at)), key=lambda c: (c.id, c.version))
    mask = np.zeros(graph.edges, dtype=np.bool_)
    stale = tuple(c.id for c in active if c.edges and c.map_version != graph.map_version)
    for closure in active:
        if closure.id in stale:
            continue
        if closure.edges:
            mask[_checked(closure, graph.edges)] = True
        else:
            mask |= np.repeat(touched(graph, np.array(closure.polygon, dtype=np.float64)), 2)
    if not active:
        return Closed("none", mask)
    return Closed(_version(active), mask, stale)


def touched(graph: Graph, ring: Floats) -> Mask:
    """[S] stretches that enter, cross or touch the polygon."""
    if ring.ndim != 2 or len(ring) < 3 or not np.isfinite(ring).all():
        raise ValueError("an area needs at least three corners with finite coordinates")
    ring = ring[:-1] if (ring[0] == ring[-1]).all() else ring
    low, high = ring.min(axis=0), ring.max(axis=0)
    points = graph.points / 1e7
    a, b = points[:-1], points[1:]
    owner = np.repeat(np.arange(len(graph.stretch_tail)), np.diff(graph.point_start))
    piece = owner[:-1] == owner[1:]
    near = piece & (np.minimum(a, b) <= high).all(axis=1) & (np.maximum(a, b) >= low).all(axis=1)
    index = np.flatnonzero(near)
    hit = inside(a[index], ring) | inside(b[index], ring) | _crosses(a[index], b[index], ring)
    mask = np.zeros(len(graph.stretch_tail), dtype=np.bool_)
    mask[owner[index[hit]]] = True
    return mask


def inside(points: Floats, ring: Floats) -> Mask:
    """[N] which of [N, 2] points lie within a closed or open ring (even-odd rule)."""
    inside = np.zeros(len(points), dtype=np.bool_)
    x, y = points[:, 0], points[:, 1]
    for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if ay == by:
            continue
        between = (ay > y) != (by > y)
        inside ^= between & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return inside


def _crosses(a: Floats, b: Floats, ring: Floats) -> Mask:
    hit = np.zeros(len(a), dtype=np.bool_)

    def side(p: Floats, q: Floats, r: Floats) -> Floats:
        turn: Floats = (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (
            r[..., 0] - p[..., 0]
        )
        return turn

    for p, q in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        apart = side(p, q, a) * side(p, q, b) > 0
        apart |= side(a, b, p) * side(a, b, q) > 0
        overlap = (np.minimum(a, b) <= np.maximum(p, q)).all(axis=1) & (np.maximum(a, b) >= np.minimum(p, q)).all(
            axis=1
        )
        hit |= ~apart & overlap
    return hit


def _checked(closure: Closure, edges: int) -> list[int]:
    if not all(0 <= edge < edges for edge in closure.edges):
        raise ValueError(f"closure {closure.id} names an edge that is not on the map")
    return list(closure.edges)


def _version(active: Sequence[Closure]) -> str:
    text = repr([(c.id, c.version, c.polygon, c.edges, c.map_version) for c in active])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
