"""Copies of other services' things, and how far each service has been copied."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from dispatch import tables
from kernel.database import Transaction


async def load_copies(tx: Transaction) -> list[tuple[str, Mapping[str, Any]]]:
    """All copies of other services' things, as (kind, body)."""
    copies = tables.copies
    rows = await tx.execute(select(copies.c.kind, copies.c.body).where(copies.c.realm == tx.realm))
    return [(row.kind, row.body) for row in rows]


async def find_cursor(tx: Transaction, service: str) -> tuple[str, int] | None:
    """Epoch and position up to which a service has been copied."""
    cursors = tables.copy_cursors
    wanted = select(cursors.c.epoch, cursors.c.seq).where(cursors.c.realm == tx.realm, cursors.c.service == service)
    row = (await tx.execute(wanted)).first()
    return None if row is None else (row.epoch, row.seq)


async def save_cursor(tx: Transaction, service: str, epoch: str, seq: int) -> None:
    """Remembers how far a service has been copied, in the transaction of the copies."""
    row = {"realm": tx.realm, "service": service, "epoch": epoch, "seq": seq}
    kept = insert(tables.copy_cursors).values(row)
    await tx.execute(kept.on_conflict_do_update(index_elements=["realm", "service"], set_={"epoch": epoch, "seq": seq}))


async def save_copies(tx: Transaction, things: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Keeps copies of other services' things by (kind, id)."""
    rows = [
        {"realm": tx.realm, "kind": kind, "id": body["id"], "version": body["version"], "body": body}
        for kind, body in things
    ]
    copies = tables.copies
    for start in range(0, len(rows), 1000):
        kept = insert(copies).values(rows[start : start + 1000])
        newer = {"version": kept.excluded.version, "body": kept.excluded.body}
        await tx.execute(kept.on_conflict_do_update(index_elements=["realm", "kind", "id"], set_=newer))


async def drop_copies(tx: Transaction, kinds: Sequence[str]) -> None:
    """Forgets the copies of kinds that a new snapshot replaces."""
    copies = tables.copies
    await tx.execute(copies.delete().where(copies.c.realm == tx.realm, copies.c.kind.in_(kinds)))
