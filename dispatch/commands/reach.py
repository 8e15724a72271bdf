"""The reach of special teams: grown in the background once somebody asks, and kept while what it depends on stays."""

import json
import logging

from dispatch.commands.coverage import against
from dispatch.commands.planning import GroundChanged, grow, ready
from dispatch.own import Own
from dispatch.planning import Growing, ReachRun
from dispatch.rules import reach as rules
from dispatch.rules.aid import is_asked
from dispatch.rules.coverage import Ground
from dispatch.workers.jobs import CoverJob, Origin
from dispatch.workers.planning import ReachJob
from dispatch.workers.pool import WorkerAway
from kernel.contracts.vocabulary import MicroStationKind
from kernel.errors import Unavailable
from kernel.running import Running

log = logging.getLogger(__name__)


def now(own: Own) -> bytes:
    """A `ReachNow` as JSON, on the ground and the register of now.

    Raises Unavailable `reach_preparing`, with how much is known of how much, while its trees grow.
    """
    ground, city = ready(own)
    run = _run(own, ground, city)
    if not run.said:
        text = "The road trees of the special teams still grow. Ask again in a moment."
        raise Unavailable("reach_preparing", text, grown=len(run.growing.rows), of=len(run.growing.origins))
    ages_s, degraded = against(own)
    rest = json.dumps({"ages_s": ages_s, "degraded": degraded}).encode()
    return b'{"reach":' + run.said + b"," + rest[1:]


def _run(own: Own, ground: Ground, city: CoverJob) -> ReachRun:
    """The run that answers for this ground and register; another one where they ask for something else."""
    run, copies, lent = own.planning.reach, own.copies, own.covering.lenders
    register = (copies.version, lent)
    if run is not None and (run.growing.ground, run.register) == (ground, register):
        return run
    keys = [each.at for each in copies.micro_stations.values() if each.kind is MicroStationKind.KEY_UNIT]
    ours = [unit for unit in copies.units.values() if not is_asked(unit, lent)]
    asked = rules.asked_of(ground, own.covering.zones.zones, keys, copies.force_table, ours)
    if run is None or run.asked != asked:
        origins = tuple(Origin(each.at, each) for each in asked.units)
        run = own.planning.reach = ReachRun(register, asked, Growing(ground, city, origins))
    run.register = register
    return run


async def work(running: Running, own: Own) -> None:
    """Grows what was asked for to its end; a run that a newer question replaces is left where it is."""
    run = own.planning.reach
    if run is None or run.said:
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
    travel_s = rules.seconds_of(run.asked, run.growing.rows)
    run.said = await own.pool.reach(ReachJob(run.asked, travel_s, running.clock.now()))
