"""A service with one thing of every scalar, to prove what the kernel promises to all services."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request
from pydantic import Field
from redis.exceptions import RedisError
from sqlalchemy import BigInteger, Column, String, Table, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import create_async_engine

from infra.postgres import APP_ROLE
from kernel.app import Service, create_app
from kernel.auth import Principal, Role, signed_header
from kernel.clock import real_now
from kernel.contracts.base import Code, Count, Form, Id, Latitude, Longitude, LongText, Name, ShortText, Versioned
from kernel.contracts.events import Position, PositionPage
from kernel.database import Thing, Transaction, schema_metadata
from kernel.errors import Conflict
from kernel.http import Tx, may, router, running_of
from kernel.outbox import installation_epoch, ledger
from kernel.positions import positions_key, publish_positions
from kernel.running import Running

metadata = schema_metadata("probe")
LEDGER = ledger("probe", metadata)
things = Table(
    "things",
    metadata,
    Column("realm", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("value", JSONB, nullable=False),
)
DISPATCHER = Principal(subject="account:probe", name="王芳", roles=frozenset({Role.DISPATCHER}))
AUDITOR = Principal(subject="account:auditor", name="审计", roles=frozenset({Role.AUDITOR}))


class ThingForm(Form):
    """One field of every scalar that a request may carry."""

    id: Id
    name: Name
    remark: ShortText = ""
    story: LongText = ""
    count: Count = 0
    at: tuple[Longitude, Latitude] = (87.6, 43.8)
    when: datetime | None = None
    tags: tuple[ShortText, ...] = Field(default=(), max_length=20)
    scope: ShortText = "urumqi|open"
    type: Code = "thing.made"


class Probed(Versioned):
    """The stored thing."""

    name: str
    form: dict[str, Any]


api = router()


@api.post("/things", status_code=201)
@may("incident.report")
async def make(form: ThingForm, tx: Tx) -> Probed:
    """Makes a thing or its next version."""
    row = {"realm": tx.realm, "id": form.id, "version": 1, "value": form.model_dump(mode="json")}
    upsert = insert(things).values(row)
    upsert = upsert.on_conflict_do_update(
        index_elements=["realm", "id"], set_={"version": things.c.version + 1, "value": upsert.excluded.value}
    )
    version = (await tx.execute(upsert.returning(things.c.version))).scalar_one()
    thing = Probed(id=form.id, version=version, name=form.name, form=form.model_dump(mode="json"))
    tx.record(form.type, "thing", thing, form.scope)
    return thing


@api.post("/things/{thing_id}/refuse")
@may("incident.report")
async def refuse(thing_id: Id, tx: Tx) -> Probed:
    """Writes and then refuses, so that nothing may remain."""
    await tx.execute(insert(things).values(realm=tx.realm, id=thing_id, version=1, value={}))
    tx.record("thing.made", "thing", Probed(id=thing_id, name="x", form={}))
    raise Conflict("refused", "Refused after writing.")


@api.get("/count")
@may("incident.read")
async def count(tx: Tx) -> dict[str, int]:
    """How many things there are."""
    return {"count": (await tx.execute(select(func.count()).select_from(things))).scalar_one()}


async def current(tx: Transaction) -> Sequence[Thing]:
    """Every thing."""
    rows = (await tx.execute(select(things).where(things.c.realm == tx.realm))).all()
    return [
        Thing(
            "thing", Probed(id=row.id, version=row.version, name=row.value["name"], form=row.value), row.value["scope"]
        )
        for row in rows
    ]


class Moves(Form):
    """Positions to tell."""

    positions: tuple[Position, ...]


@api.post("/move")
@may("incident.report", keyed=False)
async def move(form: Moves, tx: Tx, request: Request) -> dict[str, int]:
    """Tells positions as dispatch does: the latest in memory, then Redis when it is there."""
    running = running_of(request)
    running.own |= {each.unit_id: (each, real_now()) for each in form.positions}
    key = positions_key(await installation_epoch(tx.connection), tx.realm)
    with suppress(RedisError):
        await publish_positions(running.redis, key, form.positions)
    return {"told": len(form.positions)}


@api.get("/positions")
@may("picture.read")
async def positions(request: Request, tx: Tx, after: datetime | None = None) -> PositionPage:
    """Positions received after an instant."""
    held = running_of(request).own.values()
    found = tuple(each for each, received_at in held if after is None or received_at > after)
    return PositionPage(positions=found, as_of=real_now())


@asynccontextmanager
async def _opened(_: Running) -> AsyncIterator[dict[str, Any]]:
    yield {}


def make_app(name: str = "probe") -> FastAPI:
    """The probe as an app, under its own name or in the place of another service."""
    return create_app(Service(name, "Probe", replace(LEDGER, service=name), (api,), current, _opened))


async def make_schema(owner_url: str) -> None:
    """The probe's schema in this module's database, with the rights that a service has."""
    engine = create_async_engine(owner_url)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("CREATE SCHEMA probe")
        await connection.run_sync(metadata.create_all)
        await connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA probe TO {APP_ROLE}")
        await connection.exec_driver_sql(f"GRANT ALL ON ALL TABLES IN SCHEMA probe TO {APP_ROLE}")
    await engine.dispose()


def headers(principal: Principal = DISPATCHER, *, key: str | None = None, audience: str = "probe") -> dict[str, str]:
    """What the gateway would send for this principal."""
    signing = Path(os.environ["MUSTER_SIGNING_KEY_FILE"]).read_text()
    signed = signed_header(principal, audience=audience, key=signing)
    return signed | ({"Idempotency-Key": key} if key is not None else {})


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a started app; a crash is a 500 here as it is on the wire."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://probe") as client:
            yield client
