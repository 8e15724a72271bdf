"""Plane geometry small enough to be ours: metres between two points, and which polygon holds a point."""

import math
from collections.abc import Sequence
from itertools import pairwise

from kernel.contracts.base import LonLat

EARTH_M = 6_371_008.8


def metres(a: LonLat, b: LonLat) -> float:
    """Great-circle distance in metres (haversine, mean earth radius)."""
    lon_a, lat_a, lon_b, lat_b = map(math.radians, (*a, *b))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(half)))


def inside(point: LonLat, rings: Sequence[Sequence[LonLat]]) -> bool:
    """Whether a point lies in a polygon with holes (even-odd rule over all rings)."""
    crossings = sum(_crosses(point, a, b) for ring in rings for a, b in pairwise(ring))
    return crossings % 2 == 1


def _crosses(point: LonLat, a: LonLat, b: LonLat) -> bool:
    x, y = point
    if (a[1] > y) == (b[1] > y):
        return False
    return x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
