"""The terminal of a simulated crew: its steps, its way and its fixes, whatever it is ordered to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.simulator.client import Client
from infra.simulator.journey import Journey

RETRY = timedelta(seconds=30)
FLEET_DEVICE = "模拟终端"


@dataclass
class Terminal:
    """Speaks for all crews under one kind of order, `kind` being its path (assignments, move-up-orders).

    `ending` says how the way of a unit, by its id, ends at the place.
    """

    client: Client
    kind: str
    ending: Callable[[Journey, str], Journey] = lambda way, _unit_id: way
    journeys: dict[str, Journey] = field(default_factory=dict)
    asked: dict[tuple[str, str], datetime] = field(default_factory=dict)

    async def step(self, thing: dict[str, Any], to: str) -> None:
        """Asks for a step once, and again only when nothing came of it for a while."""
        asked = self.asked.get((thing["id"], to))
        if asked is not None and self.client.now - asked < RETRY:
            return
        self.asked[thing["id"], to] = self.client.now
        body, key = {"to": to, "device": FLEET_DEVICE}, f"{thing['id']}:{thing['version']}:{to}"
        await self.client.send("POST", f"/api/dispatch/{self.kind}/{thing['id']}/steps", body, key=key)

    async def journey(self, thing: dict[str, Any]) -> Journey | None:
        """The way of an order, asked for once; None while it is not answered."""
        if thing["id"] not in self.journeys:
            route = await self.client.send("GET", f"/api/dispatch/{self.kind}/{thing['id']}/route")
            if route is None:
                return None
            self.journeys[thing["id"]] = self.ending(Journey.of(route), thing["unit_id"])
        return self.journeys[thing["id"]]

    def fix(self, unit_id: str, way: Journey, elapsed_s: float) -> dict[str, Any]:
        """Where a unit is on a way, as it reports it."""
        at, speed, heading = way.at(elapsed_s)
        return {
            "unit_id": unit_id,
            "at": at,
            "fixed_at": self.client.now.isoformat(),
            "speed_mps": round(min(speed, 60.0), 1),
            "heading_deg": round(heading, 1),
        }


def moment(text: str) -> datetime:
    """A moment of the picture."""
    return datetime.fromisoformat(text)


def since_s(began: str, now: datetime) -> float:
    """Seconds from a moment of the picture to now."""
    return (now - moment(began)).total_seconds()
