"""What follows a recommendation once it has been answered, so that nobody waits: further plans, shadow prices."""

import logging
from datetime import timedelta

from dispatch import store
from dispatch.commands.supplies import DISPATCH
from dispatch.own import Own
from dispatch.rules.small import fitted
from dispatch.store import recommendations
from dispatch.workers.jobs import Further, FurtherJob
from dispatch.workers.pool import WorkerAway
from kernel.contracts.recommendation import Recommendation
from kernel.database import Transaction
from kernel.running import Running

LOOK_EVERY_S = 2.0
GIVEN_UP_AFTER = timedelta(minutes=1)
log = logging.getLogger(__name__)


async def add(running: Running, own: Own) -> None:
    """Makes the plans that are due, newest recommendation first; without a worker they are tried again later."""
    while True:
        async with running.work(DISPATCH) as tx:
            queued = await _next(tx)
        if queued is None:
            return
        made, packed = queued
        try:
            further = await own.pool.further(job_of(made, packed))
        except WorkerAway as away:
            log.warning("no worker makes further plans (%s)", away)
            if running.clock.now() - made.at < GIVEN_UP_AFTER:
                return
            further = Further()
        async with running.work(DISPATCH) as tx:
            scope = await store.scope_of(tx, made.incident_id)
            await store.save(tx, "recommendation", completed(made, further), "recommendation.completed", scope=scope)


async def _next(tx: Transaction) -> tuple[Recommendation, bytes] | None:
    """The newest that waits, with its problem. Older ones of its incident wait no longer: nobody looks at them."""
    queued = await recommendations.next_queued(tx)
    if queued is not None:
        newest, _ = queued
        scope = await store.scope_of(tx, newest.incident_id)
        for each in await recommendations.list_queued(tx, newest.incident_id):
            if each.at < newest.at:
                await store.save(tx, "recommendation", overtaken(each), "recommendation.overtaken", scope=scope)
    return queued


def overtaken(made: Recommendation) -> Recommendation:
    """The recommendation as one that a newer one has replaced before its further plans were made."""
    update = {"alternatives_due": False, "overtaken": True, "version": made.version + 1}
    return fitted(made.model_copy(update=update))


def job_of(made: Recommendation, packed: bytes) -> FurtherJob:
    """What a worker is asked; who goes because the commander says so is the same in every plan."""
    lines = {pick.unit_id: pick.line for pick in made.picks if pick.unit_id not in made.pinned}
    return FurtherJob(made.incident_id, packed, lines)


def completed(made: Recommendation, further: Further) -> Recommendation:
    """The recommendation with what follows it; where no plans were made it is only no longer waiting."""
    update = {
        "alternatives": (*made.alternatives[:1], *further.plans[1:]) if further.plans else made.alternatives,
        "alternatives_due": False,
        "one_more": further.one_more,
        "totals_short": further.totals_short,
        "version": made.version + 1,
    }
    return fitted(made.model_copy(update=update))
