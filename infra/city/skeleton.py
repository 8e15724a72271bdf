"""Reads the hand-drawn skeleton of the city (seed/skeleton.yaml) into shapes of the plane."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from shapely.geometry import LineString, Polygon

from infra.city.plane import Point, distance_m, ellipse, line_to_plane, smooth, to_plane

SEED = Path(__file__).resolve().parent.parent / "seed"


@dataclass(frozen=True)
class Road:
    name: str
    highway: str
    line: LineString
    tags: dict[str, str]


@dataclass(frozen=True)
class Span:
    """A named stretch of an expressway between two distances along its centre line."""

    start_m: float
    end_m: float
    tags: dict[str, str]


@dataclass(frozen=True)
class Expressway:
    id: str
    points: tuple[Point, ...]
    marks_m: tuple[float, ...]
    closed: bool
    spans: tuple[Span, ...]

    @property
    def length_m(self) -> float:
        return self.marks_m[-1]

    @cached_property
    def line(self) -> LineString:
        return LineString(self.points)


@dataclass(frozen=True)
class Area:
    name: str
    kind: str
    shape: Polygon
    solid: bool = True


@dataclass(frozen=True)
class Ground:
    """Built-up ground: streets lie `block_m` apart at its core and `far_m` at `reach_m` from it."""

    name: str
    core: Point
    block_m: float
    far_m: float
    reach_m: float
    patch_m2: float
    rural: bool
    neighbour: bool
    shape: Polygon


@dataclass(frozen=True)
class District:
    code: str
    name: str
    label: Point
    seeds: tuple[Point, ...]


@dataclass(frozen=True)
class Skeleton:
    expressways: tuple[Expressway, ...]
    roads: tuple[Road, ...]
    railways: tuple[Road, ...]
    rivers: tuple[Road, ...]
    areas: tuple[Area, ...]
    airport: Area
    grounds: tuple[Ground, ...]
    districts: tuple[District, ...]
    territory: Polygon
    places: tuple[tuple[str, str, int, Point], ...]  # name, kind, people
    peaks: tuple[tuple[str, int, Point], ...]  # name, metres above the sea


def read() -> Skeleton:
    drawn = yaml.safe_load((SEED / "skeleton.yaml").read_text(encoding="utf-8"))
    airport = drawn["airport"]
    return Skeleton(
        expressways=tuple(_expressway(one) for one in drawn["expressways"]),
        roads=tuple(_road(one) for one in drawn["roads"]),
        railways=tuple(_line(one, "rail") for one in drawn["railways"]),
        rivers=tuple(_line(one, "river") for one in drawn["rivers"]),
        areas=_areas(drawn),
        airport=Area(airport["name"], "aerodrome", _blob(airport)),
        grounds=tuple(_ground(one) for one in drawn["ground"]),
        districts=tuple(
            District(one["code"], one["name"], to_plane(*one["label"]), tuple(line_to_plane(one["seeds"])))
            for one in drawn["districts"]
        ),
        territory=Polygon(smooth(line_to_plane(drawn["territory"]), closed=True, step_m=900)[0]),
        places=tuple((p["name"], p["kind"], p.get("people", 0), to_plane(*p["at"])) for p in drawn["places"]),
        peaks=tuple((name, height_m, to_plane(*at)) for name, height_m, at in drawn["peaks"]),
    )


def _expressway(drawn: dict[str, Any]) -> Expressway:
    closed = bool(drawn.get("closed"))
    given = [point for part in drawn["parts"] for point in line_to_plane(part["pts"])]
    points, at = smooth(given, closed=closed, step_m=60)
    if closed:
        points = [*points, points[0]]
    marks = [0.0]
    for a, b in pairwise(points):
        marks.append(marks[-1] + distance_m(a, b))
    spans, first = [], 0
    for part in drawn["parts"]:
        last = first + len(part["pts"])
        end = marks[at[last]] if last < len(at) else marks[-1]
        spans.append(Span(marks[at[first]], end, _expressway_tags(drawn, part)))
        first = last
    return Expressway(drawn["id"], tuple(points), tuple(marks), closed, tuple(spans))


def _expressway_tags(drawn: dict[str, Any], part: dict[str, Any]) -> dict[str, str]:
    tags = {"highway": drawn["highway"], "name": part["name"], "oneway": "yes", "maxspeed": str(drawn["maxspeed"])}
    ref = part.get("ref") or drawn.get("ref")
    if ref:
        tags["ref"] = ref
    if drawn.get("layer"):
        tags |= {"bridge": "yes", "layer": str(drawn["layer"])}
    if part.get("tunnel"):
        tags |= {"tunnel": "yes", "layer": "-1", "hazmat": "no", "maxheight": "5"}
    return tags


def _road(drawn: dict[str, Any]) -> Road:
    speeds = {"trunk": "80", "primary": "60", "secondary": "60", "tertiary": "40", "unclassified": "40"}
    tags = {"highway": drawn["k"], "name": drawn["name"], "maxspeed": str(drawn.get("maxspeed", speeds[drawn["k"]]))}
    if "ref" in drawn:
        tags["ref"] = drawn["ref"]
    if drawn.get("causeway"):
        tags["embankment"] = "yes"
    if drawn.get("canyon"):
        tags |= {"surface": "gravel", "maxspeed": "30"}
    points, _ = smooth(line_to_plane(drawn["pts"]), closed=False)
    return Road(drawn["name"], drawn["k"], LineString(points), tags)


def _line(drawn: dict[str, Any], kind: str) -> Road:
    tags = {"railway": "rail", "gauge": "1435"} if kind == "rail" else {"waterway": "river"}
    points, _ = smooth(line_to_plane(drawn["pts"]), closed=False)
    return Road(drawn["name"], kind, LineString(points), {**tags, "name": drawn["name"]})


def _areas(drawn: dict[str, Any]) -> tuple[Area, ...]:
    water = [Area(one["name"], one.get("kind", "water"), _blob(one)) for one in drawn["water"]]
    green = [Area(one["name"], "hill" if one.get("hill") else "park", _blob(one)) for one in drawn["green"]]
    works = [
        Area(one["name"], "industrial", Polygon(line_to_plane(one["ring"])), solid=False) for one in drawn["industrial"]
    ]
    return (*water, *green, *works)


def _blob(drawn: dict[str, Any]) -> Polygon:
    return Polygon(ellipse(to_plane(*drawn["at"]), drawn["rx"], drawn["ry"], drawn["turn"]))


def _ground(drawn: dict[str, Any]) -> Ground:
    return Ground(
        name=drawn["name"],
        core=to_plane(*drawn["core"]),
        block_m=drawn["block"],
        far_m=drawn["far"],
        reach_m=drawn["reach"],
        patch_m2=drawn["patch"] * 1e6,
        rural=bool(drawn.get("rural")),
        neighbour=bool(drawn.get("neighbour")),
        shape=Polygon(line_to_plane(drawn["ring"])),
    )
