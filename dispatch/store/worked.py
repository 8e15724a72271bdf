"""When units were on scene of late: the one question that the rest rule asks with every recommendation."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from dispatch import tables
from dispatch.rules.rest import Span
from kernel.database import Transaction


async def list_worked(tx: Transaction, since: datetime) -> list[Span]:
    """Unit, arrival and end of every assignment that has been on scene after an instant; the end None while it is."""
    rows = await tx.execute(_worked(), {"realm": tx.realm, "since": since})
    return [(row.unit_id, row.arrived_at, row.ended_at) for row in rows]


@cache
def _worked() -> Select[Any]:
    """Built once: to build it costs more than to run it."""
    held = tables.assignments.c
    lately = or_(held.ended_at.is_(None), held.ended_at > bindparam("since"))
    return select(held.unit_id, held.arrived_at, held.ended_at).where(
        held.realm == bindparam("realm"), held.arrived_at.is_not(None), lately
    )
