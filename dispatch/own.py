"""What dispatch holds while it runs: its copies, the positions, the workers, and where it serves."""

import asyncio
import time
from dataclasses import dataclass, field

from dispatch.copies import Copies
from dispatch.covering import Covering
from dispatch.planning import Planning
from dispatch.positions import Positions
from dispatch.workers.jobs import About
from dispatch.workers.pool import Pool, WorkerAway
from kernel.clock import RealmClock
from kernel.metrics import Durations, histogram

MARGIN_DEG = 0.3


def _durations() -> Durations:
    return histogram("muster_recommendation_seconds", "How long recommendations took, from question to answer.")


@dataclass
class Own:
    """Everything that a command may need besides its transaction."""

    copies: Copies
    positions: Positions
    pool: Pool
    clock: RealmClock
    settle: asyncio.Event = field(default_factory=asyncio.Event)
    further: asyncio.Event = field(default_factory=asyncio.Event)
    covering: Covering = field(default_factory=Covering)
    planning: Planning = field(default_factory=Planning)
    box: tuple[float, float, float, float] | None = None
    ready: tuple[int, int] | None = None
    worker: About | None = None
    worker_heard_at: float = field(default_factory=time.monotonic)
    recommended: Durations = field(default_factory=_durations)

    async def service_box(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the service area: the loaded map's box, else that of the stations, with a margin.

        Place is data: nothing here knows a city. Without map and stations the whole world is served.
        """
        if self.box is None:
            self.box = await self._map_box()
        west, south, east, north = self.box or self._stations_box()
        return west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG

    async def _map_box(self) -> tuple[float, float, float, float] | None:
        try:
            return (await self.pool.about()).box
        except WorkerAway:
            return None

    def _stations_box(self) -> tuple[float, float, float, float]:
        places = [station.at for station in self.copies.stations.values()]
        if not places:
            return -180, -90, 180, 90
        lons, lats = [at[0] for at in places], [at[1] for at in places]
        return min(lons), min(lats), max(lons), max(lats)
