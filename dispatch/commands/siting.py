"""Sitings: asked for, grown in the background a slice at a time, solved there, and kept until newer ones come.

They live in memory: after a restart they are asked for again. The id is that of the question on this ground, so the
same question while it grows or is known is the same siting.
"""

import hashlib
import logging

import numpy as np

from dispatch.commands.coverage import against
from dispatch.commands.planning import GroundChanged, grow, ready
from dispatch.own import Own
from dispatch.planning import Growing, SitingRun
from dispatch.rules import siting as rules
from dispatch.workers.jobs import GridJob, Origin
from dispatch.workers.planning import SitesJob
from dispatch.workers.pool import WorkerAway
from kernel.contracts.siting import Siting, SitingForm, SitingState
from kernel.errors import Invalid, NotFound, TooMany
from kernel.running import Running

MOST_CANDIDATES = 500
MOST_WAITING = 3
MOST_KEPT = 8
MOST_TRIES = 5
M_PER_KM = 1_000.0
log = logging.getLogger(__name__)


async def ask(running: Running, own: Own, form: SitingForm) -> Siting:
    """Begins a siting, or finds it. Raises Invalid `siting_candidates`, `outside_area`; TooMany `siting_busy`."""
    if bool(form.candidates) == (form.grid_km is not None):
        raise Invalid("siting_candidates", "Give either points or a grid.")
    await _refuse_outside(own, form)
    ground, city = ready(own)
    told = repr((form, ground.zones_version, ground.map_version, ground.closures_version, sorted(ground.due_s)))
    siting_id = f"siting-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    held = own.planning.sitings.get(siting_id)
    if held is not None and held.said.state is not SitingState.FAILED:
        return held.said
    if sum(run.said.state is SitingState.GROWING for run in own.planning.sitings.values()) >= MOST_WAITING:
        raise TooMany("siting_busy", "Other sitings are being worked on. Try again when one of them is done.")
    said = Siting(
        id=siting_id,
        asked_at=running.clock.now(),
        state=SitingState.GROWING,
        candidates=len(form.candidates),
        zones_version=ground.zones_version,
        map_version=ground.map_version,
        closures_version=ground.closures_version,
        degraded=against(own)[1],
    )
    engines = {place: own.covering.stations.get(place, ()) for place in ground.due_s}
    run = SitingRun(form, engines, Growing(ground, city, tuple(Origin(at) for at in form.candidates)), said)
    _keep(own, run)
    own.planning.wake.set()
    return said


async def _refuse_outside(own: Own, form: SitingForm) -> None:
    west, south, east, north = await own.service_box()
    points = (*form.candidates, *((form.around.at,) if form.around else ()))
    if any(not (west <= lon <= east and south <= lat <= north) for lon, lat in points):
        text = "This place is outside the service area of the loaded map."
        raise Invalid("outside_area", text, box=(west, south, east, north))


def _keep(own: Own, run: SitingRun) -> None:
    sitings = own.planning.sitings
    sitings.pop(run.said.id, None)
    sitings[run.said.id] = run
    for old in [name for name, each in sitings.items() if each.said.state is not SitingState.GROWING]:
        if len(sitings) > MOST_KEPT:
            del sitings[old]


def find(own: Own, siting_id: str) -> Siting:
    """A siting that grows, is done or has failed. Raises NotFound `siting_unknown`."""
    run = own.planning.sitings.get(siting_id)
    if run is None:
        raise NotFound("siting_unknown", "There is no such siting any more. Ask for it again.", siting_id=siting_id)
    return run.said


async def work(own: Own) -> None:
    """Takes the oldest siting that grows to its end."""
    run = next((each for each in own.planning.sitings.values() if each.said.state is SitingState.GROWING), None)
    if run is None:
        return
    try:
        await _finish(own, run)
    except GroundChanged:
        _fail(run, "ground_changed")
    except WorkerAway as away:
        run.growing.tries += 1
        log.warning("siting %s: no worker answers (%s)", run.said.id, away)
        if run.growing.tries >= MOST_TRIES:
            _fail(run, "solver_away")
    except Exception:
        _fail(run, "solver_failed")
        raise


async def _finish(own: Own, run: SitingRun) -> None:
    growing = run.growing
    if not growing.origins and not await _laid_out(own, run):
        return
    done = False
    while not done:
        done = await grow(own, growing)
        run.said = run.said.model_copy(update={"grown": len(growing.rows)})
    ids = tuple(f"c{number:03d}" for number in range(len(growing.origins)))
    rows = np.stack(growing.rows)
    region = rules.region_of(growing.ground, run.engines, run.form, ids, rows)
    places = {name: origin.at for name, origin in zip(ids, growing.origins, strict=True)}
    ranked, best = await own.pool.sites(SitesJob(region, places, run.form.how_many))
    run.said = run.said.model_copy(
        update={
            "state": SitingState.DONE,
            "before": rules.today(region),
            "ranked": ranked,
            "best": best,
            "left_out": rules.unreached(ids, rows),
        }
    )
    growing.rows.clear()


async def _laid_out(own: Own, run: SitingRun) -> bool:
    """Lays the grid; whether it has points, and not too many of them."""
    form, around = run.form, run.form.around
    step_m = (form.grid_km or 0.0) * M_PER_KM
    radius_m = around.radius_km * M_PER_KM if around else 0.0
    grid = await own.pool.grid(GridJob(run.growing.city, step_m, around.at if around else None, radius_m))
    run.said = run.said.model_copy(update={"candidates": len(grid.points)})
    if not grid.points or len(grid.points) > MOST_CANDIDATES:
        _fail(run, "too_many_points" if grid.points else "no_points")
        return False
    run.growing.origins = tuple(Origin(at) for at in grid.points)
    return True


def _fail(run: SitingRun, why: str) -> None:
    run.growing.rows.clear()
    run.said = run.said.model_copy(update={"state": SitingState.FAILED, "why": why})
