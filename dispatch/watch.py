"""The clocks that nobody presses: silent units are shown and the next best offered; stock is settled."""

import time
from datetime import timedelta

from dispatch import store
from dispatch.commands import new_id
from dispatch.commands.recommend import recommend
from dispatch.commands.supplies import DISPATCH, settle
from dispatch.own import Own
from dispatch.rules.assignment import fallen_silent
from dispatch.rules.incident import ENDED
from dispatch.workers.jobs import TravelJob, UnitAt
from dispatch.workers.pool import WorkerAway
from kernel.contracts.assignment import Assignment
from kernel.contracts.base import CANARY
from kernel.contracts.incident import Incident
from kernel.database import Transaction
from kernel.running import Running

LOOK_EVERY_S = 0.5
READY_EVERY_S = 1.0
SETTLE_EVERY_S = 2.0
SWEEP_EVERY_S = 600.0
CANARY_KEPT = timedelta(hours=1)


async def look_for_silence(running: Running, own: Own) -> None:
    """Marks units that let their receipt limit pass, and offers the next best to the incidents that miss them."""
    for incident_id in await mark_silent(running):
        async with running.work(DISPATCH) as tx:
            await recommend(tx, own, incident_id)


async def mark_silent(running: Running) -> list[str]:
    """Marks every unit that has fallen silent, in one transaction; returns the incidents that miss them."""
    missing: set[str] = set()
    async with running.work(DISPATCH) as tx:
        late = [each for each in await store.list_current_assignments(tx) if fallen_silent(each, at=tx.at)]
        for each in late:
            held = await store.get(tx, "assignment", Assignment, each.id, lock=True)
            if fallen_silent(held, at=tx.at):
                await _mark(tx, held)
                missing.add(held.incident_id)
    return sorted(missing)


async def _mark(tx: Transaction, held: Assignment) -> None:
    marked = held.model_copy(update={"silent": True, "version": held.version + 1})
    scope = await store.scope_of(tx, held.incident_id)
    await store.save(tx, "assignment", marked, "assignment.silent", scope=scope)
    await store.log(tx, held.incident_id, new_id("log"), "silent", scope, unit_id=held.unit_id)


async def settle_stock(running: Running, own: Own) -> None:
    """Settles supply orders with the register; what it refuses is solved again and told."""
    for incident_id in await settle(running):
        async with running.work(DISPATCH) as tx:
            incident = await store.get(tx, "incident", Incident, incident_id)
            if incident.status not in ENDED:
                await recommend(tx, own, incident_id)


async def sweep_canary(running: Running) -> None:
    """Keeps the canary's realm short."""
    async with running.work(DISPATCH, realm=CANARY) as tx:
        await store.sweep_canary(tx, CANARY_KEPT)


async def keep_ready(running: Running, own: Own) -> None:
    """A worker that has just started, or does not know the units yet, learns the map for them before anybody asks."""
    units = tuple(own.copies.units.values())
    try:
        own.worker = await own.pool.about()
        own.worker_heard_at = time.monotonic()
        mark = (own.worker.pid, len(units))
        if units and mark != own.ready:
            standing = tuple(UnitAt(unit, unit.at) for unit in units)
            await own.pool.prepare(TravelJob(to=units[0].at, units=standing, at=running.clock.now()))
            own.ready = mark
    except WorkerAway:
        own.ready = None
