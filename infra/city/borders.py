"""Divides the territory: eight districts from seed places, and any other partition by nearest place."""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry import MultiPoint, Polygon
from shapely.geometry import Point as Place
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize

from infra.city.plane import Point
from infra.city.skeleton import Skeleton

WAVER_STEP_M = 350.0


def districts(skeleton: Skeleton) -> dict[str, BaseGeometry]:
    """The shape of each district by its code; together they are the territory, and no two overlap."""
    seeds = [(seed, district.code) for district in skeleton.districts for seed in district.seeds]
    cells = nearest_cells([seed for seed, _ in seeds], skeleton.territory)
    return {
        district.code: shapely.unary_union([cells[k] for k, (_, code) in enumerate(seeds) if code == district.code])
        for district in skeleton.districts
    }


def nearest_cells(places: Sequence[Point], territory: Polygon) -> list[BaseGeometry]:
    """For each place the part of the territory nearest to it, with borders that waver as drawn borders do.

    Neighbours share their border exactly: each border line is bent once, before the cells are made.
    """
    edges = shapely.voronoi_polygons(MultiPoint(places), extend_to=territory, only_edges=True)
    lines = shapely.get_parts(shapely.unary_union([edges.intersection(territory), territory.boundary], grid_size=1.0))
    bent = [shapely.transform(shapely.segmentize(line, WAVER_STEP_M), _waver) for line in lines]
    tree = STRtree(shapely.points([_waver_one(place) for place in places]))
    owned: dict[int, list[Polygon]] = {}
    for face in polygonize(shapely.unary_union(bent)):
        owner = int(tree.nearest(face.representative_point()))
        inside = tree.query(face, predicate="contains")
        owned.setdefault(int(inside[0]) if len(inside) else owner, []).append(face)
    return [shapely.unary_union(owned.get(k, [])) for k in range(len(places))]


def _waver(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([_waver_one((x, y)) for x, y in points])


def _waver_one(at: Point) -> Point:
    x, y = at
    return (
        round(x + 210 * math.sin(y / 1150 + 1.3) + 90 * math.sin(x / 610 + y / 470), 1),
        round(y + 210 * math.sin(x / 1270 + 0.4) + 90 * math.sin(y / 530 - x / 710), 1),
    )


def owner_of(shapes: dict[str, BaseGeometry], at: Point) -> str | None:
    """The key of the shape that holds the place, or None outside all of them."""
    place = Place(at)
    return next((key for key, shape in shapes.items() if shape.covers(place)), None)
