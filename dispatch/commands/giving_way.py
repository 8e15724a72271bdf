"""An order to an incident ends the move-ups of its units, in the same transaction."""

from collections.abc import Sequence

from dispatch.rules.move_up_order import given_way
from dispatch.store import move_up_orders, save
from kernel.database import Transaction


async def give_way(tx: Transaction, unit_ids: Sequence[str], incident_id: str) -> None:
    """Ends what moves these units up, and keeps them from being moved up before the order is committed."""
    await move_up_orders.take_turns(tx, unit_ids)
    for before in await move_up_orders.list_active_of(tx, unit_ids):
        after = given_way(before, incident_id, at=tx.at)
        scope = await move_up_orders.scope_of(tx, before.id)
        await save(tx, move_up_orders.KIND, after, "move_up.ended", scope=scope)
