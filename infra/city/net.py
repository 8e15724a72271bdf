"""The road network as nodes and edges: weaves drawn streets into a graph, then cleans it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import LineString

from infra.city.fabric import Street
from infra.city.plane import Point, distance_m

Tags = dict[str, str]
SHORT_EDGE_M = 12.0
STUB_M = 60.0


@dataclass
class Edge:
    """A stretch of road between two nodes; `points` runs from a to b in metres, `street` numbers its drawn street."""

    a: int
    b: int
    points: list[Point]
    tags: Tags
    street: int

    @property
    def length_m(self) -> float:
        return sum(distance_m(p, q) for p, q in zip(self.points, self.points[1:], strict=False))


@dataclass
class Net:
    nodes: list[Point] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    node_tags: dict[int, Tags] = field(default_factory=dict)
    restrictions: list[tuple[int, int, int, str]] = field(default_factory=list)  # from edge, via node, to edge, kind

    def add_node(self, at: Point) -> int:
        self.nodes.append(at)
        return len(self.nodes) - 1

    def at_node(self) -> dict[int, list[int]]:
        """Edge numbers by the node at which they end."""
        found: dict[int, list[int]] = defaultdict(list)
        for number, edge in enumerate(self.edges):
            found[edge.a].append(number)
            if edge.b != edge.a:
                found[edge.b].append(number)
        return found


def weave(streets: Sequence[Street]) -> Net:
    """Cuts the streets where they meet, on a grid of one metre. Of two streets on one line the earlier is kept."""
    drawn = np.array([street.line for street in streets], dtype=object)
    cut = shapely.get_parts(shapely.unary_union(drawn, grid_size=1.0))
    owners = _owners(cut, drawn)
    net, known = Net(), {}
    paths = _paths(cut)
    turned = _against(paths, drawn[owners])
    for k in sorted(range(len(cut)), key=lambda k: (owners[k], paths[k][0], paths[k][-1])):
        street, points = streets[owners[k]], paths[k][::-1] if turned[k] else paths[k]
        ends = []
        for point in (points[0], points[-1]):
            if point not in known:
                known[point] = net.add_node(point)
            ends.append(known[point])
        net.edges.append(Edge(ends[0], ends[1], points, street.tags, owners[k]))
    return net


def _owners(cut: Iterable[LineString], drawn: "np.ndarray[tuple[int], np.dtype[np.object_]]") -> list[int]:
    middles = shapely.line_interpolate_point(cut, 0.5, normalized=True)
    pieces, streets = STRtree(drawn).query(middles, predicate="dwithin", distance=1.5)
    best: dict[int, int] = {}
    for piece, street in zip(pieces.tolist(), streets.tolist(), strict=True):
        best[piece] = min(street, best.get(piece, street))
    return [best.get(k, len(drawn) - 1) for k in range(len(middles))]


def _paths(lines: Iterable[LineString]) -> list[list[Point]]:
    where, indices = shapely.get_coordinates(lines, return_index=True)
    paths: list[list[Point]] = [[] for _ in range(int(indices[-1]) + 1)]
    for line, (x, y) in zip(indices.tolist(), where.tolist(), strict=True):
        paths[line].append((round(x), round(y)))
    return paths


def _against(paths: list[list[Point]], drawn: "np.ndarray[tuple[int], np.dtype[np.object_]]") -> list[bool]:
    """Which pieces run against the direction in which their street was drawn; one-way means what the street says."""
    first = shapely.line_locate_point(drawn, shapely.points([path[0] for path in paths]))
    last = shapely.line_locate_point(drawn, shapely.points([path[-1] for path in paths]))
    return [bool(against) for against in first > last]


def lines_of(net: Net) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """The geometry of every edge, in their order."""
    counts = [len(edge.points) for edge in net.edges]
    flat = np.array([point for edge in net.edges for point in edge.points], dtype=float)
    lines: np.ndarray[tuple[int], np.dtype[np.object_]] = shapely.linestrings(
        flat, indices=np.repeat(np.arange(len(counts)), counts)
    )
    return lines


def tidy(net: Net) -> Net:
    """Joins corners closer than 12 m, drops stubs under 60 m, loops and doubles, then unused nodes."""
    _join_corners(net)
    for _ in range(3):
        _drop_stubs(net)
    return compact(net)


def _join_corners(net: Net) -> None:
    leader = list(range(len(net.nodes)))

    def find(node: int) -> int:
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for edge in net.edges:
        if edge.length_m < SHORT_EDGE_M:
            a, b = find(edge.a), find(edge.b)
            leader[max(a, b)] = min(a, b)
    kept, seen = [], set()
    for edge in net.edges:
        if edge.length_m < SHORT_EDGE_M:
            continue
        edge.a, edge.b = find(edge.a), find(edge.b)
        edge.points = [net.nodes[edge.a], *edge.points[1:-1], net.nodes[edge.b]]
        key = (min(edge.a, edge.b), max(edge.a, edge.b), len(edge.points) > 2 and edge.points[len(edge.points) // 2])
        if edge.a != edge.b and key not in seen:
            seen.add(key)
            kept.append(edge)
    net.edges = kept


def _drop_stubs(net: Net) -> None:
    degree: dict[int, int] = defaultdict(int)
    for edge in net.edges:
        degree[edge.a] += 1
        degree[edge.b] += 1
    net.edges = [e for e in net.edges if min(degree[e.a], degree[e.b]) > 1 or e.length_m >= STUB_M]


def compact(net: Net) -> Net:
    """The same network with only the nodes that some edge uses, numbered in order of first use."""
    renumbered: dict[int, int] = {}
    fresh = Net()
    for edge in net.edges:
        for node in (edge.a, edge.b):
            if node not in renumbered:
                renumbered[node] = fresh.add_node(net.nodes[node])
        fresh.edges.append(Edge(renumbered[edge.a], renumbered[edge.b], edge.points, edge.tags, edge.street))
    fresh.node_tags = {renumbered[n]: tags for n, tags in net.node_tags.items() if n in renumbered}
    return fresh


def junctions(net: Net) -> int:
    """Nodes at which at least three stretches of road meet: what is left of the network after contraction."""
    degree: dict[int, int] = defaultdict(int)
    for edge in net.edges:
        degree[edge.a] += 1
        degree[edge.b] += 1
    return sum(1 for count in degree.values() if count >= 3)


def keep_main(net: Net) -> Net:
    """Only what can be driven to and from everywhere; a one-way street that would cut something off goes both ways."""
    for _ in range(6):
        forward, backward = _directed(net)
        root = _busiest(net)
        main = _reached(forward, root) & _reached(backward, root)
        weak = [
            e
            for e in net.edges
            if "oneway" in e.tags and e.tags["highway"] == "residential" and not (e.a in main and e.b in main)
        ]
        if not weak:
            break
        for edge in weak:
            edge.tags = {key: value for key, value in edge.tags.items() if key != "oneway"}
    net.edges = [e for e in net.edges if e.a in main and e.b in main]
    return compact(net)


def _directed(net: Net) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    forward: dict[int, list[int]] = defaultdict(list)
    backward: dict[int, list[int]] = defaultdict(list)
    for edge in net.edges:
        way = edge.tags.get("oneway")
        if way != "-1":
            forward[edge.a].append(edge.b)
            backward[edge.b].append(edge.a)
        if way != "yes":
            forward[edge.b].append(edge.a)
            backward[edge.a].append(edge.b)
    return forward, backward


def _busiest(net: Net) -> int:
    at = net.at_node()
    return max(at, key=lambda node: (len(at[node]), -node))


def _reached(arcs: dict[int, list[int]], root: int) -> set[int]:
    seen, todo = {root}, [root]
    while todo:
        for node in arcs.get(todo.pop(), ()):
            if node not in seen:
                seen.add(node)
                todo.append(node)
    return seen
