"""A small register and the callers that a test needs: two depots, one station, one rescue tender."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.auth import Principal, Role, service_principal
from kernel.contracts.resources import (
    Batch,
    Capability,
    Item,
    MicroStation,
    Organisation,
    Place,
    Station,
    StationArea,
    Stockpile,
    Unit,
    VehicleType,
)
from kernel.contracts.vocabulary import MicroStationKind, OrganisationKind, StationClass, UnitClass, UnitFamily
from kernel.database import Transaction, begin
from resources import tables
from resources.rules import Held
from resources.store import stock, things
from tests.integration.probe import headers

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
KEEPER = Principal(subject="account:keeper", name="库管", roles=frozenset({Role.RESOURCE_KEEPER}))
PLANNER = Principal(subject="account:planner", name="预案", roles=frozenset({Role.PLAN_KEEPER}))
DISPATCHER = Principal(subject="account:desk", name="王芳", roles=frozenset({Role.DISPATCHER}))
DISPATCH = service_principal("dispatch")
_keys = itertools.count(1)

ORGANISATION = Organisation(
    id="detachment", name="消防救援支队", kind=OrganisationKind.DETACHMENT, path="urumqi/detachment"
)
STATION = Station(
    id="station-1",
    name="红山路消防救援站",
    station_class=StationClass.FIRST,
    organisation_id="detachment",
    at=(87.61, 43.80),
)
TYPE = VehicleType(
    id="JY",
    name="抢险救援消防车",
    category="ZQ",
    unit_class=UnitClass.RESCUE,
    capabilities={"EXTRICATION": 1},
    parameters={"crane_t": 8},
    crew=7,
)
UNIT = Unit(
    id="unit-1",
    name="红山路抢险1号",
    unit_class=UnitClass.RESCUE,
    family=UnitFamily.FIRE,
    type_code="JY",
    organisation_id="detachment",
    station_id="station-1",
    at=(87.61, 43.80),
    capabilities={"EXTRICATION": 1},
    parameters={"crane_t": 8},
    crew=7,
    crew_needed=5,
    turnout_s=60,
)
MICRO = MicroStation(
    id="micro-1",
    name="红山社区微型消防站",
    kind=MicroStationKind.COMMUNITY,
    organisation_id="detachment",
    at=(87.612, 43.801),
    people=6,
    capabilities={"INITIAL_ATTACK": 1},
)
AREA = StationArea(
    id="area-1",
    station_id="station-1",
    rings=(((87.6, 43.79), (87.62, 43.79), (87.62, 43.81), (87.6, 43.81), (87.6, 43.79)),),
)
PLACES = (
    Place(id="p1", name="红山公园", pinyin="hong shan gong yuan", initials="hsgy", kind="park", at=(87.61, 43.8)),
    Place(id="p2", name="红山公园", pinyin="hong shan gong yuan", initials="hsgy", kind="park", at=(87.9, 43.9)),
    Place(id="p3", name="南门", pinyin="nan men", initials="nm", kind="crossing", at=(87.62, 43.78)),
)
FOAM = Item(id="foam", name="泡沫液", unit="t", kg=1000, m3=1, material_class=2)
MASK = Item(id="mask", name="过滤式自救面具", unit="具", kg=0.8, m3=0.004, material_class=2)


def depot(id_: str, *, trucks: int = 4) -> Stockpile:
    """A depot whose trucks carry 5 t each."""
    return Stockpile(
        id=id_,
        name=f"储备库 {id_}",
        organisation_id="detachment",
        owner_kind=OrganisationKind.CITY,
        at=(87.6, 43.82),
        trucks=trucks,
        payload_kg=5000,
        mobilise_s=600,
    )


def batch(id_: str, stockpile: str, item: str, quantity: int, *, expires: date | None = None) -> Batch:
    """A lot, all of it available."""
    return Batch(id=id_, stockpile_id=stockpile, item_code=item, available=quantity, expires_on=expires)


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[Transaction]:
    """A transaction of the register's own."""
    async with begin(engine, realm="live", principal=KEEPER, at=NOW) as tx:
        yield tx


async def fill(engine: AsyncEngine, batches: Sequence[Batch]) -> None:
    """Writes the small register with these batches."""
    async with transaction(engine) as tx:
        await things.add(tx, things.ORGANISATION, [ORGANISATION])
        await things.add(tx, things.STATION, [STATION])
        await things.add(tx, things.VEHICLE_TYPE, [TYPE])
        await things.add(tx, things.CAPABILITY, [Capability(id="EXTRICATION", name="破拆救人")])
        await things.add(tx, things.UNIT, [UNIT])
        await things.add(tx, things.MICRO_STATION, [MICRO])
        await things.add(tx, things.STATION_AREA, [AREA])
        await things.add(tx, things.PLACE, PLACES)
        await things.add(tx, things.ITEM, [FOAM, MASK])
        await things.add(tx, things.STOCKPILE, [depot("depot-1"), depot("depot-2", trucks=1)])
        crew = [("c1", "司机", "张伟"), ("c2", "班长", "李强")]
        rows = [{"id": id_, "unit_id": "unit-1", "seat": s, "name": n, "qualifications": []} for id_, s, n in crew]
        await things.add_rows(tx, tables.persons, rows)
        await add_batches(tx, batches)


async def add_batches(tx: Transaction, batches: Sequence[Batch]) -> None:
    """Receives batches: a stock row per stockpile and item, the batch, and its first movement."""
    keys = sorted({(each.stockpile_id, each.item_code) for each in batches})
    stocks = [{"realm": "live", "stockpile_id": key[0], "item_code": key[1], "version": 1} for key in keys]
    await things.add_rows(tx, tables.stocks, stocks)
    rows = [{**things.as_row(things.BATCH, each, "live"), "quantity": each.available} for each in batches]
    await things.add_rows(tx, tables.batches, rows)
    received = [stock.movement(tx, Held(each.id, each.available), "outside", "available", None) for each in batches]
    await stock.add_movements(tx, received)


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a started service."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


class Caller:
    """Somebody who asks one service, with a fresh idempotency key for every effect."""

    def __init__(self, client: httpx.AsyncClient, audience: str, principal: Principal) -> None:
        self.client, self.audience, self.principal = client, audience, principal

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(path, headers=self._headers(more.pop("headers", {})), **more)

    async def insist(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Sends until the service is free to answer, always under the same key, as every client should."""
        key = f"key-{next(_keys)}"
        for _ in range(100):
            reply = await self.send(method, path, body, **{"Idempotency-Key": key})
            if reply.status_code != 503:
                return reply
            await asyncio.sleep(0.05)
        raise TimeoutError("the service was busy for too long")

    async def send(self, method: str, path: str, body: Any = None, **extra: str) -> httpx.Response:
        """Sends JSON in ASCII, so that a lone surrogate reaches the service, too."""
        signed = {"Idempotency-Key": f"key-{next(_keys)}", "Content-Type": "application/json"} | self._headers(extra)
        content = None if body is None else json.dumps(body)
        return await self.client.request(method, path, content=content, headers=signed)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return headers(self.principal, audience=self.audience) | more
