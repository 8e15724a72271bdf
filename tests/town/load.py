"""The load of a fault test: a command centre at work, each person a loop of writes, seeded."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.town.client import Client
from tests.town.history import Deed
from tests.town.people import SERVICES, STOCK, Town, report, units

DOUBLE_CLICK = 0.15
WITH_STOCK = 0.3
OTHER_STATION = "st-2"


@dataclass
class Work:
    """Everybody's work on a pool of units."""

    town: Town
    chance: random.Random
    pool: str
    incidents: list[str] = field(default_factory=list)
    fixes: int = 0
    over: bool = False
    chains: list[bool] = field(default_factory=list)

    def loops(self) -> list[Any]:
        """The people at work."""
        desk = self.town.dispatchers
        return [
            self.reporting(desk[0]),
            self.ordering(desk[1], self.town.people["fleet"]),
            self.ordering(desk[2], self.town.people["fleet"]),
            self.advising(desk[3]),
            self.moving(desk[3], self.town.people["fleet"]),
            self.keeping(self.town.people["keeper"], units("service")),
            self.planning(self.town.people["planner"]),
            self.hiring(self.town.people["admin"]),
            self.driving(self.town.people["fleet"]),
            self.auditing(self.town.people["auditor"]),
        ]

    def _twice(self) -> bool:
        return self.chance.random() < DOUBLE_CLICK

    async def _breathe(self, seconds: float) -> None:
        await asyncio.sleep(self.chance.uniform(0.5, 1.5) * seconds)

    async def reporting(self, who: Client) -> None:
        """Reports incidents."""
        nth = 0
        while not self.over:
            nth += 1
            mark = who.mark()
            deed = await who.do(
                "dispatch",
                "report.received",
                "POST",
                "/incidents",
                report(mark, nth=nth),
                mark=mark,
                twice=self._twice(),
            )
            if deed.outcome == "ok":
                self.incidents = [*self.incidents, deed.reply["incident"]["id"]][-6:]
            await self._breathe(0.25)

    async def ordering(self, who: Client, fleet: Client) -> None:
        """Orders a unit that another dispatcher may want, at times with foam, has it take receipt, and releases it."""
        while not self.over:
            await self._breathe(0.1)
            if not self.incidents:
                continue
            unit = self.chance.choice(units(self.pool))
            ordered = await self._order(who, unit)
            if ordered.outcome == "ok":
                (assignment,) = ordered.reply["assignments"]
                await self._receive_and_release(who, fleet, assignment["id"])

    async def _order(self, who: Client, unit: str) -> Deed:
        mark = who.mark()
        stock = [{**STOCK, "quantity": 1}] if self.chance.random() < WITH_STOCK else []
        body = {"units": [{"unit_id": unit}], "stock": stock, "reason": mark}
        path = f"/incidents/{self.chance.choice(self.incidents)}/orders"
        return await who.do("dispatch", "assignment.dispatched", "POST", path, body, mark=mark, twice=self._twice())

    async def _receive_and_release(self, who: Client, fleet: Client, assignment: str) -> None:
        mark = fleet.mark()
        step = {"to": "acknowledged", "device": mark}
        await fleet.do("dispatch", "assignment.advanced", "POST", f"/assignments/{assignment}/steps", step, mark=mark)
        await self._breathe(0.2)
        mark = who.mark()
        path = f"/assignments/{assignment}/release"
        await who.do("dispatch", "assignment.released", "POST", path, {"reason": mark}, mark=mark, twice=self._twice())

    async def moving(self, who: Client, fleet: Client) -> None:
        """Moves up a unit that others may order meanwhile, has it set out, and calls it back and home."""
        while not self.over:
            await self._breathe(0.4)
            mark = who.mark()
            body = {"unit_id": self.chance.choice(units(self.pool)), "to_station_id": OTHER_STATION, "reason": mark}
            path = "/move-up-orders"
            ordered = await who.do("dispatch", "move_up.ordered", "POST", path, body, mark=mark, twice=self._twice())
            if ordered.outcome == "ok":
                await self._set_out_and_come_home(who, fleet, f"{path}/{ordered.reply['id']}")

    async def _set_out_and_come_home(self, who: Client, fleet: Client, path: str) -> None:
        mark = fleet.mark()
        step = {"to": "under_way", "device": mark}
        await fleet.do("dispatch", "move_up.under_way", "POST", f"{path}/steps", step, mark=mark)
        await self._breathe(0.2)
        mark = who.mark()
        await who.do("dispatch", "move_up.recalled", "POST", f"{path}/recall", {"reason": mark}, mark=mark)
        # Home again the event bears no mark of its own, so only the acknowledged version is looked for.
        await fleet.do("dispatch", "", "POST", f"{path}/steps", {"to": "ended"}, mark=fleet.mark())

    async def advising(self, who: Client) -> None:
        """Asks for recommendations, so that a worker is killed at work."""
        while not self.over:
            await self._breathe(0.8)
            if self.incidents:
                path = f"/api/dispatch/incidents/{self.incidents[-1]}/recommendations"
                with suppress(httpx.TransportError):
                    await who.http.post(path, json={}, headers={"Idempotency-Key": who.mark()})

    async def keeping(self, who: Client, pool: Sequence[str]) -> None:
        """Takes units out of service and back."""
        while not self.over:
            unit = self.chance.choice(pool)
            for in_service in (False, True):
                mark = who.mark()
                form = {"in_service": in_service, "reason": "" if in_service else mark}
                # Back in service the unit bears no mark, so only the acknowledged version is looked for.
                type_ = "" if in_service else "unit.changed"
                path = f"/units/{unit}/service"
                await who.do("resources", type_, "PATCH", path, form, mark=mark, twice=self._twice())
                await self._breathe(0.3)

    async def planning(self, who: Client) -> None:
        """Publishes a response card again and again."""
        while not self.over:
            mark = who.mark()
            line = {"key": "x", "kind": "count", "capabilities": ["WATER_STREAM"], "quantity": 1, "source": "test"}
            card = {"name": mark, "conditions": {"kinds": ["rescue.water"]}, "lines": [line]}
            await who.do(
                "plans",
                "response_card.published",
                "PUT",
                "/response-cards/card-storm",
                card,
                mark=mark,
                twice=self._twice(),
            )
            await self._breathe(0.3)

    async def hiring(self, who: Client) -> None:
        """Makes accounts, which is what the gateway itself keeps."""
        while not self.over:
            mark = who.mark()
            form = {"name": mark, "title": mark, "roles": ["evaluator"]}
            await who.do("gateway", "account.created", "POST", "/accounts", form, mark=mark)
            await self._breathe(0.5)

    async def driving(self, fleet: Client) -> None:
        """Tells positions; the lane may lose them, so nobody insists."""
        while not self.over:
            now = datetime.now(UTC).isoformat()
            at = [87.6 + self.chance.random() / 100, 43.8]
            body = {"fixes": [{"unit_id": unit, "at": at, "fixed_at": now} for unit in units(self.pool)]}
            with suppress(httpx.TransportError):
                reply = await fleet.http.post("/api/dispatch/positions", json=body)
                self.fixes += len(body["fixes"]) if reply.status_code == 202 else 0
            await self._breathe(0.3)

    async def auditing(self, who: Client) -> None:
        """Asks the services whether their audit chains are whole, in the middle of the work."""
        walked = dict.fromkeys(SERVICES, 0)
        while not self.over:
            service = self.chance.choice(SERVICES)
            with suppress(httpx.TransportError):
                reply = await who.http.get(f"/api/{service}/audit", params={"after": walked[service]})
                if reply.status_code == 200:
                    page = reply.json()
                    self.chains.append(page["whole"])
                    walked[service] += len(page["rows"])
            await self._breathe(0.3)


@asynccontextmanager
async def at_work(town: Town, seed: int, pool: str) -> AsyncIterator[Work]:
    """Everybody at work until the block ends; then each finishes what they began, so that nothing stays uncertain."""
    work = Work(town, random.Random(seed), pool)
    tasks = [asyncio.create_task(loop) for loop in work.loops()]
    try:
        yield work
    finally:
        work.over = True
        await asyncio.gather(*tasks)
