"""Simulated crews: they acknowledge, turn out, drive the road, arrive, work, go home, with human delays, seeded.

A unit that a person holds is left alone. All delays are seconds of realm time.
"""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from infra.simulator.client import Client
from infra.simulator.journey import Journey, LonLat, beside
from infra.simulator.movers import Movers
from infra.simulator.terminal import Terminal, moment, since_s

ENDED = frozenset({"resolved", "closed", "canceled", "merged"})
AT_WORK = frozenset({"on_scene", "operating", "staged", "rehab", "resupply"})


@dataclass(frozen=True)
class Crew:
    """How quick one crew is on one run."""

    receipt_s: float
    turnout_s: float
    deploy_s: float
    pack_s: float

    @classmethod
    def of(cls, assignment: dict[str, Any]) -> "Crew":
        """Seeded by the assignment: the same run is the same crew."""
        dice = random.Random(assignment["id"])
        limit_s = since_s(assignment["dispatched_at"], moment(assignment["turnout_due_at"]))
        slow = dice.random() < 0.04
        receipt_s = dice.uniform(35, 50) if slow else dice.uniform(5, 20)
        return cls(
            receipt_s=receipt_s,
            turnout_s=max(receipt_s + 8, limit_s * dice.uniform(0.6, 1.05)),
            deploy_s=dice.uniform(60, 150),
            pack_s=dice.uniform(40, 200),
        )


@dataclass
class Fleet:
    """All simulated units of one fleet terminal gateway."""

    client: Client
    loaded: set[tuple[str, str]] = field(default_factory=set)
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(8))
    terminal: Terminal = field(init=False)
    movers: Movers = field(init=False)

    def __post_init__(self) -> None:
        self.terminal = Terminal(self.client, "assignments", _parked)
        self.movers = Movers(Terminal(self.client, "move-up-orders"))

    async def tick(self) -> None:
        """Does what is due now, everybody at the same time: steps, and one batch of positions."""
        held = {id_ for id_, control in self.client.things("control").items() if control["holder"]}
        incidents = self.client.things("incident")
        free = [each for each in self.client.things("assignment").values() if each["unit_id"] not in held]
        fixes = await asyncio.gather(*(self._live(each, incidents.get(each["incident_id"])) for each in free))
        moving = await self.movers.tick(held)
        for batch in _batches([*(fix for fix in fixes if fix is not None), *moving]):
            await self.client.send("POST", "/api/dispatch/positions", {"fixes": batch})
        await self._drive_supplies()

    async def _live(self, assignment: dict[str, Any], incident: dict[str, Any] | None) -> dict[str, Any] | None:
        """One unit's moment: its step if due, and where it is if it is under way."""
        to = self._due(assignment, incident)
        async with self.at_once:
            if to is not None:
                await self.terminal.step(assignment, to)
            return await self._fix(assignment)

    def _due(self, assignment: dict[str, Any], incident: dict[str, Any] | None) -> str | None:
        """The next step of a unit if its time has come."""
        crew, now, status = Crew.of(assignment), self.client.now, assignment["status"]
        since_order = since_s(assignment["dispatched_at"], now)
        if status == "dispatched":
            return "acknowledged" if since_order >= crew.receipt_s else None
        if status == "acknowledged":
            return "enroute" if since_order >= crew.turnout_s else None
        if status == "enroute":
            return "on_scene" if self._driven(assignment, "enroute_at") else None
        if status == "returning":
            return "cleared" if self._driven(assignment, "ended_at") else None
        return self._due_on_scene(assignment, incident, crew)

    def _due_on_scene(self, assignment: dict[str, Any], incident: dict[str, Any] | None, crew: Crew) -> str | None:
        if assignment["status"] not in AT_WORK:
            return None
        if incident is None or incident["status"] in ENDED:
            done = incident and incident.get("resolved_at")
            waited = since_s(done, self.client.now) if done else crew.pack_s
            return "returning" if waited >= crew.pack_s else None
        worked = since_s(assignment["arrived_at"], self.client.now)
        return "operating" if assignment["status"] == "on_scene" and worked >= crew.deploy_s else None

    def _driven(self, assignment: dict[str, Any], since: str) -> bool:
        journey = self.terminal.journeys.get(assignment["id"])
        return journey is not None and self._elapsed_s(assignment, since) >= journey.seconds

    def _elapsed_s(self, assignment: dict[str, Any], since: str) -> float:
        """Seconds on the way; a unit turned back under way starts home from where it was."""
        elapsed = since_s(assignment[since], self.client.now)
        if since == "ended_at" and assignment["arrived_at"] is None and assignment["enroute_at"] is not None:
            journey = self.terminal.journeys[assignment["id"]]
            out_s = since_s(assignment["enroute_at"], moment(assignment["ended_at"]))
            elapsed += max(0.0, journey.seconds - out_s)
        return elapsed

    async def _fix(self, assignment: dict[str, Any]) -> dict[str, Any] | None:
        """The position of a unit on its way; it stands still elsewhere and needs none."""
        if assignment["status"] not in ("enroute", "returning"):
            return None
        journey = await self.terminal.journey(assignment)
        if journey is None:
            return None
        going = assignment["status"] == "enroute"
        way = journey if going else journey.back()
        elapsed_s = self._elapsed_s(assignment, "enroute_at" if going else "ended_at")
        return self.terminal.fix(assignment["unit_id"], way, elapsed_s)

    async def _drive_supplies(self) -> None:
        """Loads, drives and delivers confirmed stock."""
        for order in self.client.things("supply_order").values():
            to = _supply_due(order, self.client.now)
            if to is None or (order["id"], to) in self.loaded:
                continue
            self.loaded.add((order["id"], to))
            await self.client.send(
                "POST", f"/api/dispatch/supply-orders/{order['id']}/steps", {"to": to}, key=f"{order['id']}:{to}"
            )


def _parked(journey: Journey, unit_id: str) -> Journey:
    """The journey with its end beside the scene, another spot for every unit."""
    spot: LonLat = beside(journey.points[-1], sum(unit_id.encode()))
    return Journey((*journey.points, spot), (*journey.elapsed_s, journey.seconds + 10))


def _supply_due(order: dict[str, Any], now: datetime) -> str | None:
    waited = since_s(order["ordered_at"], now)
    total = order["eta_s"] or 1800
    due = {
        "committed": ("loaded", total * 0.25),
        "loaded": ("in_transit", total * 0.35),
        "in_transit": ("delivered", total),
    }
    to, after = due.get(order["status"], (None, 0))
    return to if to is not None and waited >= after else None


def _batches(fixes: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(fixes), 500):
        yield fixes[start : start + 500]
