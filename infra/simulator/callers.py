"""Simulated callers and a simulated desk: one large incident at the start, and everyday ones as time goes on.

It uses the same API as the desk: report, ask for advice, confirm. Incidents that a person reports are left alone.
"""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from infra.simulator.client import Client

EVERY_S = (240, 900)
AT_ONCE = 4
COPIED_S = 3.0  # by then dispatch has copied what this picture shows
SEED = 119
PLACES = ("路", "小区", "学校", "医院", "商", "站")
LARGE: dict[str, Any] = {
    "kind": "fire.tank",
    "at": [87.72, 43.97],
    "address": "华泰化工储罐区 3号罐（示意）",
    "alarm_level": 4,
    "hazards": ["petrochemical"],
    "occupancy": "chemical",
    "casualties": 2,
    "text": "苯储罐泄漏起火，两人失联，联网报警确认",
    "source": "sensor",
    "caller": {"name": "值班室", "phone": "0991-0000000"},
}
EVERYDAY: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("fire.rubbish", 4, {}),
    ("fire.alarm", 4, {"source": "sensor"}),
    ("fire.residential", 3, {"trapped": 1}),
    ("fire.vehicle", 2, {}),
    ("traffic.crash", 3, {"casualties": 2, "hazards": ["vehicle_crash"]}),
    ("rescue.lift", 3, {"trapped": 3}),
    ("gas.leak", 2, {"hazards": ["fuel_gas"]}),
    ("fire.warehouse", 1, {}),
)
END_AFTER_S = {"on_scene": (300, 900), "controlled": (180, 420)}
NEXT = {"on_scene": "controlled", "controlled": "resolved"}
PATIENCE = timedelta(minutes=45)


@dataclass
class Callers:
    """The town that calls, and a desk that answers it."""

    client: Client
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))
    mine: dict[str, datetime] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)
    next_call: datetime | None = None
    places: list[dict[str, Any]] = field(default_factory=list)

    async def begin(self) -> None:
        """The first incident, as soon as there are cards and units to answer it, unless one is open already."""
        await self.client.until(lambda: bool(self.client.things("response_card") and self.client.things("unit")))
        await asyncio.sleep(COPIED_S)
        for word in PLACES:
            self.places += await self.client.send("GET", f"/api/resources/places?q={word}&limit=50") or []
        if not self.client.things("incident"):
            await self.call(LARGE)
        self.next_call = self.client.now + timedelta(seconds=60)

    async def tick(self) -> None:
        """A call when one is due, and the end of those that are done."""
        live = [id_ for id_ in self.mine if id_ in self.client.things("incident")]
        if self.next_call is not None and self.client.now >= self.next_call:
            self.next_call = self.client.now + timedelta(seconds=self.dice.uniform(*EVERY_S))
            if len(live) < AT_ONCE and self.places:
                await self.call(self.everyday())
        for incident_id in live:
            await self._carry_on(self.client.things("incident")[incident_id])

    def everyday(self) -> dict[str, Any]:
        """A seeded everyday report at a named place."""
        kinds = [kind for kind, weight, _ in EVERYDAY for _ in range(weight)]
        kind = self.dice.choice(kinds)
        facts = next(facts for name, _, facts in EVERYDAY if name == kind)
        place = self.dice.choice(self.places)
        return {"kind": kind, "at": place["at"], "address": place["name"], "source": "call", **facts}

    async def call(self, report: dict[str, Any]) -> None:
        """Reports, asks for advice and confirms it, as a dispatcher does."""
        reported = await self.client.send("POST", "/api/dispatch/incidents", report)
        if reported is None:
            return
        incident_id = reported["incident"]["id"]
        self.mine[incident_id] = self.client.now
        advice = await self.client.send("POST", f"/api/dispatch/incidents/{incident_id}/recommendations")
        if advice is None or not advice["picks"]:
            return
        order = {
            "recommendation_id": advice["id"],
            "units": [{"unit_id": pick["unit_id"], "line": pick["line"]} for pick in advice["picks"]],
            "stock": [
                {key: load[key] for key in ("stockpile_id", "item_code", "quantity", "eta_s")}
                for load in advice["stock"]
            ],
        }
        await self.client.send("POST", f"/api/dispatch/incidents/{incident_id}/orders", order)

    async def _carry_on(self, incident: dict[str, Any]) -> None:
        """The course of one of our incidents: controlled, resolved, closed when everybody is home."""
        dice, status = random.Random(incident["id"]), incident["status"]
        since = incident.get("first_arrival_at" if status == "on_scene" else "controlled_at")
        if status in NEXT and since is not None:
            factor = 4 if incident["alarm_level"] >= 4 else 1
            wait = timedelta(seconds=dice.uniform(*END_AFTER_S[status]) * factor)
            if self.client.now - datetime.fromisoformat(since) >= wait:
                await self._step(incident, NEXT[status])
        elif status == "resolved" and not self._committed(incident["id"]):
            await self._step(incident, "closed")
        elif status == "reported" and self.client.now - self.mine[incident["id"]] > PATIENCE:
            await self._step(incident, "canceled")

    def _committed(self, incident_id: str) -> bool:
        ended = ("returning", "cleared", "canceled")
        return any(
            each["incident_id"] == incident_id and each["status"] not in ended
            for each in self.client.things("assignment").values()
        )

    async def _step(self, incident: dict[str, Any], to: str) -> None:
        if (incident["id"], to) in self.asked:
            return
        self.asked.add((incident["id"], to))
        path = f"/api/dispatch/incidents/{incident['id']}/steps"
        await self.client.send("POST", path, {"to": to, "reason": "示意"}, key=f"{incident['id']}:{to}")
