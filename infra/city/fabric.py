"""Grows the streets between the arterial roads: superblocks cut from the ground, then blocks inside each superblock."""

import math
from dataclasses import dataclass
from random import Random

import shapely
from shapely import unary_union
from shapely.geometry import LineString, MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, split

from infra.city.names import StreetNames
from infra.city.plane import Point, distance_m
from infra.city.skeleton import Ground, Road, Skeleton

EXPRESSWAY_HALF_M = 38.0
RAIL_HALF_M = 22.0
RIVER_HALF_M = 20.0


@dataclass(frozen=True)
class Street:
    """One drawn street before it is cut at its junctions."""

    line: LineString
    tags: dict[str, str]


@dataclass(frozen=True)
class Fabric:
    streets: tuple[Street, ...]
    patches: tuple[Polygon, ...]
    built_up: BaseGeometry


def grow(skeleton: Skeleton, roads: list[Road], rng: Random) -> Fabric:
    """Streets of every ground in order of standing: frontage roads, crossings, superblock streets, block streets."""
    names = StreetNames(rng)
    corridor = _corridor(skeleton)
    solid = unary_union([*(a.shape for a in skeleton.areas if a.solid), skeleton.airport.shape])
    arterials = unary_union([road.line for road in roads])
    fabric: list[Street] = []
    small: list[Street] = []
    patches: list[Polygon] = []
    lands: list[BaseGeometry] = []
    for ground in skeleton.grounds:
        land = _ragged(ground, rng).difference(solid)
        lands.append(land)
        if not ground.rural:
            fabric += frontage(corridor, land)
            fabric += crossings(skeleton, land, names, rng)
        faces = _faces(land.difference(corridor), arterials)
        for face in faces:
            _superblocks(face, ground, rng, names, fabric, patches)
    for patch in patches:
        small += _blocks(patch, _nearest_ground(skeleton, patch), names, rng)
    return Fabric((*fabric, *small), tuple(patches), unary_union(lands))


def _nearest_ground(skeleton: Skeleton, patch: Polygon) -> Ground:
    at = patch.representative_point()
    return min(skeleton.grounds, key=lambda ground: ground.shape.distance(at))


def _ragged(ground: Ground, rng: Random) -> Polygon:
    """The ground's outline with a frayed edge, so that the city does not end at a ruler's line."""
    amount = min(140.0, math.sqrt(ground.shape.area) * 0.03)
    outline = shapely.segmentize(ground.shape.exterior, 350.0)
    moved = [(x + rng.uniform(-amount, amount), y + rng.uniform(-amount, amount)) for x, y in outline.coords[:-1]]
    return Polygon(moved).buffer(0)


def _corridor(skeleton: Skeleton) -> BaseGeometry:
    bands = [e.line.buffer(EXPRESSWAY_HALF_M) for e in skeleton.expressways if not _elevated_over_street(e.id)]
    bands += [rail.line.buffer(RAIL_HALF_M) for rail in skeleton.railways]
    bands += [river.line.buffer(RIVER_HALF_M) for river in skeleton.rivers]
    return unary_union(bands)


def _elevated_over_street(expressway_id: str) -> bool:
    return expressway_id == "klmy"  # it stands on pillars above the street of the same name


def frontage(corridor: BaseGeometry, land: BaseGeometry) -> list[Street]:
    """Streets along both sides of expressways, railways and rivers inside the built-up land."""
    along = corridor.boundary.intersection(land.buffer(-30.0))
    tags = {"highway": "tertiary", "maxspeed": "40"}
    return [Street(line, tags) for line in _lines(along) if line.length > 120]


def crossings(skeleton: Skeleton, land: BaseGeometry, names: StreetNames, rng: Random) -> list[Street]:
    """Short streets under or over each barrier, so that no side of the city is cut off."""
    barriers: list[tuple[LineString, float, float]] = []
    barriers += [(e.line, EXPRESSWAY_HALF_M, 950.0) for e in skeleton.expressways if not _elevated_over_street(e.id)]
    barriers += [(r.line, RAIL_HALF_M, 1500.0) for r in skeleton.railways]
    barriers += [(r.line, RIVER_HALF_M, 680.0) for r in skeleton.rivers]
    found = []
    shapely.prepare(land)
    for line, half_m, gap_m in barriers:
        if not land.intersects(line):
            continue
        at_m = rng.uniform(100.0, gap_m)
        while at_m < line.length - 50:
            if land.contains(line.interpolate(at_m)) and land.contains(across := _across(line, at_m, half_m + 60)):
                found.append(Street(across, {"highway": "tertiary", "maxspeed": "40", "name": names.next("路")}))
            at_m += gap_m * rng.uniform(0.75, 1.25)
    return found


def _across(line: LineString, at_m: float, half_m: float) -> LineString:
    a, b = line.interpolate(at_m - 5), line.interpolate(at_m + 5)
    length = distance_m((a.x, a.y), (b.x, b.y)) or 1.0
    nx, ny = (a.y - b.y) / length, (b.x - a.x) / length
    x, y = (a.x + b.x) / 2, (a.y + b.y) / 2
    return LineString([(x - nx * half_m, y - ny * half_m), (x + nx * half_m, y + ny * half_m)])


def _faces(land: BaseGeometry, arterials: BaseGeometry) -> list[Polygon]:
    cuts = unary_union([land.boundary, arterials.intersection(land)], grid_size=0.5)
    faces = [face for face in polygonize(cuts) if face.area > 4000 and land.contains(face.representative_point())]
    return sorted(faces, key=lambda face: face.bounds)


def _superblocks(
    face: Polygon, ground: Ground, rng: Random, names: StreetNames, streets: list[Street], patches: list[Polygon]
) -> None:
    """Cuts a face across its long side until its parts have about the size of a superblock."""
    todo = [face]
    while todo:
        part = todo.pop()
        spread = 1 + 1.2 * min(1.0, _from_core(part, ground))
        if part.area < ground.patch_m2 * spread * rng.uniform(0.8, 1.5):
            patches.append(part)
            continue
        cut = _cut_line(part, rng)
        parts = [p for p in split(part, cut).geoms if p.area > 1]
        if len(parts) < 2:
            patches.append(part)
            continue
        tags = {
            "highway": "tertiary" if not ground.rural else "unclassified",
            "maxspeed": "40",
            "name": names.next("路"),
        }
        streets += [Street(line, tags) for line in _lines(cut.intersection(part))]
        todo += parts


def _from_core(part: Polygon, ground: Ground) -> float:
    at = part.centroid
    return distance_m((at.x, at.y), ground.core) / ground.reach_m


def _frame(part: Polygon) -> tuple[Point, Point, float, float]:
    """The tightest box round a shape: a corner, the unit vector along its long side, its length and width."""
    corners = list(shapely.oriented_envelope(part).exterior.coords)[:4]
    first, second = distance_m(corners[0], corners[1]), distance_m(corners[1], corners[2])
    if first < second:
        corners, first, second = [*corners[1:], corners[0]], second, first
    (x0, y0), (x1, y1), (x2, y2) = corners[:3]
    if (x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1) < 0:
        (x0, y0), (x1, y1) = (x1, y1), (x0, y0)
    return (x0, y0), ((x1 - x0) / first, (y1 - y0) / first), first, second


def _cut_line(part: Polygon, rng: Random) -> LineString:
    (x, y), (ux, uy), long_m, wide_m = _frame(part)
    at, lean = rng.uniform(0.38, 0.62) * long_m, rng.uniform(-0.09, 0.09) * wide_m
    bend = rng.uniform(-0.05, 0.05) * wide_m
    marks = ((at - lean, -20.0), (at + bend, wide_m / 2), (at + lean, wide_m + 20.0))
    return LineString([(x + u * ux - v * uy, y + u * uy + v * ux) for u, v in marks])


def _blocks(patch: Polygon, ground: Ground, names: StreetNames, rng: Random) -> list[Street]:
    """The streets inside one superblock: long ones along it, short ones across, with gaps and staggered corners."""
    (x, y), (ux, uy), long_m, wide_m = _frame(patch)
    reach = min(1.0, _from_core(patch, ground))
    block = (ground.block_m + (ground.far_m - ground.block_m) * reach) * rng.uniform(0.9, 1.15)
    deep = block * rng.uniform(0.85, 1.6)
    staggered, one_ways = rng.random() < 0.35, rng.random() < 0.30 * (1 - reach)
    rows = _steps(wide_m, deep, rng)
    fixed = _steps(long_m, block, rng)
    drawn: list[tuple[LineString, bool, bool]] = []  # line, runs along the superblock, is one-way

    def place(u: float, v: float) -> Point:
        return x + u * ux - v * uy, y + u * uy + v * ux

    for v in rows:
        sag = rng.uniform(-0.12, 0.12) * deep
        drawn.append((LineString([place(-5, v), place(long_m / 2, v + sag), place(long_m + 5, v)]), True, one_ways))
    for low, high in zip([-5.0, *rows], [*rows, wide_m + 5], strict=True):
        for u in _steps(long_m, block, rng) if staggered else fixed:
            if rng.random() < 0.88:
                shift = rng.uniform(-0.04, 0.04) * block
                drawn.append((LineString([place(u, low - 6), place(u + shift, high + 6)]), False, False))
    return _clipped(drawn, patch, ground, names, rng)


def _clipped(
    drawn: list[tuple[LineString, bool, bool]], patch: Polygon, ground: Ground, names: StreetNames, rng: Random
) -> list[Street]:
    kind = "residential" if not ground.rural else "track"
    streets = []
    for line, along, one_way in drawn:
        tags = {"highway": kind, "maxspeed": "30"}
        if one_way:
            tags["oneway"] = rng.choice(["yes", "-1"])
        pieces = [piece for piece in _lines(line.intersection(patch)) if piece.length > 20]
        if pieces and along and not ground.rural:
            tags["name"] = names.next("街")
        streets += [Street(piece, tags) for piece in pieces]
    return streets


def _steps(length_m: float, step_m: float, rng: Random) -> list[float]:
    count = round(length_m / step_m)
    if count < 2:
        return []
    even = length_m / count
    return [even * (k + rng.uniform(-0.2, 0.2)) for k in range(1, count)]


def _lines(shape: BaseGeometry) -> list[LineString]:
    if isinstance(shape, LineString):
        return [] if shape.is_empty else [shape]
    if isinstance(shape, MultiLineString):
        return (
            list(shapely.line_merge(shape).geoms)
            if shapely.line_merge(shape).geom_type != "LineString"
            else [shapely.line_merge(shape)]
        )
    return [line for part in getattr(shape, "geoms", ()) for line in _lines(part)]
