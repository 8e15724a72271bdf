"""Puts the road network of the schematic city together, from skeleton to a connected graph."""

from dataclasses import replace
from random import Random

from shapely import STRtree
from shapely.geometry import LineString
from shapely.geometry import Point as Place

from infra.city import expressways, traits
from infra.city.fabric import Fabric, Street, grow
from infra.city.net import Net, keep_main, tidy, weave
from infra.city.skeleton import Road, Skeleton

SNAP_END_M = 260.0


def build(skeleton: Skeleton, seed: int) -> tuple[Net, Fabric]:
    """The network and the fabric it grew from; the same seed gives the same network."""
    roads = _snap_ends(list(skeleton.roads))
    fabric = grow(skeleton, roads, Random(f"{seed}:fabric"))
    pieces = expressways.cut_roads_at_ramps(skeleton.expressways, roads)
    net = tidy(weave([*(Street(road.line, road.tags) for road in pieces), *fabric.streets]))
    expressways.add(net, skeleton.expressways, roads)
    net = keep_main(net)
    traits.add(net, skeleton.railways, skeleton.rivers, Random(f"{seed}:traits"))
    return net, fabric


def _snap_ends(roads: list[Road]) -> list[Road]:
    """Each road whose end lies close to another road is drawn on to it."""
    tree = STRtree([road.line for road in roads])
    snapped = []
    for number, road in enumerate(roads):
        points = list(road.line.coords)
        for end in (0, -1):
            tip = Place(points[end])
            near = [int(k) for k in tree.query(tip.buffer(SNAP_END_M)) if int(k) != number]
            near = [k for k in near if roads[k].line.distance(tip) < SNAP_END_M]
            if any(roads[k].line.intersection(road.line).distance(tip) < 2 * SNAP_END_M for k in near):
                continue
            if near:
                other = roads[min(near, key=lambda k: (roads[k].line.distance(tip), k))].line
                foot = other.interpolate(other.project(tip))
                points.insert(0 if end == 0 else len(points), (foot.x, foot.y))
        snapped.append(
            replace(road, line=LineString([p for k, p in enumerate(points) if k == 0 or p != points[k - 1]]))
        )
    return snapped
