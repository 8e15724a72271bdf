"""What no worker planned in time is planned as soon as one answers: the labelled answer is followed by a proved one."""

from dispatch import store
from dispatch.commands.recommend import recommend
from dispatch.commands.supplies import DISPATCH
from dispatch.own import Own
from dispatch.rules.incident import ENDED
from dispatch.store import recommendations
from dispatch.workers.nearest import SOLVER_AWAY
from dispatch.workers.pool import WorkerAway
from kernel.contracts.base import Realm
from kernel.contracts.incident import Incident
from kernel.contracts.recommendation import AdviceForm
from kernel.errors import Refusal
from kernel.running import Running

LOOK_EVERY_S = 1.0


async def recall(running: Running, own: Own) -> None:
    """What was owed before a restart: open incidents whose newest recommendation was made without a worker."""
    async with running.work(DISPATCH) as tx:
        for made in await recommendations.list_newest(tx):
            if SOLVER_AWAY in made.degraded:
                own.owe(made.incident_id, tx.realm, AdviceForm(pinned=made.pinned, forbidden=made.forbidden))


async def pay(running: Running, own: Own) -> None:
    """Asks again for every incident that was answered without a worker; the rest later where there is still none."""
    for incident_id, (realm, choices) in tuple(own.owed.items()):
        try:
            await _again(running, own, realm, incident_id, choices)
        except WorkerAway:
            return
        except Refusal:  # it is over, was never kept, or what the commander chose is no longer possible
            own.owed.pop(incident_id, None)


async def _again(running: Running, own: Own, realm: Realm, incident_id: str, choices: AdviceForm) -> None:
    async with running.work(DISPATCH, realm=realm) as tx:
        incident = await store.get(tx, "incident", Incident, incident_id)
        if incident.status in ENDED:
            own.owed.pop(incident_id, None)
        else:
            await recommend(tx, own, incident_id, choices, patient=True)
