"""A running Muster in live use with a small register, and the people of its command centre, signed in."""

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from infra.environment import Databases, service_environment
from infra.place import ROOT
from infra.postgres import OWNER, cluster_at
from infra.redis_server import redis_at
from tests.launched import Copy
from tests.town.client import Client
from tests.unit.import_folder import TABLES, whole, written

SERVICES = ("dispatch", "resources", "plans")
UNITS = {"contend": 15, "storm": 4, "service": 4, "redis": 10}
STOCK = {"stockpile_id": "dp-1", "item_code": "2040101"}
STOCK_T = 500
PEOPLE: Mapping[str, dict[str, Any]] = {
    **{f"dispatcher-{n}": {"roles": ["dispatcher"], "seat": f"0{n}"} for n in range(4)},
    "keeper": {"roles": ["resource_keeper"]},
    "planner": {"roles": ["plan_keeper"]},
    "auditor": {"roles": ["auditor"]},
    "fleet": {"roles": ["unit"], "unit_ids": ["*"]},
}


def units(pool: str) -> list[str]:
    """The ids of a pool of units that one test has for itself."""
    return [f"{pool}-{n:02d}" for n in range(UNITS[pool])]


def register_folder(path: Path) -> Path:
    """Writes an import folder: two stations, every pool's engines at the first of them, and a depot with foam."""
    files = whole()
    del files["people.csv"]
    engine = TABLES["units.csv"][0]
    names = [unit for pool in UNITS for unit in units(pool)]
    files["units.csv"] = written([{**engine, "id": name, "name": f"水罐{name}"} for name in names])
    files["batches.csv"] = written([{**TABLES["batches.csv"][0], "available": str(STOCK_T)}])
    path.mkdir()
    for name, body in files.items():
        (path / name).write_bytes(body)
    return path


def import_register(copy: Copy, folder: Path) -> None:
    """Imports a folder as the operator of this copy."""
    place = copy.place
    cluster = cluster_at(place)
    databases = Databases(cluster.url(), cluster.url(role=OWNER), redis_at(place).url)
    env = {**os.environ, **service_environment(place, databases, {}, {}, demo=False)}
    argv = [sys.executable, "-P", "-m", "resources.importer", str(folder), "--lang", "en"]
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@dataclass
class Town:
    """The copy, its address, and a client per person."""

    copy: Copy
    url: str
    people: dict[str, Client] = field(default_factory=dict)

    @property
    def dispatchers(self) -> list[Client]:
        """Everybody at the desk."""
        return [client for name, client in self.people.items() if name.startswith("dispatcher")]

    async def read(self, who: str, path: str, **params: Any) -> Any:
        """JSON of a GET that must succeed, asked again while a service is coming back."""
        for _ in range(100):
            try:
                reply = await self.people[who].http.get(path, params=params)
            except httpx.TransportError:
                reply = None
            if reply is not None and reply.status_code == 200:
                return reply.json()
            await asyncio.sleep(0.1)
        raise AssertionError(f"{path}: {reply.text if reply is not None else 'nobody answers'}")

    async def log(self, service: str) -> tuple[list[dict[str, Any]], int]:
        """A service's whole event log and its head, read by pages."""
        events: list[dict[str, Any]] = []
        while True:
            page = await self.read("dispatcher-0", f"/api/{service}/events", after=events[-1]["seq"] if events else 0)
            events += page["events"]
            if page["gone"]:
                return await self._log_of_database(service), page["seq"]
            if not page["events"]:
                return events, page["seq"]

    async def _log_of_database(self, service: str) -> list[dict[str, Any]]:
        """The whole log where it is too long to be read by pages from its beginning."""
        engine = create_async_engine(cluster_at(self.copy.place).url())
        async with engine.connect() as connection:
            rows = await connection.execute(text(f"SELECT * FROM {service}.events WHERE realm = 'live' ORDER BY seq"))
            found = [dict(row) for row in rows.mappings()]
        await engine.dispose()
        return found

    async def audit(self, service: str) -> tuple[list[dict[str, Any]], bool]:
        """A service's whole audit log, and whether the service itself found it whole each time."""
        rows: list[dict[str, Any]] = []
        whole = True
        while True:
            page = await self.read("auditor", f"/api/{service}/audit", after=len(rows))
            rows += page["rows"]
            whole = whole and page["whole"]
            if not page["rows"]:
                return rows, whole

    async def snapshots(self) -> list[dict[str, Any]]:
        """What every service says is current."""
        return [await self.read("dispatcher-0", f"/api/{service}/snapshot") for service in SERVICES]


@asynccontextmanager
async def opened(copy: Copy, folder: Path) -> AsyncIterator[Town]:
    """The town with its register imported and everybody signed in."""
    import_register(copy, register_folder(folder))
    town = Town(copy, copy.state()["url"])
    async with AsyncExitStack() as stack:
        password = (copy.place.keys / "admin-password").read_text()
        town.people["admin"] = await stack.enter_async_context(signed_in(town.url, "admin", password))
        for name, who in PEOPLE.items():
            secret = await hire(town.people["admin"].http, name, who)
            town.people[name] = await stack.enter_async_context(signed_in(town.url, name, secret))
        await _until_known(town)
        yield town


async def hire(admin: httpx.AsyncClient, name: str, who: dict[str, Any]) -> str:
    """Makes an account as the administrator, and gives its password."""
    account = {"name": name, "title": name, **who}
    reply = await admin.post("/api/gateway/accounts", json=account, headers={"Idempotency-Key": f"hire-{name}"})
    assert reply.status_code == 201, reply.text
    secret = secrets.token_urlsafe(12)
    reply = await admin.put(f"/api/gateway/accounts/{reply.json()['id']}/password", json={"password": secret})
    assert reply.status_code == 204, reply.text
    return secret


@asynccontextmanager
async def signed_in(url: str, name: str, password: str) -> AsyncIterator[Client]:
    """A client with a session of its own."""
    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(base_url=url, timeout=15, limits=limits, headers={"Origin": url}) as http:
        reply = await http.post("/api/gateway/session", json={"name": name, "password": password})
        assert reply.status_code == 200, reply.text
        yield Client(name, http)


async def _until_known(town: Town) -> None:
    """Waits until dispatch has copied the register: until it lets go of a unit that nobody holds."""
    path = f"/api/dispatch/units/{units('redis')[-1]}/control"
    for number in range(200):
        key = {"Idempotency-Key": f"known-{number}"}
        reply = await town.people["dispatcher-0"].http.post(path, json={"take": False}, headers=key)
        if reply.status_code == 200:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"dispatch does not know the register: {reply.text}")


def report(mark: str, *, nth: int = 0) -> dict[str, Any]:
    """A report's body whose address is the mark; places go round in the service area."""
    at = [87.55 + (nth * 37 % 100) / 1000, 43.75 + (nth * 61 % 100) / 1000]
    return {"kind": "fire.ordinary", "at": at, "address": mark, "separate": True}
