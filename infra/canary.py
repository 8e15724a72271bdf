"""The canary: once a minute a synthetic report goes the whole way, as a client of the public API and nothing more.

Report → dispatch → optimizer → event → hub → screen, in a realm of its own that no screen shows, each step timed. What
it finds it tells the gateway, which raises the alarm, also when nothing is told.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from gateway.picture import forget_ended
from infra.simulator.client import Client
from kernel.calling import http_client
from kernel.contracts.base import CANARY
from kernel.settings import Settings

ROUND_S = 60.0
FIRST_S = 5.0
PATIENCE_S = 10.0
NOWHERE = (0.0, 0.0)
KIND = "fire.alarm"
log = logging.getLogger(__name__)


class Missed(Exception):
    """A step that did not come through; its name is the argument."""


@dataclass
class Round:
    """One synthetic report on its way."""

    client: Client
    at: tuple[float, float]
    steps_ms: dict[str, int] = field(default_factory=dict)

    async def fly(self) -> None:
        """All steps in order. Raises Missed at the first that does not come through."""
        incident = (await self._timed("report", self._report))["incident"]["id"]
        await self._timed("report_on_screen", lambda: self._shown("incident", incident))
        path = f"/api/dispatch/incidents/{incident}"
        advice = await self._timed("recommendation", lambda: self._post(f"{path}/recommendations"))
        if "solver_away" in advice["degraded"]:
            raise Missed("optimizer")
        await self._timed("recommendation_on_screen", lambda: self._shown("recommendation", advice["id"]))
        await self._timed("end", lambda: self._post(f"{path}/steps", {"to": "canceled", "reason": "巡检"}))
        await self._timed("end_on_screen", lambda: self._shown("incident", incident, status="canceled"))

    async def _timed(self, step: str, work: Callable[[], Awaitable[Any]]) -> Any:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_S):
                found = await work()
        except (TimeoutError, httpx.HTTPError) as error:
            answer = f" {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else ""
            log.warning("missed at %s: %s%s", step, type(error).__name__, answer)
            raise Missed(step) from error
        self.steps_ms[step] = round((time.perf_counter() - began) * 1000)
        return found

    async def _report(self) -> Any:
        """Nothing here knows a city: the refusal of a place outside says where inside is."""
        form = {"kind": KIND, "at": self.at, "address": "巡检 canary", "source": "sensor", "separate": True}
        reply = await self._send("/api/dispatch/incidents", form)
        if reply.status_code == 422 and reply.json().get("code") == "outside_area":
            west, south, east, north = reply.json()["box"]
            self.at = ((west + east) / 2, (south + north) / 2)
            reply = await self._send("/api/dispatch/incidents", {**form, "at": self.at})
        return reply.raise_for_status().json()

    async def _post(self, path: str, body: Any = None) -> Any:
        return (await self._send(path, body)).raise_for_status().json()

    async def _send(self, path: str, body: Any = None) -> httpx.Response:
        headers = {"Idempotency-Key": uuid.uuid4().hex, "Muster-Realm": CANARY}
        return await self.client.http.post(path, json=body, headers=headers)

    async def _shown(self, kind: str, id_: str, **fields: str) -> None:
        def shown() -> bool:
            thing = self.client.things(kind).get(id_)
            return thing is not None and all(thing[name] == value for name, value in fields.items())

        await self.client.until(shown)


async def watch(settings: Settings, *, every_s: float = ROUND_S) -> None:
    """Rounds for ever."""
    secret = settings.canary_secret_file
    if secret is None:
        raise SystemExit("the canary has no secret")
    base = settings.gateway_url
    async with http_client(base_url=base, timeout=PATIENCE_S, headers={"Origin": base}) as http:
        client = Client(http, {"name": "canary", "password": secret.read_text().strip()}, realm=CANARY)
        await client.sign_in()
        watching = asyncio.create_task(client.watch())
        at = NOWHERE
        await asyncio.sleep(min(FIRST_S, every_s))
        try:
            while True:
                began = time.monotonic()
                at = await once(client, at)
                await asyncio.sleep(max(0.0, every_s - (time.monotonic() - began)))
        finally:
            watching.cancel()


async def once(client: Client, at: tuple[float, float]) -> tuple[float, float]:
    """One round, told to the gateway; where the next one begins. What goes wrong is a miss and never the end."""
    client.picture = forget_ended(client.picture)
    made, missed = Round(client, at), None
    try:
        await made.fly()
    except Missed as step:
        missed = str(step)
    except Exception as error:
        log.warning("missed: %s", type(error).__name__)
        missed = "answer"
    await client.send("POST", "/api/gateway/canary", {"steps_ms": made.steps_ms, "missed": missed})
    return made.at


def main() -> None:
    """Flies until it is ended."""
    asyncio.run(watch(Settings()))
