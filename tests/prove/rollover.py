"""Proves that no counter's limit is felt: the main job with every stream, chain and relay just below 2^31 and 2^53.

A counter that met a preset limit, and no part that knew itself at fault, silenced 81 emergency centres for six hours in
2014 (FCC, April 2014 multistate 911 outage). So a new database gets counters that stand a few below the limit, and a
desk reports, asks, orders, advances, releases and closes across it, watched by a screen that demands every number.
"""

import asyncio
import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from dispatch.main import app as dispatch
from gateway.main import app as gateway
from infra import migrate
from infra.backup.tables import connected
from infra.environment import Databases, make_keys, service_environment, write_private
from infra.place import Place
from infra.postgres import OWNER
from infra.scratch import Scratch, scratch_databases
from tests.integration.desk_of import worker
from tests.integration.served import Town, Watcher, town, watching
from tests.rows import Options, Row
from tests.worlds import three_stations_one_fire

LIMITS = {"2^31": 2**31, "2^53": 2**53}
BELOW = 4
LEDGERS = ("gateway", "dispatch", "resources", "plans")
TODAY = 9_997  # the day's incident numbers go from four digits to five
STEPS = ("acknowledged", "enroute", "on_scene", "returning", "cleared")


async def seed(url: str, start: int) -> None:
    """Counters that stand where years of use would have brought them."""
    async with connected(url) as connection:
        for schema in LEDGERS:
            hash_ = "f" * 64
            await connection.execute(f"INSERT INTO {schema}.streams VALUES ('live', $1, $1, $2)", start, hash_)
            await connection.execute(f"INSERT INTO {schema}.relays VALUES ('live', $1)", start)
            await connection.execute(
                f"INSERT INTO {schema}.audit VALUES"
                " ('live', $1, '', now(), 'prove', 'counter.seeded', 'stream', 'live', 0, '', '', $2)",
                start,
                hash_,
            )
        days = "SELECT 'live', (now() + interval '8 hours')::date + d, $1 FROM generate_series(-1, 1) d"
        await connection.execute(f"INSERT INTO dispatch.numbers {days}", TODAY)


@asynccontextmanager
async def opened(scratch: Scratch, name: str, start: int, spoil: str = "") -> AsyncIterator[Town]:
    """The gateway and dispatch with a worker over such a database. `spoil` plants a fault in it first."""
    scratch.cluster.make_database(name)
    owner = scratch.cluster.url(name, OWNER)
    await migrate.on(owner, migrate.upgrade)
    if spoil:
        scratch.cluster.sql(spoil, name)
    await seed(owner, start)
    databases = Databases(app=scratch.cluster.url(name), owner=owner, redis=scratch.redis)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        place = Place(Path(folder))
        place.keys.mkdir()
        make_keys(place)
        write_private(place.keys / "admin-password", b"a-password-for-proofs")
        made = service_environment(place, databases, ports={}, sockets={}, demo=False) | {"MUSTER_MODE": "test"}
        del made["MUSTER_ROADS"]
        made["MUSTER_WORKER_LIVE"] = str(place.data / "w.sock")
        for variable in [each for each in os.environ if each.startswith("MUSTER_")]:
            patch.delenv(variable)
        for variable, value in made.items():
            patch.setenv(variable, value)
        with worker(place.data / "w.sock"):
            async with town({"gateway": gateway, "dispatch": dispatch}, made) as here:
                three_stations()
                yield here


def three_stations() -> None:
    """What dispatch has copied of a small world."""
    copies = dispatch.state.running.own.copies
    for kind, values in three_stations_one_fire().things.items():
        for value in values:
            copies.put(kind, value.model_dump(mode="json"))


async def post(desk: httpx.AsyncClient, path: str, body: Any = None, key: str = "") -> Any:
    """An effect that must succeed; its JSON."""
    headers = {"Idempotency-Key": key or uuid.uuid4().hex}
    reply = await desk.post(f"/api/dispatch{path}", json=body, headers=headers, timeout=60)
    assert reply.status_code in (200, 201), f"{path}: {reply.status_code} {reply.text}"
    return reply.json()


async def main_job(desk: httpx.AsyncClient) -> str:
    """From a report to a closed incident; its number."""
    form = {"kind": "fire.ordinary", "at": [87.60, 43.80], "address": "华泰路16号", "separate": True}
    key = uuid.uuid4().hex
    incident = (await post(desk, "/incidents", form, key))["incident"]
    assert (await post(desk, "/incidents", form, key))["incident"]["id"] == incident["id"], "the same key is one effect"
    path = f"/incidents/{incident['id']}"
    advice = await post(desk, f"{path}/recommendations")
    units = [{"unit_id": pick["unit_id"], "line": pick["line"]} for pick in advice["picks"]]
    assert units, "somebody goes"
    ordered = await post(desk, f"{path}/orders", {"recommendation_id": advice["id"], "units": units, "stock": []})
    for assignment in ordered["assignments"]:
        for to in STEPS:
            await post(desk, f"/assignments/{assignment['id']}/steps", {"to": to})
    for to in ("controlled", "resolved", "closed"):
        await post(desk, f"{path}/steps", {"to": to, "reason": "prove"})
    return str(incident["number"])


async def crossing(scratch: Scratch, name: str, limit: int, spoil: str = "") -> list[dict[str, Any]]:
    """The main job across a limit; the frames of a screen that saw every number and came back by its cursor."""
    start = limit - BELOW
    async with opened(scratch, name, start, spoil) as here, here.signed_in("dispatcher") as desk:
        async with watching(desk) as screen:
            await screen.until("snapshot", 30)
            number = await main_job(desk)
            await seen(screen, start)
        assert number.endswith("-9998"), number
        async with watching(desk, screen.cursor) as again:
            again.seen = dict(screen.seen)
            assert (await main_job(desk)).endswith("-9999")
            assert (await main_job(desk)).endswith("-10000"), "five digits"
            await seen(again, start)
            assert not [each for each in again.frames if each["type"] == "snapshot"], "it resumed by its cursor"
        await chain_holds(here, start)
    return [each for each in (*screen.frames, *again.frames) if each["type"] == "events"]


async def seen(screen: Watcher, start: int) -> None:
    """Waits until the screen has every event that dispatch has recorded; it has demanded each number on the way."""
    async with dispatch.state.running.engine.connect() as connection:
        rows = await connection.exec_driver_sql("SELECT seq FROM dispatch.streams WHERE realm = 'live'")
        last = int(rows.scalar_one())
    assert last > start + BELOW, "the limit is behind us"
    async with asyncio.timeout(60):
        while screen.seen.get("dispatch", 0) < last:
            await screen.next(30)


async def chain_holds(here: Town, start: int) -> None:
    """The audit chain holds across the limit, as an auditor reads it."""
    async with here.signed_in("auditor") as auditor:
        page = (await auditor.get("/api/dispatch/audit", params={"after": start})).json()
    assert page["whole"], "the chain holds"
    assert page["rows"][-1]["number"] > start + BELOW


def false_holes(numbers: Sequence[int], *, guarded: bool) -> int:
    """How often a browser, whose numbers are doubles, sees a hole between events that come one by one.

    `guarded` is the rule of `frontend/src/live.ts`; without it is the planted bug.
    """
    holes, last = 0, None
    for number in map(float, numbers):
        is_safe = number <= 2**53 - 1
        holes += last is not None and number > last + 1 and (is_safe or not guarded)
        last = number
    return holes


def prove(options: Options) -> Sequence[Row]:
    """Rows per limit: how many numbered events a screen saw in order; false holes in a browser; the twins."""
    rows, numbers = [], []
    with scratch_databases() as scratch:
        for number, (label, limit) in enumerate(LIMITS.items()):
            numbers = numbers_of(asyncio.run(crossing(scratch, f"limit_{number}", limit)))
            what = f"events across {label}, each in order on a screen; main job three times, audit chain whole"
            rows.append(Row(f"rollover_{label}", what, len(numbers), "events", must=3, sense=">=", seed=options.seed))
        narrow = "ALTER TABLE dispatch.events ALTER COLUMN seq TYPE integer"
        caught = _fails(scratch, narrow)
    kept, plain = (false_holes(numbers, guarded=guarded) for guarded in (True, False))
    return [
        *rows,
        Row("rollover_screen", "holes that a browser sees beyond 2^53 where there are none", kept, "", must=0),
        Row("rollover_screen_twin", "planted bug, numbers compared as they come", plain, "", must=1, sense=">="),
        Row("rollover_twin", "planted bug, events numbered in 32 bits: caught", caught, "", must=1, sense=">="),
    ]


def numbers_of(frames: Sequence[dict[str, Any]]) -> list[int]:
    """Every number that frames of events cover, in order."""
    return sorted({seq for each in frames for seq in range(each["from_seq"], each["to_seq"] + 1)})


def _fails(scratch: Scratch, spoil: str) -> int:
    try:
        asyncio.run(crossing(scratch, "narrow", LIMITS["2^31"], spoil))
    except AssertionError:
        return 1
    return 0
