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
from kernel.contracts.base import Realm
from kernel.contracts.recommendation import AdviceForm
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
    owed: dict[str, tuple[Realm, AdviceForm]] = field(default_factory=dict)
    owing: asyncio.Event = field(default_factory=asyncio.Event)
    covering: Covering = field(default_factory=Covering)
    planning: Planning = field(default_factory=Planning)
    ready: tuple[int, int] | None = None
    worker: About | None = None
    worker_heard_at: float = field(default_factory=time.monotonic)
    recommended: Durations = field(default_factory=_durations)

    def owe(self, incident_id: str, realm: Realm, choices: AdviceForm) -> None:
        """A worker's plan is still due for this incident."""
        self.owed[incident_id] = (realm, choices)
        self.owing.set()

    async def service_box(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the service area: the loaded map's box, else that of the stations, with a margin.

        Place is data: nothing here knows a city. Without map and stations the whole world is served.
        """
        if self.worker is None:
            self.worker = await self._about()
        known = self.worker.box if self.worker else None
        west, south, east, north = known or self._stations_box()
        return west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG

    async def _about(self) -> About | None:
        try:
            return await self.pool.about()
        except WorkerAway:
            return None

    def _stations_box(self) -> tuple[float, float, float, float]:
        places = [station.at for station in self.copies.stations.values()]
        if not places:
            return -180, -90, 180, 90
        lons, lats = [at[0] for at in places], [at[1] for at in places]
        return min(lons), min(lats), max(lons), max(lats)
