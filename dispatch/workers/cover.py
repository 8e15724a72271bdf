"""Zones and the seconds to them, grown once per place, map and closures, and kept."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.routing import Closed, Graph, profile_for, snap
from dispatch.routing.zones import Zones, zone_seconds, zones_of
from dispatch.workers.jobs import Cover, CoverJob
from dispatch.workers.travel import Roads
from kernel.contracts.base import LonLat

TREES_AT_ONCE = 16
REMEMBERED = 4096
FIRST_ENGINE = profile_for()  # a medium pumper under lights: the size that every unknown vehicle has

Row = NDArray[np.integer[Any]]
Place = tuple[str, LonLat]


@dataclass
class Grown:
    """The zones last asked for, and the seconds to them by closures and place."""

    asked: tuple[object, ...] = ()
    zones: Zones | None = None
    rows: dict[Place, Row] = field(default_factory=dict)

    def cover(self, job: CoverJob, roads: Roads) -> Cover:
        """What a job asks for, as far as TREES_AT_ONCE new trees bring it."""
        graph, closed = roads.graph, roads.closed(job.closures, job.at)
        if graph is None or closed is None:
            return _nothing(roads.map_version)
        held = set(graph.memory)
        zones = self._zoned(job, graph)
        fresh = [each for each in dict.fromkeys(job.places) if (closed.version, each) not in self.rows]
        self._grow(graph, closed, zones, fresh[:TREES_AT_ONCE])
        # Weights and pieces are 50 MB that nobody needs between two of these jobs in a worker that does little else.
        for derived in [each for each in graph.memory if each not in held]:
            del graph.memory[derived]
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
        )

    def _zoned(self, job: CoverJob, graph: Graph) -> Zones:
        asked = (job.stations, job.areas, job.key_places)
        if self.zones is None or asked != self.asked:
            places = (np.array(each, dtype=np.float64).reshape(-1, 2) for each in (job.stations, job.key_places))
            stations, key_places = places
            self.zones = zones_of(graph, FIRST_ENGINE, stations, job.areas, key_places)
            self.asked = asked
            self.rows.clear()
        return self.zones

    def _grow(self, graph: Graph, closed: Closed, zones: Zones, places: list[LonLat]) -> None:
        if not places:
            return
        if len(self.rows) + len(places) > REMEMBERED:
            self.rows = {key: row for key, row in self.rows.items() if key[0] == closed.version}
        rows = zone_seconds(graph, FIRST_ENGINE, closed, zones, snap(graph, np.array(places, dtype=np.float64)))
        self.rows.update({(closed.version, place): row for place, row in zip(places, rows, strict=True)})


def _nothing(map_version: str) -> Cover:
    return Cover(map_version, "", "none", (), np.zeros((0, 4)), np.zeros(0), 0.0, {}, 0)
