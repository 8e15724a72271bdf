"""Every plan there is, for tiny problems: the answer that the optimizer must equal."""

from collections.abc import Iterator
from dataclasses import dataclass

from dispatch.optimizer.check import faults_of_roles
from dispatch.optimizer.plan import EXTRA, Role, Roles
from dispatch.optimizer.problem import Problem
from dispatch.optimizer.score import Cost, Scorer, total
from dispatch.optimizer.tables import Tables


@dataclass(frozen=True)
class Tried:
    """One plan: its cost and, per incident, the arrival of the last unit sent."""

    roles: Roles
    cost: Cost
    last_s: tuple[int, ...]


def every_plan(problem: Problem) -> Iterator[Roles]:
    """All valid assignments of units to lines, extras and nothing."""
    places = []
    for unit in problem.units:
        roles = [
            Role(incident.id, line, unit.id)
            for incident in problem.incidents
            for line in (*(line.id for line in incident.counts), EXTRA)
        ]
        places.append([None, *(role for role in roles if not faults_of_roles(problem, (role,)))])
    room = {(incident.id, line.id): line.quantity for incident in problem.incidents for line in incident.counts}
    yield from _extend((), places, room)


def _extend(roles: Roles, places: list, room: dict[tuple[str, str], int]) -> Iterator[Roles]:
    if not places:
        yield roles
        return
    for role in places[0]:
        if role is None:
            yield from _extend(roles, places[1:], room)
        elif role.line_id == EXTRA:
            yield from _extend((*roles, role), places[1:], room)
        elif room[role[:2]] > 0:
            yield from _extend((*roles, role), places[1:], {**room, role[:2]: room[role[:2]] - 1})


def try_all(problem: Problem) -> list[Tried]:
    """Every plan with its cost; costs add up over incidents, so each incident's part is scored once."""
    scorer, known, tried = Scorer(Tables(problem)), {}, []
    for roles in every_plan(problem):
        parts = []
        for incident in problem.incidents:
            mine = tuple(role for role in roles if role.incident_id == incident.id)
            if (incident.id, mine) not in known:
                known[incident.id, mine] = scorer.incident_cost(incident.id, mine), last_sent(scorer, incident.id, mine)
            parts.append(known[incident.id, mine])
        tried.append(Tried(tuple(sorted(roles)), total(part[0] for part in parts), tuple(part[1] for part in parts)))
    return tried


def last_sent(scorer: Scorer, incident: str, roles: Roles) -> int:
    """Arrival of the last unit sent, committed units left out."""
    tables = scorer.tables
    mine = [tables.units[role.unit_id] for role in roles if role.incident_id == incident]
    return max((tables.eta(unit, incident) or 0 for unit in mine if not tables.is_bound(unit, incident)), default=0)
