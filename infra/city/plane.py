"""The flat plane of the schematic city: metres east and north of a fixed origin, and back to WGS-84."""

import math
from collections.abc import Iterable

Point = tuple[float, float]

ORIGIN_LON = 87.6
ORIGIN_LAT = 43.85
METRES_PER_DEGREE_LON = 80412.0  # at the origin's latitude on the WGS-84 ellipsoid, rounded
METRES_PER_DEGREE_LAT = 111106.0


def to_plane(lon: float, lat: float) -> Point:
    """Metres east and north of the origin for a WGS-84 place; accurate to a few permille inside the city's box."""
    return (lon - ORIGIN_LON) * METRES_PER_DEGREE_LON, (lat - ORIGIN_LAT) * METRES_PER_DEGREE_LAT


def to_lonlat(x_m: float, y_m: float) -> Point:
    """WGS-84 longitude and latitude, seven decimals, of a place in the plane."""
    return round(ORIGIN_LON + x_m / METRES_PER_DEGREE_LON, 7), round(ORIGIN_LAT + y_m / METRES_PER_DEGREE_LAT, 7)


def line_to_plane(points: Iterable[Iterable[float]]) -> list[Point]:
    return [to_plane(*point) for point in points]


def distance_m(a: Point, b: Point) -> float:
    return math.hypot(b[0] - a[0], b[1] - a[1])


def smooth(points: list[Point], *, closed: bool, step_m: float = 120.0) -> tuple[list[Point], list[int]]:
    """A Catmull-Rom curve through the points, sampled about every `step_m`.

    Returns the samples and, for each given point, its index among them. A closed curve does not repeat its first point.
    """
    count = len(points)
    samples: list[Point] = []
    marks: list[int] = []
    for i in range(count if closed else count - 1):
        before, a, b, after = (_at(points, i + k, closed=closed) for k in (-1, 0, 1, 2))
        marks.append(len(samples))
        pieces = max(1, round(distance_m(a, b) / step_m))
        samples.extend(_catmull_rom(before, a, b, after, k / pieces) for k in range(pieces))
    if not closed:
        marks.append(len(samples))
        samples.append(points[-1])
    return samples, marks


def _at(points: list[Point], index: int, *, closed: bool) -> Point:
    return points[index % len(points)] if closed else points[min(max(index, 0), len(points) - 1)]


def _catmull_rom(before: Point, a: Point, b: Point, after: Point, t: float) -> Point:
    def along(k: int) -> float:
        p0, p1, p2, p3 = before[k], a[k], b[k], after[k]
        return p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))

    return along(0), along(1)


def ellipse(at: Point, rx_m: float, ry_m: float, turn_deg: float, sides: int = 40) -> list[Point]:
    turn = math.radians(turn_deg)
    ring = []
    for k in range(sides):
        angle = 2 * math.pi * k / sides
        # a third harmonic keeps lakes and hills from looking drawn with a compass
        wobble = 1 + 0.10 * math.sin(3 * angle + turn) + 0.06 * math.sin(5 * angle + 2 * turn)
        u, v = rx_m * wobble * math.cos(angle), ry_m * wobble * math.sin(angle)
        ring.append((at[0] + u * math.cos(turn) - v * math.sin(turn), at[1] + u * math.sin(turn) + v * math.cos(turn)))
    return ring
