"""The reach of special teams: grown in the background once somebody asks, and kept while what it depends on stays."""

import logging

from dispatch.commands.coverage import against
from dispatch.commands.planning import GroundChanged, grow, ready
from dispatch.own import Own
from dispatch.planning import Growing, ReachRun
from dispatch.rules import reach as rules
from dispatch.rules.coverage import Ground
from dispatch.workers.jobs import CoverJob, Origin
from dispatch.workers.planning import ReachJob
from dispatch.workers.pool import WorkerAway
from kernel.contracts.reach import SpecialReach
from kernel.contracts.vocabulary import MicroStationKind
from kernel.errors import Unavailable
from kernel.running import Running

log = logging.getLogger(__name__)


def now(own: Own) -> SpecialReach:
    """The reach on the ground and the register of now.

    Raises Unavailable `reach_preparing`, with how much is known of how much, while its trees grow.
    """
    ground, city = ready(own)
    run = _run(own, ground, city)
    if run.said is None:
        text = "The road trees of the special teams still grow. Ask again in a moment."
        raise Unavailable("reach_preparing", text, grown=len(run.growing.rows), of=len(run.growing.origins))
    return run.said.model_copy(update={"degraded": against(own)[1]})


def _run(own: Own, ground: Ground, city: CoverJob) -> ReachRun:
    """The run that answers for this ground and register; another one where they ask for something else."""
    run, copies = own.planning.reach, own.copies
    of = (ground.zones_version, ground.map_version, ground.closures_version)
    if run is not None and (run.of, run.copies_version) == (of, copies.version):
        return run
    keys = [each.at for each in copies.micro_stations.values() if each.kind is MicroStationKind.KEY_UNIT]
    zones = own.covering.zones.zones
    asked = rules.asked_of(ground, zones, keys, copies.force_table, copies.units.values())
    if run is None or (run.of, run.asked) != (of, asked):
        origins = tuple(Origin(each.at, each) for each in asked.units)
        run = own.planning.reach = ReachRun(of, copies.version, asked, zones, Growing(ground, city, origins))
    run.copies_version = copies.version
    return run


async def work(running: Running, own: Own) -> None:
    """Grows what was asked for to its end; a run that a newer question replaces is left where it is."""
    run = own.planning.reach
    if run is None or run.said is not None:
        return
    try:
        while run is own.planning.reach and not await grow(own, run.growing):
            pass
        if run is own.planning.reach:
            await _finish(running, own, run)
    except GroundChanged:
        own.planning.reach = None
    except WorkerAway as away:
        log.warning("reach of special teams: no worker answers (%s)", away)


async def _finish(running: Running, own: Own, run: ReachRun) -> None:
    asked, ground = run.asked, run.growing.ground
    places = tuple(ground.names[zone] for zone in asked.zones)
    travel_s = rules.seconds_of(asked, run.growing.rows)
    job = ReachJob(rules.needs_of(ground, asked), places, rules.teams_of(asked), travel_s)
    found = await own.pool.reach(job)
    run.said = rules.said(found, asked, ground, run.zones, at=running.clock.now())
    run.growing.rows.clear()
