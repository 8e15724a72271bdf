"""A running dispatch service over a tiny world: real PostgreSQL, Redis and a real worker process, no HTTP server."""

import asyncio
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from dispatch.main import app
from dispatch.own import Own
from kernel.auth import Principal, Role, signed_header
from kernel.settings import Settings
from tests.worlds import World

DISPATCHER = Principal(subject="li-min", name="李敏", roles=frozenset({Role.DISPATCHER}), seat="03")
OTHER = Principal(subject="wang", name="王", roles=frozenset({Role.DISPATCHER}), seat="04")
FLEET = Principal(subject="fleet", name="fleet", roles=frozenset({Role.UNIT}), unit_ids=("*",))


@dataclass
class Desk:
    """Somebody at the desk: signed requests to the service, with a fresh key for every effect."""

    http: httpx.AsyncClient
    own: Own
    who: Principal = DISPATCHER

    def as_(self, who: Principal) -> "Desk":
        """The same service, asked by somebody else."""
        return Desk(self.http, self.own, who)

    async def ask(self, method: str, path: str, body: Any = None, *, key: str = "", **params: Any) -> httpx.Response:
        """Any request."""
        headers = signed_header(self.who, audience="dispatch", key=Settings().signing_key)
        headers["Idempotency-Key"] = key or uuid.uuid4().hex
        return await self.http.request(method, path, json=body, headers=headers, params=params or None)

    async def post(self, path: str, body: Any = None, *, expect: int = 201) -> Any:
        """A POST that must end as expected; its JSON."""
        reply = await self.ask("POST", path, {} if body is None else body)
        assert reply.status_code == expect, reply.text
        return reply.json()

    async def get(self, path: str, **params: Any) -> Any:
        """A GET that must succeed; its JSON."""
        reply = await self.ask("GET", path, **params)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def report(self, kind: str = "fire.ordinary", at: tuple[float, float] = (87.60, 43.80), **facts: Any) -> Any:
        """Reports an incident; the incident."""
        body = {"kind": kind, "at": at, "address": "华泰路16号", **facts}
        return (await self.post("/incidents", body))["incident"]

    async def events(self, thing_id: str = "") -> list[Any]:
        """Every event so far, or those of one thing."""
        found: list[Any] = []
        seq = 0
        while page := (await self.get("/events", after=seq))["events"]:
            seq = page[-1]["seq"]
            found += [each for each in page if thing_id in ("", each["id"])]
        return found

    async def completed(self, advice: Any) -> Any:
        """A recommendation once its further plans are made."""
        while advice["alternatives_due"]:
            await asyncio.sleep(0.02)
            advice = await self.get(f"/recommendations/{advice['id']}")
        return advice

    async def order(self, incident_id: str, *unit_ids: str, expect: int = 201, **form: Any) -> Any:
        """Orders units by hand."""
        body = {"units": [{"unit_id": unit_id} for unit_id in unit_ids], **form}
        return await self.post(f"/incidents/{incident_id}/orders", body, expect=expect)

    async def clear(self) -> None:
        """Ends whatever earlier tests left, so that every unit is free again."""
        for incident in await self.get("/incidents"):
            for held in await self.get(f"/incidents/{incident['id']}/assignments"):
                await self.ask("POST", f"/assignments/{held['id']}/release", {"reason": "test over"})
                await self.ask("POST", f"/assignments/{held['id']}/steps", {"to": "cleared"})
            await self.ask("POST", f"/incidents/{incident['id']}/steps", {"to": "canceled"})

    async def advance(self, assignment_id: str, *steps: str) -> Any:
        """Takes a unit through steps; the last assignment."""
        last = None
        for to in steps:
            last = await self.post(f"/assignments/{assignment_id}/steps", {"to": to}, expect=200)
        return last


@contextmanager
def worker(socket: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process on a socket, ready to answer."""
    code = "import sys; from dispatch.workers import serve; serve(sys.argv[1])"
    process = subprocess.Popen([sys.executable, "-c", code, str(socket)])
    try:
        until = time.monotonic() + 120
        while not socket.exists():
            assert process.poll() is None, "the worker ended"
            assert time.monotonic() < until, "the worker does not start"
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def staffed(world: World, folder: Path) -> AsyncIterator[Desk]:
    """The service over a world with both of its workers, their sockets in a folder."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as workers:
        for name in ("live", "background"):
            patch.setenv(f"MUSTER_WORKER_{name.upper()}", str(folder / name))
            workers.enter_context(worker(folder / name))
        async with desk_over(world) as made:
            yield made


@asynccontextmanager
async def desk_over(world: World) -> AsyncIterator[Desk]:
    """The service with the world's things in its copies."""
    async with app.router.lifespan_context(app):
        own: Own = app.state.running.own
        for kind, values in world.things.items():
            for value in values:
                own.copies.put(kind, value.model_dump(mode="json"))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://dispatch") as http:
            yield Desk(http, own)
