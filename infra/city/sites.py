"""Finds places beside the roads of the network and says in which district they lie."""

import math
from dataclasses import dataclass
from random import Random

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import LineString
from shapely.geometry import Point as Place
from shapely.geometry.base import BaseGeometry

from infra.city.net import Edge, Net
from infra.city.plane import Point, to_lonlat, to_plane
from infra.city.skeleton import Skeleton

DRIVEABLE = frozenset({"primary", "secondary", "tertiary", "residential", "unclassified"})


@dataclass(frozen=True)
class Spot:
    """A place beside a road: its coordinates, its district's name (empty outside the territory) and the road's name."""

    at: Point
    district: str
    road: str

    @property
    def lonlat(self) -> dict[str, float]:
        lon, lat = to_lonlat(*self.at)
        return {"lon": lon, "lat": lat}


class Sites:
    """The network seen as a choice of places. Everything it gives lies within 40 m of a driveable road."""

    def __init__(self, net: Net, skeleton: Skeleton, districts: dict[str, BaseGeometry], rng: Random) -> None:
        self._rng = rng
        self._names = {district.code: district.name for district in skeleton.districts}
        self._codes = list(districts)
        self._districts = STRtree([districts[code] for code in self._codes])
        self._road: dict[int, str] = {}
        self._edges: list[Edge] = []
        busy: dict[int, int] = {}
        for edge in net.edges:
            if edge.tags["highway"] in DRIVEABLE and edge.tags.get("surface") != "gravel":
                self._edges.append(edge)
                for node in (edge.a, edge.b):
                    busy[node] = busy.get(node, 0) + 1
                    self._road[node] = max(self._road.get(node, ""), edge.tags.get("name", ""))
        self._nodes = [node for node, count in busy.items() if count >= 2]
        self._places = np.array([net.nodes[node] for node in self._nodes], dtype=float)
        self._tree = STRtree(shapely.points(self._places))
        self._lines = [LineString(edge.points) for edge in self._edges]
        self._line_tree = STRtree(self._lines)

    def near(self, lonlat: tuple[float, float] | list[float]) -> Spot:
        """A spot at the driveable road nearest to a WGS-84 place."""
        return self.at_road(to_plane(*lonlat))

    def at_road(self, at: Point) -> Spot:
        k = int(self._line_tree.nearest(Place(at)))
        foot = self._lines[k].interpolate(self._lines[k].project(Place(at)))
        return self._beside((foot.x, foot.y), self._edges[k].tags.get("name", ""))

    def anywhere(self, count: int, *, within: BaseGeometry) -> list[Spot]:
        """Different spots inside a shape, denser where the streets are denser."""
        inside = self._tree.query(within, predicate="contains")
        chosen = self._rng.sample(sorted(int(k) for k in inside), count)
        return [self._spot(k) for k in chosen]

    def district_of(self, at: Point) -> str:
        found = self._districts.query(Place(at), predicate="intersects")
        return self._names[self._codes[int(min(found))]] if len(found) else ""

    def _spot(self, k: int) -> Spot:
        x, y = self._places[k]
        return self._beside((float(x), float(y)), self._road[self._nodes[k]])

    def _beside(self, at: Point, road: str) -> Spot:
        angle, away = self._rng.uniform(0, 2 * math.pi), self._rng.uniform(10, 28)
        at = (at[0] + away * math.cos(angle), at[1] + away * math.sin(angle))
        return Spot(at, self.district_of(at), road)
