"""Simulated crews under a move-up: they set out, drive to the other station, stand there, and come home when called.

A unit that a person holds is left alone. All delays are seconds of realm time.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.simulator.client import Client
from infra.simulator.journey import Journey

FLEET_DEVICE = "模拟终端"
RETRY = timedelta(seconds=30)
DUE = {"ordered": "under_way", "under_way": "arrived", "returning": "ended"}


@dataclass
class Movers:
    """All simulated units that are moved up."""

    client: Client
    journeys: dict[str, Journey] = field(default_factory=dict)
    asked: dict[tuple[str, int], datetime] = field(default_factory=dict)

    async def tick(self, held: set[str]) -> list[dict[str, Any]]:
        """Does what is due now for units that nobody of `held` steers; the positions of those on the road."""
        orders = [each for each in self.client.things("move_up_order").values() if each["status"] != "ended"]
        fixes = [await self._live(each) for each in orders if each["unit_id"] not in held]
        return [each for each in fixes if each is not None]

    async def _live(self, order: dict[str, Any]) -> dict[str, Any] | None:
        journey = await self._journey(order)
        if journey is None:
            return None
        way, elapsed_s = way_of(order, journey, self.client.now)
        if is_due(order, way, elapsed_s):
            await self._step(order, DUE[order["status"]])
        if order["status"] not in ("under_way", "returning"):
            return None
        at, speed, heading = way.at(elapsed_s)
        return {
            "unit_id": order["unit_id"],
            "at": at,
            "fixed_at": self.client.now.isoformat(),
            "speed_mps": round(min(speed, 60.0), 1),
            "heading_deg": round(heading, 1),
        }

    async def _step(self, order: dict[str, Any], to: str) -> None:
        """Asks for a step once, and again only when nothing came of it for a while."""
        step = (order["id"], order["version"])
        asked = self.asked.get(step)
        if asked is not None and self.client.now - asked < RETRY:
            return
        self.asked[step] = self.client.now
        path = f"/api/dispatch/move-up-orders/{order['id']}/steps"
        body, key = {"to": to, "device": FLEET_DEVICE}, f"{order['id']}:{order['version']}:{to}"
        await self.client.send("POST", path, body, key=key)

    async def _journey(self, order: dict[str, Any]) -> Journey | None:
        known = self.journeys.get(order["id"])
        if known is None:
            route = await self.client.send("GET", f"/api/dispatch/move-up-orders/{order['id']}/route")
            if route is None:
                return None
            known = self.journeys[order["id"]] = Journey.of(route)
        return known


def way_of(order: dict[str, Any], journey: Journey, now: datetime) -> tuple[Journey, float]:
    """The way that a unit is on and the seconds since it began; called back on the road it turns where it is."""
    if order["recalled_at"] is None:
        return journey, _since(order["under_way_at"] or order["ordered_at"], now)
    gone_s = journey.seconds
    if order["arrived_at"] is None:
        gone_s = min(gone_s, _since(order["under_way_at"], _time(order["recalled_at"])))
    return journey.back(), journey.seconds - gone_s + _since(order["recalled_at"], now)


def is_due(order: dict[str, Any], way: Journey, elapsed_s: float) -> bool:
    """Whether the next step of a unit has come: it has turned out, or its way is driven."""
    if order["status"] == "ordered":
        return elapsed_s >= random.Random(order["id"]).uniform(40, 90)
    return order["status"] in DUE and elapsed_s >= way.seconds


def _since(moment: str, now: datetime) -> float:
    return (now - _time(moment)).total_seconds()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
