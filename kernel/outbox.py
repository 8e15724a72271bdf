"""The event log: gapless and in commit order per service and realm, and the relay that puts it on the stream.

`bigserial` is neither gapless nor in commit order: readers of `id > last` lost a fifth of all events in a measurement.
So one counter row per realm is locked once, as the last statements of the transaction, and the head of the audit chain
moves in the same row.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    TextClause,
    and_,
    bindparam,
    func,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kernel.audit import FIRST, audit_table, chain, fingerprint
from kernel.clock import real_now
from kernel.contracts.base import Realm, utc
from kernel.contracts.events import Envelope, EventPage
from kernel.database import DATABASE_ERRORS, Noted, Recorded, Transaction
from kernel.failpoints import PUBLISHED, reach
from kernel.idempotency import Kept, idempotency_table, keep, keeping, keeping_values
from kernel.waiting import as_json, inserting

PAGE = 500
REST_S = 0.01  # a look costs as much for one event as for a hundred, so under load it waits for some to come together
FAR_BEHIND = 20_000
STREAM_LENGTH = 50_000
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ledger:
    """The tables that every service has in its own schema."""

    service: str
    streams: Table
    events: Table
    relays: Table
    audit: Table
    idempotency: Table


def ledger(service: str, metadata: MetaData) -> Ledger:
    """Declares the ledger tables in a service's metadata."""
    streams = Table(
        "streams",
        metadata,
        Column("realm", String, primary_key=True),
        Column("seq", BigInteger, nullable=False),
        Column("audit_count", BigInteger, nullable=False),
        Column("audit_head", String, nullable=False),
    )
    events = Table(
        "events",
        metadata,
        Column("realm", String, primary_key=True),
        Column("seq", BigInteger, primary_key=True),
        Column("scope", String, nullable=False),
        Column("type", String, nullable=False),
        Column("v", Integer, nullable=False),
        Column("kind", String, nullable=False),
        Column("id", String, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("at", DateTime(timezone=True), nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        Column("actor", String, nullable=False),
        Column("value", JSONB, nullable=False),
    )
    relays = Table(
        "relays",
        metadata,
        Column("realm", String, primary_key=True),
        Column("seq", BigInteger, nullable=False),
    )
    return Ledger(service, streams, events, relays, audit_table(metadata), idempotency_table(metadata))


def stream_key(epoch: str, realm: Realm, service: str) -> str:
    """Redis key of a stream; the epoch makes a number never mean two things."""
    return f"muster:{epoch}:{realm}:{service}"


async def installation_epoch(connection: AsyncConnection) -> str:
    """The epoch of this database: new at initdb and at a restore from backup."""
    return str((await connection.execute(text("SELECT epoch FROM kernel.installation"))).scalar_one())


async def flush(tables: Ledger, tx: Transaction, kept: Kept | None = None) -> None:
    """Writes what the transaction changed to the event and audit logs, and the reply to keep: its last statements."""
    if not tx.writes:
        if kept is not None:
            await keep(tables.idempotency, tx, kept)
        return
    seq, audit_count, head = await _lock_stream(tables, tx)
    recorded_at = real_now()
    deeds: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for change in tx.changes:
        seq += 1
        events.append(_event_row(tx, change, seq) | {"recorded_at": recorded_at})
        value = change.thing.value
        deeds.append(_deed(tx, change.type, change.thing.kind, value.id, value.version, change.body))
    deeds += [_note(tx, note) for note in tx.notes]
    for row in deeds:
        audit_count += 1
        row["number"] = audit_count
        head = row["hash"] = chain(head, row)
        row["recorded_at"] = recorded_at
    place = {"realm": tx.realm, "seq": seq, "audit_count": audit_count, "audit_head": head}
    rows = {"events": as_json(events), "deeds": as_json(deeds)}
    await tx.execute(_writing(tables, kept is not None), rows | place | (keeping_values(tx, kept) if kept else {}))


@cache
def _writing(tables: Ledger, keeps: bool) -> TextClause:
    """One statement for all: each round trip is paid with the counter's row locked."""
    parts = [
        f"told AS ({inserting(tables.events, tables.events.columns.keys(), 'events')})",
        f"noted AS ({inserting(tables.audit, tables.audit.columns.keys(), 'deeds')})",
        *([f"kept AS ({keeping(tables.idempotency)})"] if keeps else []),
    ]
    moved = "SET seq = :seq, audit_count = :audit_count, audit_head = :audit_head WHERE realm = :realm"
    return text(f"WITH {', '.join(parts)} UPDATE {tables.streams.fullname} {moved}")


async def _lock_stream(tables: Ledger, tx: Transaction) -> tuple[int, int, str]:
    """The counter's row, locked after everything else is written, so that it is locked for as short as can be."""
    name = tables.streams.fullname
    place = f"SELECT seq, audit_count, audit_head FROM {name} AS stream, written"  # noqa: S608 - our own table
    locked = f"{place} WHERE realm = :realm FOR UPDATE OF stream"
    row = (await tx.execute_with_waiting(locked, realm=tx.realm)).first()
    if row is None:
        first = {"realm": tx.realm, "seq": 0, "audit_count": 0, "audit_head": FIRST}
        await tx.execute(insert(tables.streams).values(first).on_conflict_do_nothing())
        row = (await tx.execute_with_waiting(locked, realm=tx.realm)).one()
    return row.seq, row.audit_count, row.audit_head


def _event_row(tx: Transaction, change: Recorded, seq: int) -> dict[str, Any]:
    thing = change.thing
    return {
        "realm": tx.realm,
        "seq": seq,
        "scope": thing.scope,
        "type": change.type,
        "v": 1,
        "kind": thing.kind,
        "id": thing.value.id,
        "version": thing.value.version,
        "at": tx.at,
        "actor": tx.principal.subject,
        "value": change.body,
    }


def _note(tx: Transaction, note: Noted) -> dict[str, Any]:
    return _deed(tx, note.action, note.kind, note.id, 0, None)


def _deed(tx: Transaction, action: str, kind: str, id_: str, version: int, value: Any) -> dict[str, Any]:
    return {
        "realm": tx.realm,
        "at": utc(tx.at),
        "actor": tx.principal.subject,
        "action": action,
        "kind": kind,
        "id": id_,
        "version": version,
        "value_hash": "" if value is None else fingerprint(value),
        "request_id": tx.request_id,
    }


async def head(tables: Ledger, connection: AsyncConnection, realm: Realm) -> int:
    """Number of the last event of a realm, 0 when there is none."""
    streams = tables.streams
    return int((await connection.execute(select(streams.c.seq).where(streams.c.realm == realm))).scalar() or 0)


async def page(
    tables: Ledger, connection: AsyncConnection, *, realm: Realm, after: int, epoch: str, limit: int = PAGE
) -> EventPage:
    """Events after a position; `gone` when the position is unknown or too far behind to be worth reading."""
    last = await head(tables, connection, realm)
    gone = after > last or last - after > FAR_BEHIND
    envelopes = [] if gone else await _after(tables, connection, realm, after, epoch, limit)
    return EventPage(stream=tables.service, epoch=epoch, events=tuple(envelopes), seq=last, gone=gone)


async def _after(
    tables: Ledger, connection: AsyncConnection, realm: Realm, after: int, epoch: str, limit: int
) -> list[Envelope]:
    rows = (await connection.execute(_reading(tables), {"realm": realm, "after": after, "most": limit})).mappings()
    return _enveloped(tables, rows, epoch)


def _enveloped(tables: Ledger, rows: Iterable[Mapping[Any, Any]], epoch: str) -> list[Envelope]:
    return [Envelope.model_validate({**row, "stream": tables.service, "epoch": epoch}) for row in rows]


@cache
def _reading(tables: Ledger) -> Select[Any]:
    events = tables.events
    later = select(events).where(events.c.realm == bindparam("realm"), events.c.seq > bindparam("after"))
    return later.order_by(events.c.seq).limit(bindparam("most"))


async def behind(tables: Ledger, connection: AsyncConnection) -> list[tuple[Realm, int, float]]:
    """Per realm: how many events are not on the stream yet, and the age in seconds of the oldest of them."""
    streams, relays, events = tables.streams, tables.relays, tables.events
    sent = func.coalesce(relays.c.seq, 0)
    joined = streams.outerjoin(relays, streams.c.realm == relays.c.realm).outerjoin(
        events, and_(events.c.realm == streams.c.realm, events.c.seq == sent + 1)
    )
    age_s = func.coalesce(func.extract("epoch", func.clock_timestamp() - events.c.recorded_at), 0)
    wanted = select(streams.c.realm, streams.c.seq - sent, age_s).select_from(joined)
    rows = (await connection.execute(wanted)).all()
    return [(realm, int(count), max(0.0, float(age))) for realm, count, age in rows]


def end_if_cancelled() -> None:
    """Raises a cancellation again that the Redis client swallowed, as it may when an answer arrives just then."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def relay(tables: Ledger, engine: AsyncEngine, redis: Redis, wake: asyncio.Event) -> None:
    """Publishes events in order, for ever. One process leads by advisory lock; Redis may come and go."""
    while True:
        try:
            async with _session(engine) as connection:
                await _lead(tables, connection, redis, wake)
        except (*DATABASE_ERRORS, RedisError) as error:
            log.warning("relay waits: %s", type(error).__name__)
            await asyncio.sleep(0.5)


@asynccontextmanager
async def _session(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection for one leader, closed afterwards: in the pool it would keep the leader's lock for nobody.

    Each statement commits by itself: a page that is published and not marked is published again.
    """
    async with engine.connect() as connection:
        try:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")
        finally:
            await connection.invalidate()


async def _lead(tables: Ledger, connection: AsyncConnection, redis: Redis, wake: asyncio.Event) -> None:
    epoch = await installation_epoch(connection)
    lock = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
    while not (await connection.execute(lock, {"name": f"relay:{tables.service}"})).scalar():  # noqa: ASYNC110 - in PostgreSQL
        await asyncio.sleep(1)
    while True:
        end_if_cancelled()
        wake.clear()
        sent = await _publish_all(tables, connection, redis, epoch)
        if not sent:
            await _pause(wake, 0.25)
        elif sent < PAGE:
            await asyncio.sleep(REST_S)


async def _pause(wake: asyncio.Event, seconds: float) -> None:
    """Waits for either. Not `wait_for`: up to Python 3.11 that loses a cancellation which comes with the wake-up."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake.wait()


async def _publish_all(tables: Ledger, connection: AsyncConnection, redis: Redis, epoch: str) -> int:
    """Publishes one page of every realm that is behind; returns how many events were sent."""
    rows = (await connection.execute(_unsent(tables), {"most": PAGE})).mappings()
    envelopes = _enveloped(tables, rows, epoch)
    for realm, those in groupby(envelopes, key=attrgetter("realm")):
        told = list(those)
        await _xadd(redis, stream_key(epoch, realm, tables.service), told)
        reach(PUBLISHED)
        await connection.execute(_marking(tables), {"realm": realm, "seq": told[-1].seq})
    return len(envelopes)


@cache
def _unsent(tables: Ledger) -> Select[Any]:
    """A page of events of every realm that is behind; lateral, so that only those realms' events are looked at."""
    streams, relays, events = tables.streams, tables.relays, tables.events
    sent = func.coalesce(relays.c.seq, 0)
    later = select(events).where(events.c.realm == streams.c.realm, events.c.seq > sent)
    later_page = later.order_by(events.c.seq).limit(bindparam("most")).lateral()
    joined = streams.outerjoin(relays, streams.c.realm == relays.c.realm).join(later_page, true())
    return (
        select(later_page)
        .select_from(joined)
        .where(streams.c.seq > sent)
        .order_by(later_page.c.realm, later_page.c.seq)
    )


@cache
def _marking(tables: Ledger) -> Insert:
    mark = insert(tables.relays)
    return mark.on_conflict_do_update(index_elements=["realm"], set_={"seq": mark.excluded.seq})


async def _xadd(redis: Redis, key: str, envelopes: Sequence[Envelope]) -> None:
    async with redis.pipeline(transaction=False) as pipe:
        for envelope in envelopes:
            fields: dict[Any, Any] = {"e": envelope.model_dump_json()}
            pipe.xadd(key, fields, id=f"{envelope.seq}-0", maxlen=STREAM_LENGTH, approximate=True)
        replies = await pipe.execute(raise_on_error=False)
    for envelope, reply in zip(envelopes, replies, strict=True):
        if isinstance(reply, ResponseError):
            await _refuse_unless_held(redis, key, envelope.seq, reply)
        elif isinstance(reply, Exception):
            raise reply


async def _refuse_unless_held(redis: Redis, key: str, seq: int, refusal: ResponseError) -> None:
    """Redis refuses an equal id and a smaller one alike; only an id that it holds was published before.

    An id below a trimmed head counts as published too: the stream has moved past it.
    """
    if await redis.xrange(key, f"{seq}-0", f"{seq}-0"):
        return
    first = await redis.xrange(key, count=1)
    if first and seq < entry_seq(first[0][0]):
        return
    raise refusal


def entry_seq(entry_id: Any) -> int:
    """Event number of a stream entry id such as b"17-0"."""
    return int(bytes(entry_id).split(b"-")[0])


def decode(fields: dict[bytes, bytes]) -> Envelope:
    """The envelope of a stream entry."""
    return Envelope.model_validate(json.loads(fields[b"e"]))
