"""What the API process answers by itself when no worker does: nearest first by straight line, and labelled so."""

from dispatch import optimizer
from dispatch.workers.answer import answer_of
from dispatch.workers.asked import asked_of
from dispatch.workers.jobs import Answer, RecommendJob, RouteJob, Travel, TravelJob
from dispatch.workers.problem import problem_of
from dispatch.workers.travel import Leg, Roads, mover_of, straight, truck_at
from kernel.contracts.assignment import Route
from kernel.contracts.recommendation import Pick
from kernel.contracts.vocabulary import TravelMethod

SOLVER_AWAY = "solver_away"
DEGRADED = (SOLVER_AWAY, "roads_away")


def nearest_answer(job: RecommendJob) -> Answer:
    """The greedy plan on straight-line estimates: milliseconds, never nothing, never shown as proved."""
    problem = problem_of(job, Roads(None))
    asked = asked_of(problem, job, optimizer.recommend_greedy)
    return answer_of(asked, job.incident_id, map_version="none", closures_version="none", degraded=DEGRADED)


def nearest_travel(job: TravelJob) -> Travel:
    """Straight-line estimates of units to a point."""
    return travel_of(job, Roads(None))


def straight_route(job: RouteJob) -> Route:
    """A straight line, marked as an estimate."""
    mover = mover_of(job.unit, job.start) if job.unit else truck_at(job.start)
    return straight(mover, job.to)


def travel_of(job: TravelJob, roads: Roads) -> Travel:
    """Picks without a line for units, and truck seconds for stockpiles that can come."""
    closed = roads.closed(job.closures, job.at) if job.at else None
    legs = roads.legs(job.to, [mover_of(each.unit, each.at) for each in job.units], closed)
    picks = {}
    for each, leg in zip(job.units, legs, strict=True):
        turnout_s = each.unit.turnout_s if each.at == each.unit.at else 0
        picks[each.unit.id] = _pick(each.unit.id, leg, turnout_s + each.ready_s)
    trucks = roads.legs(job.to, [truck_at(pile.at) for pile in job.stockpiles], closed)
    seconds = {
        pile.id: leg.travel_s + pile.mobilise_s
        for pile, leg in zip(job.stockpiles, trucks, strict=True)
        if leg.travel_s is not None
    }
    return Travel(picks, seconds, roads.map_version)


def _pick(unit_id: str, leg: Leg, turnout_s: int) -> Pick:
    reachable = leg.travel_s is not None
    return Pick(
        unit_id=unit_id,
        line="manual",
        eta_s=(leg.travel_s or 0) + turnout_s,
        travel_s=leg.travel_s or 0,
        method=leg.method if reachable else TravelMethod.UNREACHABLE,
        flags=leg.flags,
    )
