"""Reads the roads of an OSM extract, complete or not: ways, nodes that matter, turn restrictions."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import osmium

from infra.roads.tags import Attributes, Spot, restriction, road, spot

Box = tuple[float, float, float, float]
KEYS = ("highway", "barrier", "maxheight", "maxheight:physical", "maxweight", "maxwidth", "restriction")
RESTRICTION_KEYS = tuple(f"restriction:{who}" for who in ("conditional", "motor_vehicle", "motorcar", "hgv", "goods"))


@dataclass(frozen=True)
class Run:
    """An unbroken part of a way: OSM node ids and their places."""

    way: int
    nodes: tuple[int, ...]
    places: tuple[tuple[float, float], ...]
    attributes: Attributes


@dataclass(frozen=True)
class TurnRule:
    """A restriction relation with one via node."""

    relation: int
    from_way: int
    via: int
    to_way: int
    only: bool
    binds: int


@dataclass
class Extract:
    """What an extract says about roads. ``notes`` counts what was dropped or not understood, by reason."""

    runs: list[Run] = field(default_factory=list)
    spots: dict[int, Spot] = field(default_factory=dict)
    rules: list[TurnRule] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    generator: str = ""


def read_roads(path: Path, box: Box | None = None) -> Extract:
    """Read an extract (.osm.pbf, .osm). ``box`` (west, south, east, north) leaves out nodes outside it."""
    extract = Extract(generator=header_generator(path))
    keys = osmium.filter.KeyFilter(*KEYS, *RESTRICTION_KEYS)
    things: Iterable[Any] = osmium.FileProcessor(str(path)).with_locations().with_filter(keys)
    for thing in things:
        if thing.is_node():
            found = spot(dict(thing.tags))
            if found:
                extract.spots[thing.id] = found
        elif thing.is_way():
            _read_way(extract, thing, box)
        elif thing.is_relation():
            _read_restriction(extract, thing)
    return extract


def header_generator(path: Path) -> str:
    """The program named in the file's header."""
    with osmium.io.Reader(str(path)) as reader:
        return str(reader.header().get("generator"))


def _read_way(extract: Extract, way: Any, box: Box | None) -> None:
    attributes = road(dict(way.tags))
    if attributes is None:
        return
    runs: list[list[tuple[int, tuple[float, float]]]] = [[]]
    for node in way.nodes:
        if not _present(node.location, box):
            runs.append([])
        elif not runs[-1] or runs[-1][-1][0] != node.ref:
            runs[-1].append((node.ref, (node.location.lon, node.location.lat)))
    if len(runs) > 1:
        extract.notes["ways with missing nodes"] += 1
    for run in runs:
        if len(run) > 1:
            nodes, places = zip(*run, strict=True)
            extract.runs.append(Run(way.id, nodes, places, attributes))


def _present(location: Any, box: Box | None) -> bool:
    if not location.valid():
        return False
    if box is None:
        return True
    west, south, east, north = box
    return bool(west <= location.lon <= east and south <= location.lat <= north)


def _read_restriction(extract: Extract, relation: Any) -> None:
    tags = dict(relation.tags)
    if tags.get("type", "restriction") != "restriction":
        return
    meaning = restriction(tags)
    if meaning is None:
        extract.notes["restrictions at some hours or for others, not applied"] += 1
        return
    members = [(member.role, member.type, member.ref) for member in relation.members]
    vias = [(kind, ref) for role, kind, ref in members if role == "via"]
    if len(vias) != 1 or vias[0][0] != "n":
        extract.notes["restrictions over a via way, not applied"] += 1
        return
    for from_way in (ref for role, kind, ref in members if role == "from" and kind == "w"):
        for to_way in (ref for role, kind, ref in members if role == "to" and kind == "w"):
            extract.rules.append(TurnRule(relation.id, from_way, vias[0][1], to_way, *meaning))
