"""Keeps the city's coverage: who is free, what the worker knows of the roads, the figure, and its event on a change.

Trees grow in the background worker; the figure itself is a minimum over a small table and is made here, so that it
needs no worker once the table is known. It is looked at once a second and published only when it differs.
"""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from dispatch import store
from dispatch.commands.supplies import DISPATCH
from dispatch.covering import PREPARING, Covering
from dispatch.optimizer.problem import Zone
from dispatch.own import Own
from dispatch.rules import coverage as rules
from dispatch.workers.jobs import NOT_ZONED, Cover, CoverJob, Zoning
from dispatch.workers.pool import WorkerAway
from kernel.contracts.assignment import Closure
from kernel.contracts.coverage import Coverage, CoverageNow, CoverageZone, CoverageZones
from kernel.contracts.resources import Unit
from kernel.contracts.vocabulary import MicroStationKind, StationClass
from kernel.database import Transaction
from kernel.running import Running

LOOK_EVERY_S = 1.0
STALE_S = 3.0
LATE_LOOK_S = 5.0
FIRE_STATIONS = frozenset({StationClass.SPECIAL, StationClass.FIRST, StationClass.SECOND})
WORKER_AWAY, OLD_ROADS, NO_ROADS, NO_ENGINES = "worker_away", "coverage_old_roads", "roads_away", "coverage_no_engines"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def keep(running: Running, own: Own) -> None:
    """One look: what stands ready, on which roads, and the event if the figure is another one now."""
    covering = own.covering
    if covering.copies_version != own.copies.version:
        _learn_engines(own)
    async with running.work(DISPATCH) as tx:
        away, closures, at = await store.list_away_units(tx), await store.list_closures(tx), tx.at
    await _learn_ground(own, _in_force(closures, at), at)
    made = _figure(covering, away, at)
    if covering.latest is None or _says(covering.latest) != _says(made):
        covering.latest = None
        async with running.work(DISPATCH) as tx:
            covering.latest = await _publish(tx, made)
    covering.looked_at = time.monotonic()


def _learn_engines(own: Own) -> None:
    """Reads the copies anew: first engines by station, and what the worker is to be asked."""
    covering, copies = own.covering, own.copies
    covering.copies_version = copies.version
    covering.stations = rules.first_engines(copies.units.values(), copies.force_table)
    covering.engines = frozenset(unit.id for units in covering.stations.values() for unit in units)
    places = (copies.stations[name].at if name in copies.stations else units[0].at for name, units in _homes(covering))
    fire = (each for _, each in sorted(copies.stations.items()) if each.station_class in FIRE_STATIONS)
    keys = (each for _, each in sorted(copies.micro_stations.items()) if each.kind is MicroStationKind.KEY_UNIT)
    covering.job = CoverJob(
        places=tuple(places),
        stations=tuple(each.at for each in fire),
        areas=tuple(each.rings for _, each in sorted(copies.areas.items())),
        key_places=tuple(each.at for each in keys),
        closures=(),
        at=LONG_AGO,
    )


def _homes(covering: Covering) -> list[tuple[str, tuple[Unit, ...]]]:
    return sorted(covering.stations.items())


def _in_force(closures: Iterable[Closure], at: datetime) -> tuple[Closure, ...]:
    """By id. Closures come into force by time alone, too, so they are asked about at every look."""
    now = [each for each in closures if each.valid_from <= at and (each.valid_to is None or at < each.valid_to)]
    return tuple(sorted(now, key=lambda each: each.id))


async def _learn_ground(own: Own, closures: tuple[Closure, ...], at: datetime) -> None:
    """Asks the worker where something has changed. Old seconds are kept meanwhile, and said to be old."""
    covering = own.covering
    if covering.job is None or not covering.stations:
        _forget(covering, NO_ENGINES)
        return
    turnouts = tuple(rules.turnout_s(units) for _, units in _homes(covering))
    wanted = (replace(covering.job, closures=closures), turnouts, own.worker and own.worker.map_version)
    if wanted == covering.made_for:
        return
    try:
        cover = await own.pool.cover(replace(wanted[0], at=at))
    except WorkerAway:
        covering.trouble = (OLD_ROADS,) if covering.ground else (WORKER_AWAY,)
        return
    if cover.missing:
        covering.trouble = (OLD_ROADS,) if covering.ground else (PREPARING,)
        return
    covering.made_for = wanted
    if cover.names:
        _lay(covering, cover, turnouts)
    else:
        _forget(covering, NO_ROADS)


def _forget(covering: Covering, why: str) -> None:
    covering.ground, covering.zones, covering.zoning, covering.trouble = None, CoverageZones(), NOT_ZONED, (why,)


def _lay(covering: Covering, cover: Cover, turnouts: tuple[int, ...]) -> None:
    """The ground of a complete answer, the zones as screens get them and as the optimizer does."""
    job = covering.job
    assert job is not None
    homes = zip(_homes(covering), job.places, turnouts, strict=True)
    ground = rules.Ground(
        zones_version=cover.zones_version,
        map_version=cover.map_version,
        closures_version=cover.closures_version,
        names=cover.names,
        risk=rules.in_parts(cover.risk_m),
        due_s={name: cover.seconds[place] + turnout_s for (name, _), place, turnout_s in homes},
    )
    covering.ground, covering.trouble = ground, ()
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


def _figure(covering: Covering, away: frozenset[str], at: datetime) -> Coverage:
    if covering.ground is None:
        return Coverage(id=rules.CITY, at=at, degraded=covering.trouble)
    free = {
        name: sum(unit.in_service and unit.id not in away for unit in units)
        for name, units in covering.stations.items()
    }
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
    covering, ages_s = own.covering, own.copies.ages_s()
    looked_s = None if covering.looked_at is None else round(time.monotonic() - covering.looked_at, 1)
    stale = [f"{name}_stale" for name, age in sorted(ages_s.items()) if age > STALE_S]
    late = ["coverage_late"] if looked_s is None or looked_s > LATE_LOOK_S else []
    return CoverageNow(
        coverage=covering.latest,
        looked_s=looked_s,
        ages_s={name: round(age, 1) for name, age in ages_s.items()},
        degraded=(*covering.trouble, *late, *stale),
    )


def zones(own: Own) -> CoverageZones:
    """The zones, or why there are none."""
    held = own.covering.zones
    return held if held.zones else held.model_copy(update={"degraded": own.covering.trouble})
