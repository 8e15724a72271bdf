"""The clocks that nobody presses: silent units are shown and the next best offered; stock is settled."""

import asyncio
import logging

from dispatch import store
from dispatch.commands import new_id
from dispatch.commands.recommend import recommend
from dispatch.commands.supplies import DISPATCH, settle
from dispatch.own import Own
from dispatch.rules.assignment import fallen_silent
from kernel.contracts.assignment import Assignment
from kernel.running import Running

LOOK_EVERY_S = 0.5
SETTLE_EVERY_S = 5.0
log = logging.getLogger(__name__)


async def watch_receipts(running: Running, own: Own) -> None:
    """Marks units that let their receipt limit pass and offers the next best, for ever."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        try:
            for incident_id in await mark_silent(running):
                async with running.work(DISPATCH) as tx:
                    await recommend(tx, own, incident_id)
        except Exception:
            log.exception("receipts could not be watched; trying again")
            await asyncio.sleep(1)


async def mark_silent(running: Running) -> list[str]:
    """Marks every unit that has fallen silent, in one transaction; returns the incidents that miss them."""
    missing: set[str] = set()
    async with running.work(DISPATCH) as tx:
        late = [each for each in await store.list_current_assignments(tx) if fallen_silent(each, at=tx.at)]
        for each in late:
            held = await store.get(tx, "assignment", Assignment, each.id, lock=True)
            if not fallen_silent(held, at=tx.at):
                continue
            marked = held.model_copy(update={"silent": True, "version": held.version + 1})
            scope = await store.scope_of(tx, held.incident_id)
            await store.save(tx, "assignment", marked, "assignment.silent", scope=scope)
            await store.log(tx, held.incident_id, new_id("log"), "silent", scope, unit_id=held.unit_id)
            missing.add(held.incident_id)
    return sorted(missing)


async def settle_supplies(running: Running, own: Own) -> None:
    """Settles supply orders with the register as soon as there are any, and again while it is away."""
    while True:
        own.settle.clear()
        try:
            left = await settle(running)
        except Exception:
            log.exception("supply orders could not be settled; trying again")
            left = 1
        try:
            await asyncio.wait_for(own.settle.wait(), 1.0 if left else SETTLE_EVERY_S)
        except TimeoutError:
            continue
