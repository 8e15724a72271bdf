"""What a plan is worth, whoever made it: unmet need, full force and cover, seen from outside.

A zone is covered while a free main unit stands at one of its places. Lost cover = risk of the zones covered before and
not after / risk covered before. A rival may also send units that fill nothing; they cost cover all the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dispatch.optimizer import Problem
from dispatch.optimizer.plan import Figures, Roles
from dispatch.optimizer.problem import canonical
from dispatch.optimizer.score import Cost, Scorer
from dispatch.optimizer.tables import Tables


@dataclass(frozen=True, slots=True)
class Worth:
    """`figures` per incident in order of id; `full_s` = arrival of the last unit, weighted by priority."""

    cost: Cost
    figures: tuple[Figures, ...]
    full_s: float
    lost: float

    @property
    def unmet(self) -> tuple[int, int]:
        """Weighted unmet need, hard then soft."""
        return self.cost.hard, self.cost.soft

    @property
    def units(self) -> int:
        return sum(each.units for each in self.figures)


def risk_covered(problem: Problem, gone: Iterable[str] = ()) -> int:
    """The risk of all zones that a free unit covers when these units are gone."""
    away = set(gone)
    manned = {
        unit.place
        for unit in problem.units
        if unit.place and unit.tier == "main" and unit.standing.status == "available" and unit.id not in away
    }
    return sum(zone.risk for zone in problem.zones if not manned.isdisjoint(zone.places))


def lost_cover(problem: Problem, gone: Iterable[str]) -> float:
    """The share of the covered risk that is lost when these units go; 0 where nothing was covered."""
    before = risk_covered(problem)
    return 1 - risk_covered(problem, gone) / before if before else 0.0


def worth(problem: Problem, roles: Roles, idle: Iterable[str] = ()) -> Worth:
    """The worth of roles; `idle` = units sent beside them that fill nothing."""
    scorer = Scorer(Tables(canonical(problem)))
    incidents = scorer.tables.problem.incidents
    figures = tuple(scorer.figures(incident.id, roles) for incident in incidents)
    weights = [incident.priority for incident in incidents]
    full = sum(w * (each.completion_s or 0) for w, each in zip(weights, figures, strict=True)) / sum(weights)
    return Worth(scorer.cost(roles), figures, full, lost_cover(problem, [*(role.unit_id for role in roles), *idle]))
