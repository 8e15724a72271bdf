"""Proof: a unit that many want at once is committed once; check-then-insert commits it twice and is caught."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from dispatch import store
from dispatch.rules.assignment import begin as begin_assignment
from infra import migrate
from infra.postgres import DATABASE
from infra.scratch import Scratch, scratch_databases
from kernel.auth import Principal, Role
from kernel.clock import real_now
from kernel.contracts.assignment import Assignment
from kernel.contracts.base import LIVE
from kernel.contracts.incident import Incident
from kernel.contracts.recommendation import Pick
from kernel.contracts.vocabulary import IncidentKind, IncidentStatus
from kernel.database import Transaction, begin, connect
from kernel.errors import Conflict
from tests.rows import Options, Row, proof, twin
from tests.town.contention import contend, incidents_of, insist, take_unit_naively, won
from tests.town.invariants import twice_committed
from tests.town.people import Town, units
from tests.town.running import running_town
from tests.worlds import engine, station

RIVALS = 20
OVER_HTTP, IN_DATABASE, TWIN = 10_000, 100_000, 2_000
DATABASE_UNITS = 250
WHO = Principal(subject="account:rival", name="rival", roles=frozenset({Role.DISPATCHER}))
HOME = station("st-1", (87.6, 43.8))
Take = Callable[[Transaction, Assignment, str], Awaitable[None]]
NUMBERS = itertools.count(1)


def measure(options: Options) -> Sequence[Row]:
    """Orders over HTTP, commitments in the database, and the naive twin on a database without the index."""
    return [asyncio.run(_over_http(options)), *asyncio.run(_in_database(options))]


async def _over_http(options: Options) -> Row:
    """Rounds of orders: each of a pool's units to every rival's incident at once, then released again."""
    orders = options.count(OVER_HTTP)
    names = units("contend")
    sent, faults = 0, []
    async with running_town() as town:
        ask = _asking(town)
        incidents = await incidents_of(ask, RIVALS)
        while sent < orders:
            answers = await contend(ask, names, incidents)
            sent += len(names) * RIVALS
            faults += _wrong(answers)
            for winner in itertools.chain(*map(won, answers.values())):
                await ask(0, f"/assignments/{winner['id']}/release", {"reason": "next round"})
        faults += twice_committed((await town.log("dispatch"))[0])
    what = f"{sent:,} orders over HTTP, {RIVALS} at once for each unit, one won each time"
    return proof("contend", what, faults, sent, options.seed)


def _wrong(answers: Mapping[str, Sequence[httpx.Response]]) -> list[str]:
    """Units that were not won exactly once, and answers that are neither an order nor a refusal."""
    wins = {unit: sum(reply.status_code == 201 for reply in replies) for unit, replies in answers.items()}
    odd = [
        reply.status_code for replies in answers.values() for reply in replies if reply.status_code not in (201, 409)
    ]
    return [f"{unit}: {count} won" for unit, count in wins.items() if count != 1] + [f"status {each}" for each in odd]


def _asking(town: Town) -> Callable[[int, str, Any], Awaitable[httpx.Response]]:
    desk = town.dispatchers

    async def ask(nth: int, path: str, body: Any) -> httpx.Response:
        who = desk[nth % len(desk)]
        return await insist(lambda key: who.http.post(f"/api/dispatch{path}", json=body, headers=key))

    return ask


async def _in_database(options: Options) -> list[Row]:
    attempts, twin_attempts = options.count(IN_DATABASE), options.count(TWIN)
    with scratch_databases(redis=False) as scratch:
        await migrate.on(scratch.owner, migrate.upgrade)
        held = await _contend_database(scratch, attempts, store.take_unit)
        await _drop_index(scratch)
        naive = await _contend_database(scratch, twin_attempts, take_unit_naively)
    what = f"{attempts:,} commitments in the database, {RIVALS} at once for each unit, one won each time"
    naively = f"check, then insert, without the index: units committed more than once in {twin_attempts:,} attempts"
    return [
        proof("contend_database", what, held, attempts, options.seed),
        twin("contend", naively, len(naive), options.seed),
    ]


async def _drop_index(scratch: Scratch) -> None:
    owner = create_async_engine(scratch.owner)
    async with owner.begin() as connection:
        await connection.execute(text("DROP INDEX dispatch.one_active_assignment"))
    await owner.dispose()


async def _contend_database(scratch: Scratch, attempts: int, take: Take) -> list[str]:
    """Rounds over a pool of units, ended between rounds; the units that were not committed exactly once."""
    pool = connect(scratch.cluster.url(DATABASE), pool_size=RIVALS)
    incident = await _open_incident(pool)
    wrong: list[str] = []
    done = 0
    while done < attempts:
        names = [f"u-{nth}" for nth in range(min(DATABASE_UNITS, max(1, (attempts - done) // RIVALS)))]
        for name in names:
            wins = await asyncio.gather(*(_attempt(pool, take, incident, name) for _ in range(RIVALS)))
            wrong += [] if sum(wins) == 1 else [f"{name}: {sum(wins)} won"]
        done += len(names) * RIVALS
        async with pool.begin() as connection:
            await connection.execute(text("UPDATE dispatch.assignments SET active = false"))
    await pool.dispose()
    return wrong


async def _attempt(pool: AsyncEngine, take: Take, incident: str, unit: str) -> bool:
    made = begin_assignment(
        engine(unit, HOME),
        HOME,
        Pick(unit_id=unit, line="x", eta_s=60, travel_s=60),
        assignment_id=f"asg-{next(NUMBERS)}",
        incident_id=incident,
        order_id="ord-1",
        kind="manual",
        at=real_now(),
    )
    try:
        async with begin(pool, realm=LIVE, principal=WHO, at=made.dispatched_at) as tx:
            await take(tx, made, "|open")
    except Conflict:
        return False
    return True


async def _open_incident(pool: AsyncEngine) -> str:
    made = Incident(
        id=f"inc-{next(NUMBERS)}",
        number="1",
        kind=IncidentKind.FIRE_ORDINARY,
        at=HOME.at,
        address="contend",
        alarm_level=1,
        status=IncidentStatus.REPORTED,
        reported_at=real_now(),
    )
    async with begin(pool, realm=LIVE, principal=WHO, at=made.reported_at) as tx:
        await store.save(tx, "incident", made, "incident.opened")
    return made.id
