"""Keeps the city's coverage: who is free, what the worker knows of the roads, the figure, and its event on a change.

Trees grow in the background worker; the figure itself is a minimum over a small table and is made here, so that it
needs no worker once the table is known. It is looked at once a second and published only when it differs.
`covering.trouble` says which of the codes below stands against it.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from dispatch import store
from dispatch.commands.policy import in_force
from dispatch.commands.supplies import DISPATCH
from dispatch.covering import PREPARING, Covering, Wanted
from dispatch.optimizer.problem import Zone
from dispatch.own import Own
from dispatch.rules import coverage as rules
from dispatch.rules.aid import is_asked, lenders
from dispatch.rules.move_up_order import station_of
from dispatch.store.move_up_orders import list_active
from dispatch.workers.jobs import NOT_ZONED, Cover, CoverJob, Zoning
from dispatch.workers.pool import WorkerAway
from kernel.contracts.assignment import Closure
from kernel.contracts.coverage import Coverage, CoverageNow, CoverageZone, CoverageZones
from kernel.contracts.vocabulary import MicroStationKind, StationClass
from kernel.database import Transaction
from kernel.running import Running

LOOK_EVERY_S = 1.0
LEARN_EVERY_S = 0.5
LATE_LOOK_S = 5.0
FIRE_STATIONS = frozenset({StationClass.SPECIAL, StationClass.FIRST, StationClass.SECOND})
WORKER_AWAY, OLD_ROADS, NO_ROADS, NO_ENGINES = "worker_away", "coverage_old_roads", "roads_away", "coverage_no_engines"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def keep(running: Running, own: Own) -> None:
    """One look: what stands ready, on which roads, and the event if the figure is another one now."""
    covering = own.covering
    async with running.work(DISPATCH) as tx:
        away, closures, at = await store.list_away_units(tx), await store.list_closures(tx), tx.at
        moved = {each.unit_id: station_of(each) for each in await list_active(tx)}
        lent = lenders(own.copies.organisations.values(), await in_force(tx))
    if (covering.copies_version, covering.lenders) != (own.copies.version, lent):
        _learn_engines(own, lent)
    covering.wanted = _wanted(own, _in_force(closures, at))
    _judge(own)
    counted = (away, moved, covering.copies_version, covering.lenders, covering.ground, covering.trouble)
    if counted != covering.counted:
        async with running.work(DISPATCH) as tx:
            published = await _publish(tx, _figure(covering, away, moved, at))
        covering.latest, covering.counted = published, counted  # only what is committed is shown
    covering.looked_at = time.monotonic()


async def learn(running: Running, own: Own) -> None:
    """Asks the worker where the roads or the stations have changed; the figure is looked at meanwhile, on the old."""
    covering, wanted = own.covering, own.covering.wanted
    if wanted is None or (_is_known(own) and not _lacks_ways(covering)):
        return
    try:
        cover = await own.pool.cover(replace(wanted.job, at=running.clock.now()))
    except WorkerAway:
        covering.worker_away = True
        return
    covering.worker_away = False
    if cover.missing:
        return
    covering.made_for, covering.map_version = wanted, cover.map_version
    if cover.names:
        _lay(covering, cover, wanted)
    else:
        _forget(covering)
    _judge(own)


def _learn_engines(own: Own, lent: frozenset[str]) -> None:
    """Reads the copies anew: our own first engines by station, and what the worker is to be asked."""
    covering, copies = own.covering, own.copies
    covering.copies_version, covering.lenders = copies.version, lent
    ours = (unit for unit in copies.units.values() if not is_asked(unit, lent))
    covering.stations = rules.first_engines(ours, copies.force_table)
    covering.engines = frozenset(unit.id for units in covering.stations.values() for unit in units)
    homes = covering.stations.items()
    fire = (each for _, each in sorted(copies.stations.items()) if each.station_class in FIRE_STATIONS)
    keys = (each for _, each in sorted(copies.micro_stations.items()) if each.kind is MicroStationKind.KEY_UNIT)
    job = CoverJob(
        places=tuple(copies.stations[name].at if name in copies.stations else units[0].at for name, units in homes),
        stations=tuple(each.at for each in fire),
        areas=tuple(each.rings for _, each in sorted(copies.areas.items())),
        key_places=tuple(each.at for each in keys),
        closures=(),
        at=LONG_AGO,
    )
    covering.learned = Wanted(job, tuple((name, rules.turnout_s(units)) for name, units in homes))


def _in_force(closures: Iterable[Closure], at: datetime) -> tuple[Closure, ...]:
    """By id. Closures come into force by time alone, too, so they are asked about at every look."""
    now = [each for each in closures if each.valid_from <= at and (each.valid_to is None or at < each.valid_to)]
    return tuple(sorted(now, key=lambda each: each.id))


def _wanted(own: Own, closures: tuple[Closure, ...]) -> Wanted | None:
    """What the figure should be counted on now; nothing while no first engine is known."""
    learned = own.covering.learned
    if learned is None or not learned.homes:
        return None
    return replace(learned, job=replace(learned.job, closures=closures))


def _is_known(own: Own) -> bool:
    """Whether the ground is the one that is wanted, on the map by which units are sent."""
    covering = own.covering
    same_map = own.worker is None or own.worker.map_version == covering.map_version
    return covering.wanted == covering.made_for and same_map


def _lacks_ways(covering: Covering) -> bool:
    """Whether the ways between the stations are still to come; the figure does not wait for them."""
    return covering.ground is not None and covering.ground.between_s is None


def _judge(own: Own) -> None:
    """What stands against the figure. Old seconds are kept while new ones are made, and said to be old."""
    covering = own.covering
    if covering.wanted is None:
        covering.made_for, covering.trouble = None, (NO_ENGINES,)
        _forget(covering)
    elif covering.ground:
        covering.trouble = () if _is_known(own) else (OLD_ROADS,)
    elif covering.wanted == covering.made_for:
        covering.trouble = (NO_ROADS,)
    else:
        covering.trouble = (WORKER_AWAY,) if covering.worker_away else (PREPARING,)


def _forget(covering: Covering) -> None:
    covering.ground, covering.zones, covering.zoning = None, CoverageZones(), NOT_ZONED


def _lay(covering: Covering, cover: Cover, wanted: Wanted) -> None:
    """The ground of a complete answer, the zones as screens get them and as the optimizer does."""
    homes = zip(wanted.homes, wanted.job.places, strict=True)
    ground = rules.Ground(
        zones_version=cover.zones_version,
        map_version=cover.map_version,
        closures_version=cover.closures_version,
        names=cover.names,
        risk=rules.in_parts(cover.risk_m),
        due_s={name: cover.seconds[place] + turnout_s for (name, turnout_s), place in homes},
        between_s=cover.between_s,
    )
    covering.ground = ground
    covering.zones = _drawn(cover, ground)
    covering.zoning = Zoning(tuple(Zone(*each) for each in rules.merged(ground, rules.LIMITS_S[0])))


def _drawn(cover: Cover, ground: rules.Ground) -> CoverageZones:
    boxes = [(box[0], box[1], box[2], box[3]) for box in cover.boxes.round(6).tolist()]
    risks = ground.risk.tolist()
    whole_m = float(cover.risk_m.sum()) + cover.left_out_m
    return CoverageZones(
        zones_version=cover.zones_version,
        map_version=cover.map_version,
        zones=tuple(
            CoverageZone(id=name, box=box, risk=risk) for name, box, risk in zip(cover.names, boxes, risks, strict=True)
        ),
        left_out=round(cover.left_out_m / whole_m * rules.WHOLE) if whole_m else 0,
    )


def _figure(covering: Covering, away: frozenset[str], moved: Mapping[str, str | None], at: datetime) -> Coverage:
    if covering.ground is None:
        return Coverage(id=rules.CITY, at=at, degraded=covering.trouble)
    free = {name: len(ids) for name, ids in rules.free_engines(covering.stations, away, moved).items()}
    engines = {name: len(units) for name, units in covering.stations.items()}
    made = rules.coverage_of(covering.ground, free, engines, at=at)
    return made.model_copy(update={"degraded": covering.trouble})


def _says(coverage: Coverage) -> Coverage:
    """What it says, whenever and for which time it was said."""
    return coverage.model_copy(update={"version": 1, "at": LONG_AGO})


async def _publish(tx: Transaction, made: Coverage) -> Coverage | None:
    """The figure that now stands in the picture; without a figure nothing is said where nothing stood before."""
    held = await store.find(tx, "coverage", Coverage, made.id, lock=True)
    if held is None and not made.within:
        return None
    if held is not None and _says(held) == _says(made):
        return held
    after = made if held is None else made.model_copy(update={"version": held.version + 1})
    await store.save(tx, "coverage", after, "coverage.changed")
    return after


def now(own: Own) -> CoverageNow:
    """The last figure with its age and what stands against it."""
    covering = own.covering
    looked_s = None if covering.looked_at is None else round(time.monotonic() - covering.looked_at, 1)
    late = ["coverage_late"] if looked_s is None or looked_s > LATE_LOOK_S else []
    ages_s, degraded = against(own)
    stale = degraded[len(covering.trouble) :]
    return CoverageNow(
        coverage=covering.latest,
        looked_s=looked_s,
        ages_s=ages_s,
        degraded=(*covering.trouble, *late, *stale),
    )


def against(own: Own) -> tuple[dict[str, float], tuple[str, ...]]:
    """Ages of the copies in seconds, and what stands against whatever is counted on the ground now."""
    ages_s = {name: round(age, 1) for name, age in own.copies.ages_s().items()}
    return ages_s, (*own.covering.trouble, *own.copies.stale())


def zones(own: Own) -> CoverageZones:
    """The zones, or why there are none."""
    held = own.covering.zones
    return held if held.zones else held.model_copy(update={"degraded": own.covering.trouble})
