"""The further plans of a recommendation, made after it has been answered, so that nobody waits for them."""

import logging
from datetime import timedelta

from dispatch import store
from dispatch.commands.supplies import DISPATCH
from dispatch.own import Own
from dispatch.rules.small import fitted
from dispatch.workers.jobs import AlternativesJob
from dispatch.workers.pool import WorkerAway
from kernel.contracts.assignment import Alternative, Recommendation
from kernel.running import Running

LOOK_EVERY_S = 2.0
GIVEN_UP_AFTER = timedelta(minutes=1)
log = logging.getLogger(__name__)


async def add(running: Running, own: Own) -> None:
    """Makes the plans that are due, newest recommendation first; without a worker they are tried again later."""
    while True:
        async with running.work(DISPATCH) as tx:
            queued = await store.next_queued(tx)
        if queued is None:
            return
        made, packed = queued
        try:
            plans = await own.pool.alternatives(job_of(made, packed))
        except WorkerAway as away:
            log.warning("no worker makes further plans (%s)", away)
            if running.clock.now() - made.at < GIVEN_UP_AFTER:
                return
            plans = ()
        async with running.work(DISPATCH) as tx:
            scope = await store.scope_of(tx, made.incident_id)
            await store.save(tx, "recommendation", completed(made, plans), "recommendation.completed", scope=scope)


def job_of(made: Recommendation, packed: bytes) -> AlternativesJob:
    """What a worker is asked; who goes because the commander says so is the same in every plan."""
    lines = {pick.unit_id: pick.line for pick in made.picks if pick.unit_id not in made.pinned}
    return AlternativesJob(made.incident_id, packed, lines)


def completed(made: Recommendation, plans: tuple[Alternative, ...]) -> Recommendation:
    """The recommendation with its further plans beside its own; without any it is only no longer waiting."""
    every = (*made.alternatives[:1], *plans[1:]) if plans else made.alternatives
    return fitted(
        made.model_copy(update={"alternatives": every, "alternatives_due": False, "version": made.version + 1})
    )
