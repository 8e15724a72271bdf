"""Asking which units under way should turn to another incident."""

from dispatch import store
from dispatch.commands.situation import NEEDING, question
from dispatch.own import Own
from dispatch.workers.jobs import TurnsJob
from dispatch.workers.pool import WorkerAway
from kernel.contracts.turns import TurnProposal
from kernel.database import Transaction
from kernel.errors import Unavailable


async def proposal(tx: Transaction, own: Own) -> TurnProposal:
    """The turns worth an order on the situation of now. Raises Unavailable `solver_away`."""
    needing = [each for each in await store.list_open_incidents(tx) if each.status in NEEDING]
    if len(needing) < 2:
        return TurnProposal(provenance="proved")
    job = TurnsJob(await question(tx, own, needing[0]))
    try:
        return await own.pool.turns(job)
    except WorkerAway as away:
        raise Unavailable("solver_away", "The solver does not answer. Try again in a moment.") from away
