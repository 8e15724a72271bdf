"""Ordered move-ups, the one that is active for each unit, and whose turn it is where two decide about one unit."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import DateTime, select, text
from sqlalchemy.exc import IntegrityError

from dispatch import tables
from dispatch.store import list_of, save
from kernel.contracts.move_up_order import MoveUpOrder
from kernel.contracts.vocabulary import MoveUpEnd
from kernel.database import Transaction
from kernel.errors import Conflict

KIND = "move_up_order"
# Assignments and move-ups each have an index of their own; between the two tables only a lock of the unit decides.
_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended(each, 0)) FROM unnest(cast(:names AS text[])) AS each")


async def list_active(tx: Transaction) -> list[MoveUpOrder]:
    """The move-ups that are not over, by id."""
    return await list_of(tx, KIND, MoveUpOrder, tables.move_up_orders.c.active)


async def active_by_unit(tx: Transaction) -> dict[str, MoveUpOrder]:
    """The same by unit."""
    return {each.unit_id: each for each in await list_active(tx)}


async def find_given_way(tx: Transaction, unit_id: str, at: datetime) -> MoveUpOrder | None:
    """The move-up of a unit that an order to an incident ended at this instant."""
    held = tables.move_up_orders.c
    ended_at = held.body["ended_at"].astext.cast(DateTime(timezone=True))
    then = (held.unit_id == unit_id, held.body["end"].astext == MoveUpEnd.DISPATCHED, ended_at == at)
    return next(iter(await list_of(tx, KIND, MoveUpOrder, *then)), None)


async def take_turns(tx: Transaction, unit_ids: Iterable[str]) -> None:
    """Waits until nobody else decides about these units, and keeps it so until the end of the transaction."""
    names = [f"dispatch unit {tx.realm} {unit_id}" for unit_id in sorted(unit_ids)]
    if names:
        await tx.execute(_TURNS, {"names": names})


async def list_active_of(tx: Transaction, unit_ids: Iterable[str]) -> list[MoveUpOrder]:
    """The active move-ups of these units, by id, locked for the transaction."""
    held = tables.move_up_orders.c
    return await list_of(tx, KIND, MoveUpOrder, held.active, held.unit_id.in_(sorted(unit_ids)), lock=True)


async def begin(tx: Transaction, order: MoveUpOrder, scope: str) -> None:
    """Saves a new move-up. Raises Conflict `unit_moved` where the unit has an active one."""
    try:
        async with tx.savepoint():
            await save(tx, KIND, order, "move_up.ordered", scope=scope)
    except IntegrityError as error:
        if "one_active_move_up" not in str(error.orig):
            raise
        raise moved_already(order.unit_id) from error


def moved_already(unit_id: str) -> Conflict:
    """The refusal of a unit that is under a move-up."""
    return Conflict("unit_moved", "This unit is moved up already. Recall it first.", unit_id=unit_id)


async def scope_of(tx: Transaction, order_id: str) -> str:
    """The scope in which a move-up is published."""
    held = tables.move_up_orders
    found = await tx.execute(select(held.c.scope).where(held.c.realm == tx.realm, held.c.id == order_id))
    return str(found.scalar() or "|open")
