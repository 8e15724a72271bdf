"""Units that the limits of roads keep away, as they are published: how many, the nearest, and the signs in its way."""

from dispatch.optimizer.plan import Limited
from dispatch.routing import Closed
from dispatch.workers.asked import Asked
from dispatch.workers.jobs import RecommendJob
from dispatch.workers.travel import Roads, mover_of
from kernel.contracts.recommendation import RoadLimited


def limited_of(asked: Asked, job: RecommendJob, roads: Roads, closed: Closed | None) -> tuple[RoadLimited, ...]:
    """The lines of the incident asked about. The signs cost a road tree per line; most answers have no such line."""
    mine = next(each for each in asked.plan.incidents if each.incident_id == job.incident_id)
    return tuple(_limited(each, job, roads, closed) for each in mine.limited)


def _limited(each: Limited, job: RecommendJob, roads: Roads, closed: Closed | None) -> RoadLimited:
    nearest = next(unit for unit in job.units if unit.unit.id == each.unit_id)
    to = next(incident.at for incident in job.incidents if incident.id == job.incident_id)
    return RoadLimited(
        line=each.line_id,
        units=each.units,
        unit_id=each.unit_id,
        would_s=each.would_s,
        eta_s=each.eta_s,
        limits=roads.limits(mover_of(nearest.unit, nearest.at), to, closed),
    )
