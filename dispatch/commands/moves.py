"""Move-ups of this moment and trials of one move: read the situation, let the background worker solve, say it."""

from dataclasses import dataclass
from datetime import datetime

from dispatch import optimizer, store
from dispatch.commands.coverage import against
from dispatch.commands.planning import ready
from dispatch.commands.registered import get_station, get_unit
from dispatch.commands.supplies import DISPATCH
from dispatch.own import Own
from dispatch.rules import moves as rules
from dispatch.rules.coverage import Ground
from dispatch.store.move_up_orders import list_active
from dispatch.workers.planning import MoveJob, TrialJob
from dispatch.workers.pool import WorkerAway
from kernel.contracts.moves import MoveTrial, MoveTrialForm, MoveUps
from kernel.errors import Conflict, Unavailable
from kernel.running import Running


@dataclass(frozen=True)
class Stand:
    """Who stands ready where at a moment, and which stations are empty, in the order in which they became so."""

    at: datetime
    ground: Ground
    ready: rules.Ready
    empty: tuple[str, ...]
    asked: optimizer.Ground


async def propose(running: Running, own: Own) -> MoveUps:
    """The best move-ups; asked again while nothing has changed, the same answer with its own time and ages.

    Raises Unavailable while coverage is not ready or the background worker does not answer.
    """
    stand = await _stand(running, own)
    of = (stand.ground, stand.ready, stand.empty)
    planning = own.planning
    async with planning.asking:  # several desks ask at once, and one solve serves them all
        if planning.moves is None or planning.moves_of != of:
            try:
                found = await own.pool.moves(MoveJob(stand.asked, rules.RULES))
            except WorkerAway as away:
                raise _away() from away
            planning.moves, planning.moves_of = _said(stand, found), of
        made = planning.moves
    ages_s, degraded = against(own)
    return made.model_copy(update={"at": stand.at, "ages_s": ages_s, "degraded": (*degraded, *made.degraded)})


async def try_move(running: Running, own: Own, form: MoveTrialForm) -> MoveTrial:
    """One move before and after, whether it is allowed or not; nothing is done.

    Raises NotFound `unit_unknown`, `station_unknown`; Conflict `unit_not_ready`, `station_not_covering`; Unavailable.
    """
    unit, station = get_unit(own, form.unit_id), get_station(own, form.to_station_id)
    stand = await _stand(running, own)
    if not any(unit.id in units for units in stand.ready.free.values()):
        raise Conflict("unit_not_ready", f"{unit.name} does not stand ready as a first engine.", unit_id=unit.id)
    if station.id not in stand.ground.due_s:
        text = "No first engine belongs to this station, so its zones are not known."
        raise Conflict("station_not_covering", text, station_id=station.id)
    try:
        tried = await own.pool.trial(TrialJob(stand.asked, rules.RULES, unit.id, station.id))
    except WorkerAway as away:
        raise _away() from away
    ages_s, degraded = against(own)
    return MoveTrial(
        at=stand.at,
        zones_version=stand.ground.zones_version,
        map_version=stand.ground.map_version,
        closures_version=stand.ground.closures_version,
        move=rules.told(tried.move),
        before=rules.reached(tried.before.within_ppm),
        after=rules.reached(tried.after.within_ppm),
        breaks=tried.breaks,
        ages_s=ages_s,
        degraded=degraded,
    )


async def _stand(running: Running, own: Own) -> Stand:
    ground, _ = ready(own)
    if ground.between_s is None:
        raise Unavailable("coverage_not_ready", "The road trees of the stations still grow. Try again in a moment.")
    async with running.work(DISPATCH) as tx:
        held, moved, at = await store.list_current_assignments(tx), await list_active(tx), tx.at
    sent_at = {each.unit_id: each.dispatched_at for each in held}
    engines = {place: own.covering.stations.get(place, ()) for place in ground.due_s}
    stand = rules.ready_of(engines, sent_at, moved)
    empty = rules.emptied(engines, stand.free, sent_at, stand.bound)
    return Stand(at, ground, stand, empty, rules.asked_of(ground, engines, stand.free, empty, stand.bound))


def _said(stand: Stand, found: optimizer.MoveUp) -> MoveUps:
    return MoveUps(
        at=stand.at,
        zones_version=stand.ground.zones_version,
        map_version=stand.ground.map_version,
        closures_version=stand.ground.closures_version,
        emptied=stand.empty,
        before=rules.reached(found.before.within_ppm),
        proposal=rules.set_of(found.proposal),
        rule=rules.set_of(found.rule),
        source=found.source,
        proved=found.proved,
        gap_pct=found.gap_ppm / rules.PPM_PER_PCT,
        limits=rules.LIMITS,
        guard_fired=found.guard_fired,
        ages_s={},
        degraded=("solver_failed",) if found.failure else (),
    )


def _away() -> Unavailable:
    return Unavailable("solver_away", "The solver does not answer. Try again in a moment.")
