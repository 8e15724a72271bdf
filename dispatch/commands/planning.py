"""What move-ups, sitings and reach share: the ground that they are counted on, and trees that grow slice by slice."""

from dataclasses import replace

import numpy as np

from dispatch.commands.coverage import NO_ENGINES, NO_ROADS, WORKER_AWAY
from dispatch.own import Own
from dispatch.planning import Growing
from dispatch.rules.coverage import Ground
from dispatch.workers.jobs import CoverJob, RowsJob
from kernel.errors import Conflict, Unavailable

SLICE = 8  # trees in one job: whoever else asks the background worker waits no longer than for these


class GroundChanged(Exception):
    """The zones or the closures are others than when the first tree was grown."""


def ready(own: Own) -> tuple[Ground, CoverJob]:
    """The ground of the coverage and the job it was made by.

    Raises Conflict where there is nothing to count on, Unavailable where it is only not there yet.
    """
    covering = own.covering
    if covering.ground is not None and covering.made_for is not None:
        return covering.ground, replace(covering.made_for.job, at=own.clock.now())
    if NO_ROADS in covering.trouble:
        raise Conflict("coverage_no_roads", "There is no road map, so nothing is known of the zones. Import one.")
    if NO_ENGINES in covering.trouble:
        raise Conflict("coverage_no_engines", "The register holds no first engine, so there is no coverage.")
    if WORKER_AWAY in covering.trouble:
        raise Unavailable("solver_away", "The solver does not answer. Try again in a moment.")
    raise Unavailable("coverage_not_ready", "The road trees of the stations still grow. Try again in a moment.")


async def grow(own: Own, growing: Growing) -> bool:
    """Grows one more slice; whether all is known now.

    Raises WorkerAway where the background worker does not answer, GroundChanged where the answer is of another ground.
    """
    known = len(growing.rows)
    wanted = growing.origins[known : known + SLICE]
    if wanted:
        rows = await own.pool.rows(RowsJob(growing.city, wanted))
        ground = growing.ground
        if (rows.zones_version, rows.closures_version) != (ground.zones_version, ground.closures_version):
            raise GroundChanged
        growing.rows += [np.asarray(row) for row in rows.seconds]
    return len(growing.rows) == len(growing.origins)
