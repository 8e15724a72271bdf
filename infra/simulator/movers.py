"""Simulated crews under a move-up: they set out, drive to the other station, stand there, and come home when called.

A unit that a person holds is left alone. All delays are seconds of realm time.
"""

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.simulator.journey import Journey
from infra.simulator.terminal import Terminal, moment, since_s

DUE = {"ordered": "under_way", "under_way": "arrived", "returning": "ended"}


@dataclass
class Movers:
    """All simulated units that are moved up."""

    terminal: Terminal

    async def tick(self, held: set[str]) -> list[dict[str, Any]]:
        """Does what is due now for units that nobody of `held` steers; the positions of those on the road."""
        orders = [each for each in self.terminal.client.things("move_up_order").values() if each["status"] != "ended"]
        fixes = [await self._live(each) for each in orders if each["unit_id"] not in held]
        return [each for each in fixes if each is not None]

    async def _live(self, order: dict[str, Any]) -> dict[str, Any] | None:
        journey = await self.terminal.journey(order)
        if journey is None:
            return None
        way, elapsed_s = way_of(order, journey, self.terminal.client.now)
        if is_due(order, way, elapsed_s):
            await self.terminal.step(order, DUE[order["status"]])
        if order["status"] not in ("under_way", "returning"):
            return None
        return self.terminal.fix(order["unit_id"], way, elapsed_s)


def way_of(order: dict[str, Any], journey: Journey, now: datetime) -> tuple[Journey, float]:
    """The way that a unit is on and the seconds since it began; called back on the road it turns where it is."""
    if order["recalled_at"] is None:
        return journey, since_s(order["under_way_at"] or order["ordered_at"], now)
    gone_s = journey.seconds
    if order["arrived_at"] is None:
        gone_s = min(gone_s, since_s(order["under_way_at"], moment(order["recalled_at"])))
    return journey.back(), journey.seconds - gone_s + since_s(order["recalled_at"], now)


def is_due(order: dict[str, Any], way: Journey, elapsed_s: float) -> bool:
    """Whether the next step of a unit has come: it has turned out, or its way is driven."""
    if order["status"] == "ordered":
        return elapsed_s >= random.Random(order["id"]).uniform(40, 90)
    return order["status"] in DUE and elapsed_s >= way.seconds
