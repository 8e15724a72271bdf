"""Idempotency-Key (IETF draft 07): the same key from the same subject is one effect and one reply, for a week."""

import asyncio
import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.dml import ReturningInsert

from kernel.database import DATABASE_ERRORS, Transaction
from kernel.errors import Invalid

MAX_KEY = 255
KEPT_FOR = timedelta(days=7)  # a tablet may come back from days without a net and send again what it had sent
FORGET_AT_ONCE = 1000
FORGET_EVERY_S = 3600.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """A reply as it was sent."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Kept:
    """A reply to keep under the key of its request."""

    key: str
    reply: Reply


def idempotency_table(metadata: MetaData) -> Table:
    """The table of keys of a service's schema."""
    return Table(
        "idempotency",
        metadata,
        Column("subject", String, primary_key=True),
        Column("key", String, primary_key=True),
        Column("fingerprint", String, nullable=False),
        Column("status", Integer),
        Column("body", LargeBinary),
        Column("at", DateTime(timezone=True), nullable=False, server_default=func.now(), index=True),
    )


def request_fingerprint(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same request."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


async def claim(table: Table, tx: Transaction, key: str, fingerprint: str) -> Reply | None:
    """Takes the key, waiting for a twin in flight. Returns the earlier reply if there is one.

    Raises Invalid `key_reused` when the key came before with another request.
    """
    mine = {"subject": tx.principal.subject, "key": key}
    taken = await tx.execute(_taking(table), mine | {"fingerprint": fingerprint})
    if taken.first() is not None:
        return None
    same = (table.c.subject == mine["subject"], table.c.key == key)
    before = (await tx.execute(select(table).where(*same))).one()
    if before.fingerprint != fingerprint:
        raise Invalid("key_reused", "This Idempotency-Key was used before for another request.")
    return Reply(before.status, before.body)


@cache
def _taking(table: Table) -> ReturningInsert[Any]:
    return insert(table).on_conflict_do_nothing().returning(table.c.key)


async def keep(table: Table, tx: Transaction, kept: Kept) -> None:
    """Stores a reply in the transaction of its effect."""
    await tx.execute(text(keeping(table)), keeping_values(tx, kept))


def keeping(table: Table) -> str:
    """The statement that stores a reply; `keeping_values` are what it binds."""
    mine = "WHERE subject = :subject AND key = :key"
    return f"UPDATE {table.fullname} SET status = :status, body = cast(:body AS bytea) {mine}"  # noqa: S608 - our table


def keeping_values(tx: Transaction, kept: Kept) -> dict[str, Any]:
    """What `keeping` binds."""
    return {
        "subject": tx.principal.subject,
        "key": kept.key,
        "status": kept.reply.status,
        "body": kept.reply.body,
    }


async def stay_short(table: Table, engine: AsyncEngine) -> None:
    """Forgets old keys each hour, for ever; a database that is away is asked again an hour later."""
    while True:
        try:
            async with engine.connect() as connection:
                await forget_old(table, connection)
        except DATABASE_ERRORS as error:
            log.warning("old keys stay: %s", type(error).__name__)
        await asyncio.sleep(FORGET_EVERY_S)


async def forget_old(table: Table, connection: AsyncConnection) -> int:
    """Deletes the keys older than `KEPT_FOR`, some in each transaction; returns how many."""
    old = select(table.c.subject, table.c.key).where(table.c.at < func.now() - KEPT_FOR).limit(FORGET_AT_ONCE)
    deletion = delete(table).where(tuple_(table.c.subject, table.c.key).in_(old))
    forgotten = 0
    while gone := (await connection.execute(deletion)).rowcount:
        await connection.commit()
        forgotten += gone
    return forgotten
