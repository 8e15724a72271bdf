"""Zones and the seconds to them, grown once per place, map and closures, and kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.routing import Closed, Graph, Profile, air_times, profile_for, snap
from dispatch.routing.grid import grid_points
from dispatch.routing.zones import Zones, tree_seconds, zone_seconds, zones_of
from dispatch.workers.jobs import Cover, CoverJob, Grid, GridJob, Origin, Rows, RowsJob
from dispatch.workers.travel import Mover, Roads, mover_of
from kernel.contracts.base import LonLat

TREES_AT_ONCE = 16
REMEMBERED = 4096
FIRST_ENGINE = profile_for()  # a medium pumper under lights: the size that every unknown vehicle has

Row = NDArray[np.integer[Any]]
Place = tuple[str, LonLat]


@dataclass
class Grown:
    """The zones last asked for, and by closures and place the seconds to them and to places that were asked with it."""

    asked: tuple[object, ...] = ()
    zones: Zones | None = None
    rows: dict[Place, Row] = field(default_factory=dict)
    legs: dict[Place, dict[LonLat, int]] = field(default_factory=dict)
    special: dict[tuple[str, LonLat, Profile], Row] = field(default_factory=dict)

    def cover(self, job: CoverJob, roads: Roads) -> Cover:
        """What a job asks for, as far as TREES_AT_ONCE new trees bring it."""
        graph, closed = roads.graph, roads.closed(job.closures, job.at)
        if graph is None or closed is None:
            return _nothing(roads.map_version)
        with _tidy(graph):
            return self._covered(job, graph, closed)

    def _covered(self, job: CoverJob, graph: Graph, closed: Closed) -> Cover:
        zones = self._zoned(job, graph)
        fresh = [each for each in dict.fromkeys(job.places) if (closed.version, each) not in self.rows]
        # The figure waits for new places alone; ways from the known ones to them are grown when all zones are known.
        lacking = [each for each in dict.fromkeys(job.places) if each not in fresh and self._lacks(closed, each, job)]
        self._grow(graph, closed, zones, [*fresh, *lacking][:TREES_AT_ONCE], job.places)
        known = {each: self.rows[closed.version, each] for each in job.places if (closed.version, each) in self.rows}
        return Cover(
            map_version=graph.map_version,
            zones_version=zones.version,
            closures_version=closed.version,
            names=zones.names,
            boxes=zones.boxes,
            risk_m=zones.risk_m,
            left_out_m=zones.left_out_m,
            seconds=known,
            missing=len(fresh[TREES_AT_ONCE:]),
            between_s=self._between(closed, job),
        )

    def _lacks(self, closed: Closed, place: LonLat, job: CoverJob) -> bool:
        known = self.legs.get((closed.version, place), {})
        return any(each not in known for each in job.places)

    def _between(self, closed: Closed, job: CoverJob) -> Row | None:
        if any(self._lacks(closed, place, job) for place in job.places):
            return None
        legs = [self.legs[closed.version, place] for place in job.places]
        return np.array([[leg[place] for place in job.places] for leg in legs], dtype=np.int64)

    def rows_of(self, job: RowsJob, roads: Roads) -> Rows:
        """Seconds from a few origins to the zones; those of a unit are kept, as it stands where it stands."""
        graph, closed = roads.graph, roads.closed(job.city.closures, job.city.at)
        if graph is None or closed is None:
            return Rows("", "none", np.zeros((len(job.origins), 0), dtype=np.int64))
        with _tidy(graph):
            zones = self._zoned(job.city, graph)
            rows = [self._row(each, roads, graph, closed, zones) for each in job.origins]
        return Rows(zones.version, closed.version, np.array(rows, dtype=np.int64).reshape(len(rows), len(zones.names)))

    def _row(self, origin: Origin, roads: Roads, graph: Graph, closed: Closed, zones: Zones) -> Row:
        if origin.unit is None:
            return self._tree(graph, FIRST_ENGINE, closed, zones, origin.at)
        mover = mover_of(origin.unit, origin.at)
        if mover.cruise_kmh:
            return _flown(mover, zones)
        key = (closed.version, origin.at, roads.shared_profile(mover.profile))
        if key not in self.special:
            if len(self.special) >= REMEMBERED:
                self.special.clear()
            self.special[key] = self._tree(graph, key[2], closed, zones, origin.at)
        return self.special[key]

    @staticmethod
    def _tree(graph: Graph, profile: Profile, closed: Closed, zones: Zones, at: LonLat) -> Row:
        row: Row = zone_seconds(graph, profile, closed, zones, snap(graph, np.array([at])))[0]
        return row

    def grid(self, job: GridJob, roads: Roads) -> Grid:
        """Points of a grid over the roads of the zones."""
        if roads.graph is None:
            return Grid(())
        with _tidy(roads.graph):
            points = grid_points(roads.graph, self._zoned(job.city, roads.graph), job.step_m, job.at, job.radius_m)
        return Grid(tuple((lon, lat) for lon, lat in points.round(6).tolist()))

    def _zoned(self, job: CoverJob, graph: Graph) -> Zones:
        asked = (job.stations, job.areas, job.key_places)
        if self.zones is None or asked != self.asked:
            places = (np.array(each, dtype=np.float64).reshape(-1, 2) for each in (job.stations, job.key_places))
            stations, key_places = places
            self.zones = zones_of(graph, FIRST_ENGINE, stations, job.areas, key_places)
            self.asked = asked
            self.rows.clear()
            self.legs.clear()
            self.special.clear()
        return self.zones

    def _grow(
        self, graph: Graph, closed: Closed, zones: Zones, places: list[LonLat], points: tuple[LonLat, ...]
    ) -> None:
        if not places:
            return
        if len(self.rows) + len(places) > REMEMBERED:
            self.rows = {key: row for key, row in self.rows.items() if key[0] == closed.version}
            self.legs = {key: legs for key, legs in self.legs.items() if key[0] == closed.version}
        ends = tuple(dict.fromkeys(points))
        starts, targets = (snap(graph, np.array(each, dtype=np.float64)) for each in (places, ends))
        to_zones, to_points = tree_seconds(graph, FIRST_ENGINE, closed, zones, starts, targets)
        for place, row, legs in zip(places, to_zones, to_points.tolist(), strict=True):
            self.rows[closed.version, place] = row
            self.legs[closed.version, place] = dict(zip(ends, legs, strict=True))


@contextmanager
def _tidy(graph: Graph) -> Iterator[None]:
    """Lets go of what was derived of the map: 50 MB that nobody needs between two of these jobs."""
    held = set(graph.memory)
    try:
        yield
    finally:
        for derived in [each for each in graph.memory if each not in held]:
            del graph.memory[derived]


def _flown(mover: Mover, zones: Zones) -> Row:
    middles = (zones.boxes[:, :2] + zones.boxes[:, 2:]) / 2
    return np.ceil(air_times(mover.at, middles, cruise_kmh=mover.cruise_kmh).seconds).astype(np.int64)


def _nothing(map_version: str) -> Cover:
    return Cover(map_version, "", "none", (), np.zeros((0, 4)), np.zeros(0), 0.0, {}, 0)
