"""Asking who should go, storing the answer with its input, and why a unit does not go."""

import asyncio
import logging
import time
import zlib
from dataclasses import replace
from functools import partial

from dispatch import store
from dispatch.commands import new_id
from dispatch.commands.lending import refuse_unpromised, terms
from dispatch.commands.registered import get_serving_unit
from dispatch.commands.situation import question
from dispatch.optimizer.asjson import restated, write
from dispatch.own import Own
from dispatch.rules.aid import Lending
from dispatch.rules.incident import refuse_ended
from dispatch.rules.small import fitted
from dispatch.store import recommendations
from dispatch.workers.jobs import NO_CHOICES, Answer, RecommendJob, WhyJob
from dispatch.workers.nearest import SOLVER_AWAY, nearest_answer
from dispatch.workers.pool import WorkerAway
from kernel.contracts.base import CANARY
from kernel.contracts.incident import Incident
from kernel.contracts.recommendation import AdviceForm, Recommendation, WhyNot
from kernel.database import Transaction
from kernel.errors import Invalid, NotFound, Unavailable

log = logging.getLogger(__name__)


async def recommend(
    tx: Transaction, own: Own, incident_id: str, choices: AdviceForm = NO_CHOICES, *, patient: bool = False
) -> Recommendation:
    """A recommendation for an incident round the commander's own choices, stored with the hash of its input.

    Raises NotFound `unit_unknown`, Conflict `unit_out_of_service`, `by_request`, Invalid `pinned_and_forbidden`;
    WorkerAway where it is `patient`, that is where a labelled answer was given already.
    """
    started = time.perf_counter()
    incident = await store.get(tx, "incident", Incident, incident_id)
    refuse_ended(incident)
    given = await terms(tx, own)
    _refuse_impossible(own, given.held, incident_id, choices)
    job = replace(await question(tx, own, incident, given), choices=choices)
    answer = await own.pool.recommend(job, patient=True) if patient else await solve(own, job)
    _owe(tx, own, incident_id, choices, answer)
    own.recommended.observe(time.perf_counter() - started)
    made = fitted(_made(own, tx, incident, job, answer, took_ms=round((time.perf_counter() - started) * 1000)))
    tx.afterwards.append(own.further.set)
    scope = await store.scope_of(tx, incident_id)
    kept = {} if tx.realm == CANARY else recommendations.packed_problem(answer.packed)
    await store.save(tx, "recommendation", made, "recommendation.made", scope=scope, problem=kept)
    return made


async def problem(tx: Transaction, recommendation_id: str) -> str:
    """The optimizer's problem that a recommendation answers, as JSON. Raises NotFound `problem_not_kept`."""
    await store.get(tx, "recommendation", Recommendation, recommendation_id)
    packed = await recommendations.find_problem(tx, recommendation_id)
    if packed is None:
        raise NotFound("problem_not_kept", "The problem of this recommendation is not kept.")
    return write(restated(zlib.decompress(packed).decode()))


def _refuse_impossible(own: Own, held: Lending, incident_id: str, choices: AdviceForm) -> None:
    pinned = [get_serving_unit(own, unit_id) for unit_id in choices.pinned]
    refuse_unpromised(own, held, incident_id, pinned)
    both = sorted(set(choices.pinned) & set(choices.forbidden))
    if both:
        raise Invalid("pinned_and_forbidden", "A unit cannot both have to go and have to stay.", unit_id=both[0])


def _owe(tx: Transaction, own: Own, incident_id: str, choices: AdviceForm, answer: Answer) -> None:
    """Remembers who still waits for a worker's plan, once the labelled one is kept."""
    if SOLVER_AWAY in answer.degraded:
        tx.afterwards.append(partial(own.owe, incident_id, tx.realm, choices))
    else:
        own.owed.pop(incident_id, None)


async def solve(own: Own, job: RecommendJob) -> Answer:
    """The worker's plan, or the nearest-first plan by straight line when no worker answers: never nothing."""
    try:
        return await own.pool.recommend(job)
    except WorkerAway as away:
        log.warning("no worker answers (%s): nearest first by straight line", away)
        return await asyncio.to_thread(nearest_answer, job)  # a second of work: the loop goes on serving


def _made(
    own: Own, tx: Transaction, incident: Incident, job: RecommendJob, answer: Answer, *, took_ms: int
) -> Recommendation:
    return Recommendation(
        id=new_id("rec"),
        incident_id=incident.id,
        incident_version=incident.version,
        at=tx.at,
        input_hash=answer.input_hash,
        solver=answer.solver,
        provenance=answer.provenance,
        gap=answer.gap,
        picks=answer.picks,
        first_aid=answer.first_aid,
        stock=answer.stock,
        not_used=answer.not_used,
        unmet=answer.unmet,
        road_limited=answer.road_limited,
        askable=answer.askable,
        outcome=answer.outcome,
        greedy=answer.greedy,
        alternatives=answer.alternatives,
        alternatives_due=_has_further(tx, job, answer),
        policy_version=job.policy.version,
        pinned=answer.pinned,
        forbidden=job.choices.forbidden,
        price=answer.price,
        area=answer.area,
        joint_with=answer.joint_with,
        took_ms=took_ms,
        map_version=answer.map_version,
        closures_version=answer.closures_version,
        degraded=(*answer.degraded, *own.copies.stale()),
    )


def _has_further(tx: Transaction, job: RecommendJob, answer: Answer) -> bool:
    return tx.realm != CANARY and len(job.policy.styles) > 1 and SOLVER_AWAY not in answer.degraded


async def why_not(tx: Transaction, own: Own, recommendation_id: str, unit_id: str) -> WhyNot:
    """Why a unit is not in a recommendation, on the situation of now."""
    made = await store.get(tx, "recommendation", Recommendation, recommendation_id)
    incident = await store.get(tx, "incident", Incident, made.incident_id)
    choices = AdviceForm(pinned=made.pinned, forbidden=made.forbidden)
    job = replace(await question(tx, own, incident), choices=choices)
    try:
        return WhyNot(unit_id=unit_id, why=await own.pool.why_not(WhyJob(job, unit_id)))
    except WorkerAway as away:
        raise Unavailable("solver_away", "The solver does not answer. Try again in a moment.") from away
