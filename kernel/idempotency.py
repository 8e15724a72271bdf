"""Idempotency-Key (IETF draft 07): the same key from the same subject is one effect and one reply."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    ColumnElement,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from kernel.database import Transaction
from kernel.errors import Invalid

MAX_KEY = 255


@dataclass(frozen=True)
class Reply:
    """A reply as it was sent."""

    status: int
    body: bytes


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
        Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    )


def request_fingerprint(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same request."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


async def claim(table: Table, tx: Transaction, key: str, fingerprint: str) -> Reply | None:
    """Takes the key, waiting for a twin in flight. Returns the earlier reply if there is one.

    Raises Invalid `key_reused` when the key came before with another request.
    """
    row = {"subject": tx.principal.subject, "key": key, "fingerprint": fingerprint}
    taken = await tx.execute(insert(table).values(row).on_conflict_do_nothing().returning(table.c.key))
    if taken.first() is not None:
        return None
    before = (await tx.execute(select(table).where(*_same(table, tx, key)))).one()
    if before.fingerprint != fingerprint:
        raise Invalid("key_reused", "This Idempotency-Key was used before for another request.")
    return Reply(before.status, before.body)


async def keep(table: Table, tx: Transaction, key: str, reply: Reply) -> None:
    """Stores the reply in the transaction of its effect."""
    await tx.execute(update(table).where(*_same(table, tx, key)).values(status=reply.status, body=reply.body))


def _same(table: Table, tx: Transaction, key: str) -> tuple[ColumnElement[bool], ...]:
    return (table.c.subject == tx.principal.subject, table.c.key == key)
