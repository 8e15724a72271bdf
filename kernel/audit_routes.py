"""The audit log for auditors: a page of rows, whether it hangs together, and whether the chain is the signed one."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import select, text

from kernel.audit import FIRST, Head, Walk, contradicts
from kernel.contracts.base import Value
from kernel.database import Transaction
from kernel.heads import file_of, hash_at, last_head
from kernel.http import Tx, may, router, running_of
from kernel.outbox import Ledger, installation_epoch
from kernel.running import Running

PAGE = 500


class SignedHead(Value):
    """The newest signed head: how many rows there were, and when (real time)."""

    number: int
    at: str


class AuditPage(Value):
    """Rows after a number. `whole`: these rows hang on the one before them, at the end of the chain they end as its
    head does, and the row of the newest signed head is the one that was signed. `count` is the length of the chain.

    Whoever walks through all pages and finds each whole has verified the whole chain.
    """

    whole: bool
    count: int
    signed: SignedHead | None
    rows: tuple[dict[str, Any], ...]


def audit_routes(tables: Ledger) -> APIRouter:
    """`GET /audit` of a service."""
    routes = router()

    @routes.get("/audit", tags=["audit"])
    @may("audit.read")
    async def audit(tx: Tx, request: Request, after: Annotated[int, Query(ge=0, le=2**62)] = 0) -> AuditPage:
        """Up to 500 audit rows after a number, and whether they hold."""
        await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        return await _page(tables, tx, running_of(request), after)

    return routes


async def _page(tables: Ledger, tx: Transaction, running: Running, after: int) -> AuditPage:
    stream = (await tx.execute(select(tables.streams).where(tables.streams.c.realm == tx.realm))).first()
    count, ends = (0, FIRST) if stream is None else (stream.audit_count, stream.audit_head)
    before = await hash_at(tables, tx.connection, tx.realm, after) if after else FIRST
    rows = (await tx.execute(_rows(tables, tx, after))).mappings().all()
    walk = Walk(after, before or "")
    fits = before is not None and walk.take(rows) is None
    complete = len(rows) == min(PAGE, max(0, count - after))
    at_end = (walk.number, walk.hash) == (count, ends) if walk.number >= count else True
    signed = await _signed(tables, tx, running)
    as_signed = signed is None or not contradicts(
        signed, count=count, hash_at=await hash_at(tables, tx.connection, tx.realm, signed.number)
    )
    return AuditPage(
        whole=fits and complete and at_end and as_signed,
        count=count,
        signed=None if signed is None else SignedHead(number=signed.number, at=signed.at),
        rows=tuple({**row, "recorded_at": row["recorded_at"].isoformat()} for row in rows),
    )


async def _signed(tables: Ledger, tx: Transaction, running: Running) -> Head | None:
    folder = running.settings.audit_heads
    if folder is None:
        return None
    epoch = await installation_epoch(tx.connection)
    return last_head(file_of(folder, tables.service), running.settings.verify_key, realm=tx.realm, epoch=epoch)


def _rows(tables: Ledger, tx: Transaction, after: int) -> Any:
    audit = tables.audit
    return select(audit).where(audit.c.realm == tx.realm, audit.c.number > after).order_by(audit.c.number).limit(PAGE)
