"""Writes the schematic city as an OSM PBF file that any OSM reader understands."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import osmium
from osmium.osm import mutable
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from infra.city.net import Net, Tags
from infra.city.plane import Point, to_lonlat
from infra.city.skeleton import Area, Skeleton
from infra.city.words import english

NOTE = "示意路网 非真实道路数据"
AREA_TAGS: dict[str, Tags] = {
    "water": {"natural": "water"},
    "wetland": {"natural": "wetland"},
    "hill": {"natural": "wood"},
    "park": {"leisure": "park"},
    "industrial": {"landuse": "industrial"},
    "aerodrome": {"aeroway": "aerodrome"},
}


def write(
    path: Path,
    net: Net,
    skeleton: Skeleton,
    districts: Mapping[str, BaseGeometry],
    built_up: BaseGeometry,
    landmarks: Iterable[tuple[Point, Tags]],
) -> None:
    """Writes nodes, ways and relations in that order; the bytes depend on nothing but the arguments."""
    path.unlink(missing_ok=True)
    file = _File()
    ways = _roads(file, net)
    for line in (*skeleton.railways, *skeleton.rivers):
        file.way([tuple(point) for point in line.line.coords], line.tags)
    for area in (*skeleton.areas, skeleton.airport):
        _area(file, area.shape, _tags_of(area))
    for part in getattr(built_up, "geoms", [built_up]):
        _area(file, part, {"landuse": "residential"})
    _runway(file, skeleton.airport)
    _districts(file, skeleton, districts)
    for name, kind, people, at in skeleton.places:
        size = {"population": str(people)} if people else {}
        file.node(at, {"place": kind, "name": name, "name:en": english(name), "note": NOTE, **size})
    for at, tags in landmarks:
        file.node(at, {**tags, "note": NOTE})
    for start, via, end, kind in net.restrictions:
        members = [("w", ways[start], "from"), ("n", file.junction(via), "via"), ("w", ways[end], "to")]
        file.relations.append((members, {"type": "restriction", "restriction": kind, "note": NOTE}))
    file.save(path)


def _tags_of(area: Area) -> Tags:
    return {**AREA_TAGS[area.kind], "name": area.name}


class _File:
    """Collects objects and numbers them from 1 in the order in which they come."""

    def __init__(self) -> None:
        self.nodes: list[tuple[Point, Tags]] = []
        self.ways: list[tuple[list[int], Tags]] = []
        self.relations: list[tuple[list[tuple[str, int, str]], Tags]] = []

    def node(self, at: Point, tags: Tags | None = None) -> int:
        self.nodes.append((at, tags or {}))
        return len(self.nodes)

    @staticmethod
    def junction(node: int) -> int:
        """The file's number of a node of the network: those come first, in their own order."""
        return node + 1

    def way(self, points: Iterable[Point], tags: Tags, *, closed: bool = False) -> int:
        refs = [self.node(point) for point in points]
        return self.way_of([*refs, refs[0]] if closed else refs, tags)

    def way_of(self, refs: list[int], tags: Tags) -> int:
        self.ways.append((refs, {**tags, "note": NOTE}))
        return len(self.ways)

    def save(self, path: Path) -> None:
        header = osmium.io.Header()
        header.set("generator", "muster-schematic-city")
        with osmium.SimpleWriter(str(path), header=header) as writer:
            for number, (at, tags) in enumerate(self.nodes, 1):
                writer.add_node(mutable.Node(id=number, version=1, location=to_lonlat(*at), tags=tags))
            for number, (refs, tags) in enumerate(self.ways, 1):
                writer.add_way(mutable.Way(id=number, version=1, nodes=refs, tags=tags))
            for number, (members, tags) in enumerate(self.relations, 1):
                writer.add_relation(mutable.Relation(id=number, version=1, members=members, tags=tags))


def _roads(file: _File, net: Net) -> dict[int, int]:
    """Writes the network; returns the way of each edge. A street is one way as far as the next forbidden turn."""
    for node, at in enumerate(net.nodes):
        file.node(at, net.node_tags.get(node))
    ways: dict[int, int] = {}
    for chain in _chains(net):
        refs = [file.junction(net.edges[chain[0]].a)]
        for number in chain:
            edge = net.edges[number]
            refs += [file.node(point) for point in edge.points[1:-1]] + [file.junction(edge.b)]
        way = file.way_of(refs, net.edges[chain[0]].tags)
        ways |= dict.fromkeys(chain, way)
    return ways


def _chains(net: Net) -> list[list[int]]:
    breaks = {via for _, via, _, _ in net.restrictions}
    leaving: dict[tuple[int, int], list[int]] = {}
    for number, edge in enumerate(net.edges):
        leaving.setdefault((edge.street, edge.a), []).append(number)
    following: dict[int, int] = {}
    taken: set[int] = set()
    for number, edge in enumerate(net.edges):
        nexts = leaving.get((edge.street, edge.b), [])
        if edge.street < 0 or edge.b in breaks or len(nexts) != 1 or nexts[0] in taken or nexts[0] == number:
            continue
        if net.edges[nexts[0]].tags == edge.tags:
            following[number] = nexts[0]
            taken.add(nexts[0])
    chains = [_follow(number, following) for number in range(len(net.edges)) if number not in taken]
    covered = {number for chain in chains for number in chain}
    return chains + [[number] for number in range(len(net.edges)) if number not in covered]


def _follow(number: int, following: dict[int, int]) -> list[int]:
    chain = [number]
    while chain[-1] in following:
        chain.append(following[chain[-1]])
    return chain


def _area(file: _File, shape: Polygon, tags: Tags) -> None:
    if not shape.interiors:
        file.way(list(shape.exterior.coords)[:-1], tags, closed=True)
        return
    members = [("w", file.way(list(shape.exterior.coords)[:-1], {}, closed=True), "outer")]
    members += [("w", file.way(list(ring.coords)[:-1], {}, closed=True), "inner") for ring in shape.interiors]
    file.relations.append((members, {**tags, "type": "multipolygon", "note": NOTE}))


def _runway(file: _File, airport: Area) -> None:
    corners = list(airport.shape.minimum_rotated_rectangle.exterior.coords)[:4]
    ends = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in ((corners[0], corners[1]), (corners[2], corners[3]))]
    if abs(corners[0][0] - corners[1][0]) + abs(corners[0][1] - corners[1][1]) > airport.shape.length / 4:
        ends = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in ((corners[1], corners[2]), (corners[3], corners[0]))]
    (x0, y0), (x1, y1) = ends
    file.way([(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t) for t in (0.06, 0.94)], {"aeroway": "runway", "ref": "07/25"})


def _districts(file: _File, skeleton: Skeleton, shapes: Mapping[str, BaseGeometry]) -> None:
    for district in skeleton.districts:
        shape = shapes[district.code]
        tags = {"boundary": "administrative", "admin_level": "6", "name": district.name, "ref": district.code}
        rings = [part.exterior for part in getattr(shape, "geoms", [shape])]
        outer = [("w", file.way(list(ring.coords)[:-1], {}, closed=True), "outer") for ring in rings]
        label = file.node(district.label, {"place": "district", "name": district.name, "note": NOTE})
        file.relations.append(([*outer, ("n", label, "label")], {**tags, "type": "boundary", "note": NOTE}))
