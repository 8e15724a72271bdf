"""Builds expressways as two carriageways each, their ramps to the ground and the links between them."""

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise, product

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import MultiPoint
from shapely.geometry import Point as Place
from shapely.geometry.base import BaseGeometry

from infra.city.net import Edge, Net, Tags
from infra.city.plane import Point, distance_m
from infra.city.skeleton import Expressway, Road

LANE_OFFSET_M = 12.0
RAMP_M = 180.0
RAMP_REACH_M = 160.0
T_JUNCTION_M = 700.0
FORWARD, REVERSE = 1, -1


@dataclass
class Carriageway:
    """One direction of an expressway: the network nodes on it by distance along the centre line."""

    way: Expressway
    side: int
    stops: dict[float, int] = field(default_factory=dict)

    def place(self, at_m: float) -> Point:
        return beside(self.way, at_m, self.side * LANE_OFFSET_M)

    def stop(self, net: Net, at_m: float) -> int:
        """The node at this distance, made if need be; distances wrap round a ring and are held inside an open road."""
        length = self.way.length_m
        at_m = at_m % length if self.way.closed else min(max(at_m, 0.0), length)
        at_m = round(at_m, 1)
        if at_m not in self.stops:
            self.stops[at_m] = net.add_node(_rounded(self.place(at_m)))
        return self.stops[at_m]


def beside(way: Expressway, at_m: float, right_m: float) -> Point:
    """The place `right_m` to the right of the centre line (negative: left) at a distance along it."""
    k = min(max(bisect_left(way.marks_m, at_m), 1), len(way.points) - 1)
    (x0, y0), (x1, y1) = way.points[k - 1], way.points[k]
    length = distance_m((x0, y0), (x1, y1)) or 1.0
    t = (at_m - way.marks_m[k - 1]) / length
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    return x0 + t * (x1 - x0) + uy * right_m, y0 + t * (y1 - y0) - ux * right_m


def _rounded(at: Point) -> Point:
    return round(at[0]), round(at[1])


def cut_roads_at_ramps(ways: tuple[Expressway, ...], roads: list[Road]) -> list[Road]:
    """The named roads cut 60 m on either side of each crossing expressway, where the ramps will meet them."""
    pieces: list[Road] = []
    for road in roads:
        marks = sorted(m for way in ways for m in _crossing_marks(way, road) if 30 < m < road.line.length - 30)
        bounds = [0.0, *marks, road.line.length]
        for low, high in pairwise(bounds):
            if high - low > 1:
                line = shapely.ops.substring(road.line, low, high)
                pieces.append(Road(road.name, road.highway, line, road.tags))
    return pieces


def _crossing_marks(way: Expressway, road: Road) -> list[float]:
    marks = []
    for at in _points(way.line.intersection(road.line)):
        middle = float(road.line.project(at))
        marks += [middle - 60, middle + 60]
    return marks


def _points(shape: BaseGeometry) -> list[Place]:
    if isinstance(shape, Place):
        return [] if shape.is_empty else [shape]
    if isinstance(shape, MultiPoint):
        return list(shape.geoms)
    return [shape.centroid] if not shape.is_empty else []


def add(net: Net, ways: tuple[Expressway, ...], roads: list[Road]) -> None:
    """Adds every expressway to a network that holds the ground streets: ramps first, then links, then carriageways."""
    ground = Ground(net)
    sides = {(w.id, s): Carriageway(w, s) for w in ways for s in (FORWARD, REVERSE)}
    for way in ways:
        crossings = sorted(float(way.line.project(p)) for r in roads for p in _points(way.line.intersection(r.line)))
        _town_ramps(net, ground, way, sides, crossings)
        for at_m in _spaced([m for m in crossings if way.closed or 150 < m < way.length_m - 150], 450.0):
            _diamond(net, ground, way, sides, at_m)
        if not way.closed:
            _open_ends(net, ground, way, sides, ways)
    _interchanges(net, ways, sides)
    for carriageway in sides.values():
        _lay(net, carriageway)


class Ground:
    """Finds the ground node nearest to a place among the nodes present when it was made."""

    def __init__(self, net: Net) -> None:
        self._tree = STRtree(shapely.points(np.array(net.nodes)))

    def near(self, at: Point, reach_m: float) -> int | None:
        found = self._tree.query_nearest(Place(at), max_distance=reach_m, all_matches=False)
        return int(found[0]) if len(found) else None


def _spaced(marks: list[float], gap_m: float) -> list[float]:
    kept: list[float] = []
    for mark in marks:
        if not kept or mark - kept[-1] >= gap_m:
            kept.append(mark)
    return kept


def _town_ramps(
    net: Net, ground: Ground, way: Expressway, sides: dict[tuple[str, int], Carriageway], crossings: list[float]
) -> None:
    """Slip ramps to the frontage roads about every 1.5 km, never across another road."""
    at_m, room = 500.0, 3 * RAMP_M
    while at_m < way.length_m - room - 300:
        blocked = any(at_m - 60 < mark < at_m + room + 60 for mark in crossings)
        if blocked or not all(ground.near(beside(way, at_m + room / 2, s * 40), 70) is not None for s in (1, -1)):
            at_m += 120
            continue
        for side in (FORWARD, REVERSE):
            first, second = (at_m, at_m + room) if side == FORWARD else (at_m + room, at_m)
            off = beside(way, first + side * RAMP_M, side * 40.0)
            on = beside(way, second - side * RAMP_M, side * 40.0)
            _ramp(net, ground, sides[way.id, side], first, off, leaves=True)
            _ramp(net, ground, sides[way.id, side], second, on, leaves=False)
        at_m += 1500


def _diamond(net: Net, ground: Ground, way: Expressway, sides: dict[tuple[str, int], Carriageway], at_m: float) -> None:
    """Four ramps to a crossing road."""
    for side in (FORWARD, REVERSE):
        corner = beside(way, at_m, side * 60.0)
        _ramp(net, ground, sides[way.id, side], at_m - side * 300, corner, leaves=True)
        _ramp(net, ground, sides[way.id, side], at_m + side * 300, corner, leaves=False)


def _ramp(net: Net, ground: Ground, lane: Carriageway, at_m: float, to: Point, *, leaves: bool) -> None:
    if not lane.way.closed and not 0 < at_m < lane.way.length_m:
        return
    node = ground.near(to, RAMP_REACH_M)
    if node is None:
        return
    stop = lane.stop(net, at_m)
    ends = (stop, node) if leaves else (node, stop)
    _link(net, *ends, lane.way, bend=None)


def _link(net: Net, a: int, b: int, way: Expressway, *, bend: Point | None) -> None:
    start, end = net.nodes[a], net.nodes[b]
    points = [start, end] if bend is None else _bezier(start, bend, end)
    tags = {"highway": way.spans[0].tags["highway"] + "_link", "oneway": "yes", "maxspeed": "40"}
    if distance_m(start, end) > 1:
        net.edges.append(Edge(a, b, points, tags, -1))


def _bezier(a: Point, c: Point, b: Point) -> list[Point]:
    def at(t: float) -> Point:
        u = 1 - t
        return tuple(u * u * a[k] + 2 * u * t * c[k] + t * t * b[k] for k in (0, 1))  # type: ignore[return-value]

    return [a, *(_rounded(at(k / 8)) for k in range(1, 8)), b]


def _interchanges(net: Net, ways: tuple[Expressway, ...], sides: dict[tuple[str, int], Carriageway]) -> None:
    """Where two expressways cross, a link from each direction of one to each direction of the other."""
    for i, one in enumerate(ways):
        for other in ways[i + 1 :]:
            marks = _spaced(sorted(float(one.line.project(p)) for p in _points(one.line.intersection(other.line))), 400)
            for mark in marks:
                other_mark = float(other.line.project(one.line.interpolate(mark)))
                _all_links(net, sides, (one, mark), (other, other_mark))


def _all_links(
    net: Net, sides: dict[tuple[str, int], Carriageway], one: tuple[Expressway, float], other: tuple[Expressway, float]
) -> None:
    for (way_a, at_a), (way_b, at_b) in ((one, other), (other, one)):
        bend = beside(way_a, at_a, 0.0)
        for a, b in product((FORWARD, REVERSE), repeat=2):
            leave, join = sides[way_a.id, a], sides[way_b.id, b]
            start, end = at_a - a * 320, at_b + b * 320
            if _inside(way_a, start) and _inside(way_b, end):
                _link(net, leave.stop(net, start), join.stop(net, end), way_b, bend=bend)


def _inside(way: Expressway, at_m: float) -> bool:
    return way.closed or 0 <= at_m <= way.length_m


def _open_ends(
    net: Net,
    ground: Ground,
    way: Expressway,
    sides: dict[tuple[str, int], Carriageway],
    ways: tuple[Expressway, ...],
) -> None:
    """An end joins the expressway beside it, or comes down to the ground, or turns round at the edge of the map."""
    for at_m, leaving in ((0.0, REVERSE), (way.length_m, FORWARD)):
        tip = Place(beside(way, at_m, 0.0))
        beyond = [w for w in ways if w.id != way.id and w.line.distance(tip) < T_JUNCTION_M]
        if not beyond:
            _land(net, ground, way, sides, at_m)
            continue
        other = min(beyond, key=lambda w: float(w.line.distance(tip)))
        mark = float(other.line.project(tip))
        for b in (FORWARD, REVERSE):
            bend = beside(other, mark, 0.0)
            out, back = mark + b * 320, mark - b * 320
            if _inside(other, out):
                _link(net, sides[way.id, leaving].stop(net, at_m), sides[other.id, b].stop(net, out), way, bend=bend)
            if _inside(other, back):
                _link(net, sides[other.id, b].stop(net, back), sides[way.id, -leaving].stop(net, at_m), way, bend=bend)


def _land(net: Net, ground: Ground, way: Expressway, sides: dict[tuple[str, int], Carriageway], at_m: float) -> None:
    tip = beside(way, at_m, 0.0)
    node = ground.near(tip, 60)
    if node is None:
        node = net.add_node(_rounded(tip))
    for side in (FORWARD, REVERSE):
        sides[way.id, side].stops[round(at_m, 1)] = node


def _lay(net: Net, lane: Carriageway) -> None:
    """Joins the stops of one carriageway into edges in the direction of travel, cut where the tags change."""
    way = lane.way
    for span in way.spans:
        lane.stop(net, span.start_m)
    if not way.closed:
        lane.stop(net, 0.0)
        lane.stop(net, way.length_m)
    marks = sorted(lane.stops)
    ends = [*marks[1:], marks[0] + way.length_m] if way.closed else marks[1:]
    for number, (low, high) in enumerate(zip(marks, ends, strict=False)):
        a, b = lane.stops[low], lane.stops[marks[(number + 1) % len(marks)]]
        inner = [m for m in way.marks_m if low + 5 < m < high - 5]
        inner += [m + way.length_m for m in way.marks_m if way.closed and low + 5 < m + way.length_m < high - 5]
        points = [net.nodes[a], *(_rounded(lane.place(m % way.length_m)) for m in sorted(inner)), net.nodes[b]]
        edge = Edge(a, b, points, _tags_at(way, (low + high) / 2), -1)
        if lane.side == REVERSE:
            edge.a, edge.b, edge.points = edge.b, edge.a, edge.points[::-1]
        net.edges.append(edge)


def _tags_at(way: Expressway, at_m: float) -> Tags:
    at_m = at_m % way.length_m if way.closed else at_m
    for span in way.spans:
        if span.start_m <= at_m < span.end_m:
            return span.tags
    return way.spans[-1].tags
