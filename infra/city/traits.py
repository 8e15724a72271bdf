"""What a fire engine must know of a road: low bridges, weak bridges, signals, forbidden turns."""

import math
from dataclasses import replace
from random import Random

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import LineString
from shapely.geometry import Point as Place
from shapely.ops import substring

from infra.city.net import Edge, Net, lines_of
from infra.city.plane import Point
from infra.city.skeleton import Road

LOW_BRIDGES_M = ("3.2", "3.3", "3.5", "3.6", "3.8")
WEAK_BRIDGES_T = ("10", "13", "15", "20", "30")
MAIN_ROADS = frozenset({"trunk", "primary"})
HALF_SPAN_M = 16.0


def add(net: Net, railways: tuple[Road, ...], rivers: tuple[Road, ...], rng: Random) -> None:
    """Tags crossings with railways and rivers, puts signals at main junctions and forbids some left turns."""
    for railway in railways:
        _cross(net, railway.line, lambda edge: _under_railway(edge, rng))
    for river in rivers:
        name = river.name
        _cross(net, river.line, lambda edge, name=name: _over_river(edge, name, rng))
    _signals(net)
    _forbid_turns(net, rng)


def _under_railway(edge: Edge, rng: Random) -> dict[str, str]:
    highway = edge.tags["highway"]
    if highway.startswith("motorway") or "layer" in edge.tags:
        return {"bridge": "yes", "layer": "1"}
    low = highway not in MAIN_ROADS and rng.random() < 0.72
    return {"maxheight": rng.choice(LOW_BRIDGES_M) if low else "4.5"}


def _over_river(edge: Edge, river: str, rng: Random) -> dict[str, str]:
    tags = {"bridge": "yes", "layer": edge.tags.get("layer", "1")}
    highway = edge.tags["highway"]
    small = highway not in MAIN_ROADS and not highway.startswith(("motorway", "trunk"))
    if small and rng.random() < 0.55:
        tags |= {"maxweight": rng.choice(WEAK_BRIDGES_T), "bridge:name": f"{river}{edge.tags.get('name', '便道')}桥"}
    return tags


def _cross(net: Net, barrier: LineString, tags_of: "object") -> None:
    """Cuts each road that crosses the barrier into approach, span and approach, and tags the span."""
    lines = lines_of(net)
    hit = sorted(int(k) for k in STRtree(lines).query(barrier, predicate="intersects"))
    for number in hit:
        edge, line = net.edges[number], lines[number]
        where = line.intersection(barrier)
        at = where if isinstance(where, Place) else where.centroid
        middle = float(line.project(at))
        low, high = middle - HALF_SPAN_M, middle + HALF_SPAN_M
        span_tags = {**edge.tags, **tags_of(edge)}  # type: ignore[operator]
        if low < 8 or high > line.length - 8:
            net.edges[number] = replace(edge, tags=span_tags)
            continue
        _cut_span(net, number, line, (low, high), span_tags)


def _cut_span(net: Net, number: int, line: LineString, span: tuple[float, float], tags: dict[str, str]) -> None:
    edge = net.edges[number]
    pieces = [substring(line, a, b) for a, b in ((0, span[0]), span, (span[1], line.length))]
    first, second = (net.add_node(_rounded(piece.coords[-1])) for piece in pieces[:2])
    stops = (edge.a, first, second, edge.b)
    made = []
    for k, piece in enumerate(pieces):
        inner = [_rounded(point) for point in piece.coords[1:-1]]
        points = [net.nodes[stops[k]], *inner, net.nodes[stops[k + 1]]]
        made.append(Edge(stops[k], stops[k + 1], points, tags if k == 1 else edge.tags, edge.street))
    net.edges[number] = made[0]
    net.edges += made[1:]


def _rounded(at: tuple[float, ...]) -> Point:
    return round(at[0]), round(at[1])


def _signals(net: Net) -> None:
    """A signal where two through roads cross, and where a through road meets a superblock street in a busy place."""
    through = {"primary", "secondary"}
    for node, numbers in net.at_node().items():
        kinds = [net.edges[k].tags["highway"] for k in numbers]
        main = sum(kind in through for kind in kinds)
        if len(kinds) >= 3 and (main >= 3 or (main >= 2 and kinds.count("tertiary") >= 1)):
            net.node_tags[node] = {"highway": "traffic_signals"}


def _forbid_turns(net: Net, rng: Random) -> None:
    """No left turn from about a quarter of the signalled approaches of main roads, as city traffic police do."""
    at = net.at_node()
    for node in sorted(net.node_tags):
        for start in at[node]:
            if net.edges[start].tags["highway"] != "primary" or "oneway" in net.edges[start].tags:
                continue
            left = _left_of(net, node, start, at[node])
            if left is not None and rng.random() < 0.25:
                net.restrictions.append((start, node, left, "no_left_turn"))


def _left_of(net: Net, node: int, start: int, numbers: list[int]) -> int | None:
    arrive = _heading(net, node, start) + 180
    turns = {k: (_heading(net, node, k) - arrive + 180) % 360 - 180 for k in numbers if k != start}
    lefts = [k for k, turn in turns.items() if -130 < turn < -50]
    straight = [k for k, turn in turns.items() if abs(turn) <= 50]
    return lefts[0] if len(lefts) == 1 and straight else None


def _heading(net: Net, node: int, number: int) -> float:
    """Compass bearing of the edge as it leaves the node."""
    edge = net.edges[number]
    points = edge.points if edge.a == node else edge.points[::-1]
    (x0, y0), (x1, y1) = points[:2]
    return math.degrees(math.atan2(x1 - x0, y1 - y0)) % 360


def nearest_nodes(net: Net, places: list[Point]) -> list[int]:
    """The node of the network nearest to each place."""
    tree = STRtree(shapely.points(np.array(net.nodes)))
    _, found = tree.query_nearest(shapely.points(np.array(places)), all_matches=False)
    return [int(k) for k in found]
