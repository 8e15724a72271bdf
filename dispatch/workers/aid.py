"""Whom one may ask for what is unmet, and why a unit that is promised elsewhere does not go."""

from collections.abc import Iterator

from dispatch import optimizer
from dispatch.optimizer.plan import IncidentPlan
from dispatch.workers.jobs import BY_REQUEST, RecommendJob
from kernel.contracts.recommendation import Askable, Why

Line = optimizer.CountLine | optimizer.SumLine
MOST_PER_LINE = 3
MOST = 12


def askable_of(problem: optimizer.Problem, mine: IncidentPlan) -> tuple[Askable, ...]:
    """The nearest units that go by request and would fill what is unmet, line by line; nothing where all is met."""
    lines = list(_short(problem, mine))
    if not lines:
        return ()
    lent = [unit for unit in problem.units if unit.standing.status == BY_REQUEST]
    timed = sorted(_timed(lent, mine.incident_id), key=lambda each: (each[0], each[1].id))
    found: list[Askable] = []
    for line, missing in lines:
        able = [each for each in timed if optimizer.could_help(each[1], line)]
        found += [
            Askable(line=line.id, unit_id=unit.id, organisation_id=unit.standing.reason, eta_s=eta_s)
            for eta_s, unit in able[: max(MOST_PER_LINE, missing)]
        ]
    return tuple(found[:MOST])


def _short(problem: optimizer.Problem, mine: IncidentPlan) -> Iterator[tuple[Line, int]]:
    """Count lines with what they miss, and sum lines that fall short."""
    incident = next(each for each in problem.incidents if each.id == mine.incident_id)
    missing = {each.line_id: each.missing for each in mine.unmet}
    yield from ((line, missing[line.id]) for line in incident.counts if line.id in missing)
    short = {each.line_id for each in mine.sums if each.brought < each.needed}
    yield from ((line, MOST_PER_LINE) for line in incident.sums if line.id in short)


def _timed(units: list[optimizer.Unit], incident_id: str) -> Iterator[tuple[int, optimizer.Unit]]:
    for unit in units:
        for way in unit.reach:
            if way.incident_id == incident_id and way.travel_s is not None:
                yield way.travel_s + unit.turnout_s, unit


def promised_elsewhere(job: RecommendJob, unit_id: str) -> Why | None:
    """That a free unit is promised to another incident than the one asked about, if it is."""
    for each in job.units:
        if each.unit.id == unit_id and each.promised_to not in ("", job.incident_id) and not each.committed:
            return Why(code="promised_to", params={"incident": each.promised_to})
    return None
