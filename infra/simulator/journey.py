"""Where a vehicle is on its route at a second, how fast and in which direction."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LonLat = tuple[float, float]
METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Journey:
    """A route: points with the second at which each is passed."""

    points: tuple[LonLat, ...]
    elapsed_s: tuple[float, ...]

    @classmethod
    def of(cls, route: dict[str, Any]) -> "Journey":
        """The journey of a Route as the API answers it."""
        return cls(tuple((lon, lat) for lon, lat in route["points"]), tuple(route["elapsed_s"]))

    @property
    def seconds(self) -> float:
        """How long the whole way takes."""
        return self.elapsed_s[-1]

    def back(self) -> "Journey":
        """The same way home, at the same pace."""
        whole = self.seconds
        return Journey(self.points[::-1], tuple(whole - second for second in reversed(self.elapsed_s)))

    def at(self, second: float) -> tuple[LonLat, float, float]:
        """Place, speed in m/s and heading in degrees at a second; before and after the way the vehicle stands."""
        after = bisect_right(self.elapsed_s, second)
        if after == 0 or after == len(self.points):
            return self.points[min(after, len(self.points) - 1)], 0.0, heading(self.points[-2:])
        a, b = self.points[after - 1], self.points[after]
        began, ends = self.elapsed_s[after - 1], self.elapsed_s[after]
        share = (second - began) / (ends - began)
        here = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
        return here, metres(a, b) / (ends - began), heading((a, b))


def metres(a: LonLat, b: LonLat) -> float:
    """Distance of two near points in metres, on a plane."""
    east = (b[0] - a[0]) * math.cos(math.radians(a[1])) * METRES_PER_DEGREE
    return math.hypot(east, (b[1] - a[1]) * METRES_PER_DEGREE)


def heading(points: Sequence[LonLat]) -> float:
    """Direction from the first to the last point in degrees from north, clockwise."""
    (lon_a, lat_a), (lon_b, lat_b) = points[0], points[-1]
    east = (lon_b - lon_a) * math.cos(math.radians(lat_a))
    return math.degrees(math.atan2(east, lat_b - lat_a)) % 360


def beside(at: LonLat, number: int) -> LonLat:
    """A place 30 to 90 m from a point, another for every number, so that vehicles on scene do not stand in one."""
    angle, away_m = number * 2.399963, 30 + (number % 7) * 10
    east = away_m * math.sin(angle) / METRES_PER_DEGREE / math.cos(math.radians(at[1]))
    return at[0] + east, at[1] + away_m * math.cos(angle) / METRES_PER_DEGREE
