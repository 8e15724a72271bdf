"""The referee of O2: HiGHS solves the same problem level by level, from a model of its own, and says what the least is.

For each level of `Cost` in turn: the least value among all plans that are as good on the levels before. A level at 0
needs no solver. Completion: T_i as ordered booleans "T_i >= tau"; columns that no plan as good as the claimed one can
use are left out (T_i <= (claimed - sum of the others' floors) / p_i; floor = time of the q-th nearest for the slowest
line, only where nothing is unmet). Arrival: inside the last and first arrivals and the departures that the plan names,
which is what the final stage claims.
"""

from dataclasses import dataclass

from dispatch.optimizer import Incident, Problem
from dispatch.optimizer.plan import Limits, Roles
from dispatch.optimizer.problem import canonical
from dispatch.optimizer.score import Cost, Scorer
from dispatch.optimizer.tables import Tables
from tests.bench.optimizer.whole_model import WholeModel

FIRST = ("hard", "soft", "degraded", "late")


@dataclass(frozen=True, slots=True)
class Found:
    """A level as claimed and as HiGHS finds it; `least` None = HiGHS did not prove one in its time."""

    level: str
    claimed: int
    least: int | None

    @property
    def equal(self) -> bool:
        return self.claimed == self.least


@dataclass(frozen=True, slots=True)
class _Case:
    problem: Problem
    scorer: Scorer
    roles: Roles
    claimed: Cost
    limits: Limits
    limit_s: float

    def fixed(self, model: WholeModel, levels: tuple[str, ...]) -> None:
        """As good as claimed on these levels."""
        for level in levels:
            if model.levels[level]:
                model.mip.row(model.levels[level], high=getattr(self.claimed, level))

    def sent(self, incident: Incident) -> list[str]:
        return [role.unit_id for role in self.roles if role.incident_id == incident.id]

    def times(self, incident: Incident) -> list[int]:
        tables = self.scorer.tables
        return [tables.eta(tables.units[name], incident.id) or 0 for name in self.sent(incident)]


def referee(problem: Problem, roles: Roles, limits: Limits, limit_s: float = 60.0) -> tuple[Found, ...]:
    """Each level of the plan's cost beside the least that HiGHS finds; stops after the first that differs.

    `limits` = the arrivals inside which the final stage claims its proof; empty ones are those of the plan itself.
    """
    scorer = Scorer(Tables(canonical(problem)))
    case = _Case(scorer.tables.problem, scorer, roles, scorer.cost(roles), limits, limit_s)
    found: list[Found] = []
    for level in Cost._fields:
        claimed = getattr(case.claimed, level)
        if level in FIRST:
            least = 0 if claimed == 0 else _least(case, level)
        else:
            least = _completion(case) if level == "complete" else _arrival(case)
        found.append(Found(level, claimed, least))
        if not found[-1].equal:
            break
    return tuple(found)


def _least(case: _Case, level: str) -> int | None:
    model = WholeModel(case.problem)
    case.fixed(model, FIRST[: FIRST.index(level)])
    solved = model.mip.solve(model.levels[level], case.limit_s)
    return round(solved.value) if solved is not None and solved.optimal else None


def _until(case: _Case, latest: dict[str, int]) -> WholeModel:
    """The model of the arrivals until then."""
    return WholeModel(case.problem, lambda _, incident, time: time <= latest[incident.id])


def _completion(case: _Case) -> int | None:
    floors = {incident.id: _floor(case, incident) for incident in case.problem.incidents}
    weights = {incident.id: incident.priority for incident in case.problem.incidents}
    spare = case.claimed.complete - sum(weights[name] * floor for name, floor in floors.items())
    model = _until(case, {name: floors[name] + spare // weights[name] for name in floors})
    case.fixed(model, FIRST)
    objective = list(model.departure_terms())
    for name, floor in floors.items():
        objective += _steps(model, name, floor, weights[name])
    model.mip.row(objective, high=spare)
    solved = model.mip.solve(objective, case.limit_s)
    if solved is None or not solved.optimal:
        return None
    return case.claimed.complete - spare + round(solved.value)


def _floor(case: _Case, incident: Incident) -> int:
    """A time before which the incident cannot be complete."""
    if case.claimed.hard or case.claimed.soft:
        return 0
    tables, floor = case.scorer.tables, 0
    for line in incident.counts:
        slot = tables.slot_of[incident.id, line.id]
        able = [tables.units[entry.unit_id] for entry in tables.arrivals[incident.id] if tables.fits[entry.klass][slot]]
        times = sorted(tables.eta(unit, incident.id) or 0 for unit in able if unit.standing.status == "available")
        if line.quantity:
            floor = max(floor, times[line.quantity - 1])
    return floor


def _steps(model: WholeModel, incident: str, floor: int, weight: int) -> list[tuple[int, int]]:
    """Booleans "T >= tau" for each arrival after the floor, with what each step adds to the weighted completion."""
    later: dict[int, list[tuple[int, int]]] = {}
    for column in model.columns:
        if column.incident.id == incident and column.time_s > floor:
            most = len(model.pools[column.pool].unit_ids)
            later.setdefault(column.time_s, []).append((column.variable, most))
    terms, before, last = list[tuple[int, int]](), -1, floor
    for time in sorted(later):
        reached = model.mip.variable(1)
        for variable, most in later[time]:
            model.mip.row([(variable, 1), (reached, -most)], high=0)
        if before >= 0:
            model.mip.row([(reached, 1), (before, -1)], high=0)
        terms.append((reached, weight * (time - last)))
        before, last = reached, time
    return terms


def _arrival(case: _Case) -> int | None:
    incidents = case.problem.incidents
    latest = case.limits.latest or tuple(max(case.times(incident), default=0) for incident in incidents)
    model = _until(case, {incident.id: last for incident, last in zip(incidents, latest, strict=True)})
    case.fixed(model, FIRST)
    for incident, first in zip(incidents, case.limits.first, strict=False):
        if first is not None:
            early = [c.variable for c in model.columns if c.incident.id == incident.id and c.time_s <= first]
            model.mip.row([(variable, 1) for variable in early], low=1)
    for incident in incidents:
        sent = [role for role in case.roles if role.incident_id == incident.id]
        if incident.id in model.departed and not case.scorer.departs(incident, sent):
            model.mip.row([(model.departed[incident.id], 1)], high=0)
    solved = model.mip.solve(model.levels["arrival"], case.limit_s)
    return round(solved.value) if solved is not None and solved.optimal else None
