"""Coordinates into WGS-84: GCJ-02 and BD-09 by iterating their published forward formulas, to well below a metre.

GCJ-02 is what AMap and Tencent hand out, BD-09 what Baidu does; near the city GCJ-02 lies 265-300 m off, enough to
snap to the wrong road. CGCS2000 differs from WGS-84 by less than a metre and is taken as it is.
"""

import math
from collections.abc import Callable
from enum import StrEnum

LonLat = tuple[float, float]

_AXIS_M = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BAIDU_PI = math.pi * 3000.0 / 180.0
_CLOSE_DEG = 1e-9
_ROUNDS = 30


class Crs(StrEnum):
    """The coordinate systems in which a register may come."""

    WGS84 = "WGS84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ02"
    BD09 = "BD09"


def to_wgs84(point: LonLat, crs: Crs) -> LonLat:
    """The point in WGS-84, degrees."""
    if crs is Crs.GCJ02:
        return _undone(point, gcj02)
    if crs is Crs.BD09:
        return _undone(point, bd09)
    return point


def _undone(point: LonLat, forward: Callable[[LonLat], LonLat]) -> LonLat:
    """The point whose image is `point`. The offset varies slowly, so each round shrinks the error a hundredfold."""
    lon, lat = point
    for _ in range(_ROUNDS):
        image = forward((lon, lat))
        off_lon, off_lat = image[0] - point[0], image[1] - point[1]
        lon, lat = lon - off_lon, lat - off_lat
        if abs(off_lon) < _CLOSE_DEG and abs(off_lat) < _CLOSE_DEG:
            break
    return lon, lat


def bd09(point: LonLat) -> LonLat:
    """WGS-84 to BD-09."""
    lon, lat = gcj02(point)
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BAIDU_PI)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BAIDU_PI)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def gcj02(point: LonLat) -> LonLat:
    """WGS-84 to GCJ-02; outside China's box the two are one."""
    lon, lat = point
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return point
    x, y = lon - 105.0, lat - 35.0
    radians = math.radians(lat)
    magic = 1 - _ECCENTRICITY2 * math.sin(radians) ** 2
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY2) / (magic * math.sqrt(magic))
    parallel_m = _AXIS_M / math.sqrt(magic) * math.cos(radians)
    return lon + math.degrees(_east_m(x, y) / parallel_m), lat + math.degrees(_north_m(x, y) / meridian_m)


def _ripple(x: float) -> float:
    return (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0


def _north_m(x: float, y: float) -> float:
    plain = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    waves = (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    slow = (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    return plain + _ripple(x) + waves + slow


def _east_m(x: float, y: float) -> float:
    plain = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    waves = (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    slow = (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    return plain + _ripple(x) + waves + slow
