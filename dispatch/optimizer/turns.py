"""Re-optimisation: which units under way should turn to another incident; few, each with its worth, none that arrived.

  free    every unit under way may go on or turn: it is available where it is, and its own incident is as near as the
          seconds that it still needs
  plan    the best plan of that problem by S0 and S1; who is sent elsewhere than he is going turns. Of many, the `tried`
          with the most urgent aims, the nearest first, are looked at further: each further one costs a row of solves
  prune   turn by turn, the one that is worth least first: it is given up where without it nothing more is unmet and
          sum p_i T_i is at most `worth_s` later, or while there are more than `most` (backward elimination)

A plan that may turn anybody at any time is best on paper and never driven; crews complain of pointless turns, so each
must be worth its order. Units on scene never turn.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from dispatch.optimizer.linear import Meter
from dispatch.optimizer.plan import Figures, Recommendation, Roles
from dispatch.optimizer.problem import AVAILABLE, Budget, Problem, Reach, Unit, canonical
from dispatch.optimizer.recommend import recommend
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.substitution import varied
from dispatch.optimizer.tables import Tables
from dispatch.optimizer.urgent import judge


@dataclass(frozen=True, slots=True)
class TurnRules:
    """`worth_s` = priority-seconds of completion that a turn must save; at most `most` turns out of `tried`."""

    worth_s: int = 120
    most: int = 3
    tried: int = 6


@dataclass(frozen=True, slots=True)
class Turn:
    """A unit that should turn, and what is lost if it does not: so many units are missing, and priority-seconds later.

    `saves_unmet` is the plain number over the incidents that gain; what others then lack is in the figures.
    """

    unit_id: str
    from_id: str
    to_id: str
    eta_s: int
    saves_unmet: int
    saves_s: int


@dataclass(frozen=True, slots=True)
class Turns:
    """A proposal: the turns, the plan with them, and per incident the figures without and with them."""

    turns: tuple[Turn, ...]
    plan: Recommendation
    without: tuple[Figures, ...]
    figures: tuple[Figures, ...]


Worth = tuple[int, int]


class Tried(NamedTuple):
    """A plan that was looked at, with its figures."""

    roles: Roles
    figures: tuple[Figures, ...]


def best_turns(
    problem: Problem, standing: Recommendation, rules: TurnRules | None = None, budget: Budget | None = None
) -> Turns | None:
    """The turns worth making beside the plan `standing`, in which everybody goes on; None where there are none."""
    rules, goes, budget = rules or TurnRules(), _under_way(problem), budget or Budget()
    problem = varied(canonical(problem), {})
    plan = _judged(_freed(problem, frozenset(goes)), budget)
    turning, worth, tried = _turned(plan.roles, goes), dict[str, Worth](), dict[str, Tried]()
    if len(turning) > rules.tried:
        plan = _judged(_freed(problem, _foremost(problem, turning, rules.tried)), budget)
        turning = _turned(plan.roles, goes)
    while turning:
        left = {each: _freed(problem, frozenset(turning) - {each}) for each in sorted(turning)}
        tried = {each: _judged(freed, budget) for each, freed in left.items()}
        worth = {each: _less(problem, plan, without) for each, without in tried.items()}
        least = min(worth, key=lambda each: (worth[each], each))
        if len(turning) <= rules.most and worth[least] > (0, rules.worth_s):
            break
        plan = tried[least]
        turning = _turned(plan.roles, goes)
    if not turning:
        return None
    whole = recommend(_freed(problem, frozenset(turning)), budget, alone=True)
    turning = _turned(whole.roles, goes)
    found = tuple(
        _turn(problem, each, goes[each], to_id, _filled(plan, tried[each]), worth[each])
        for each, to_id in sorted(turning.items())
    )
    return Turns(found, whole, _figures(standing), _figures(whole)) if found else None


def _judged(problem: Problem, budget: Budget) -> Tried:
    """The plan of S0 and S1 alone: a turn is worth what it changes there."""
    roles, scorer = judge(problem, Meter(budget)).roles, Scorer(Tables(problem))
    return Tried(roles, tuple(scorer.figures(incident.id, roles) for incident in problem.incidents))


def _foremost(problem: Problem, turning: dict[str, str], many: int) -> frozenset[str]:
    priority = {incident.id: incident.priority for incident in problem.incidents}
    eta = {(unit.id, way.incident_id): way.travel_s or 0 for unit in problem.units for way in unit.reach}
    order = sorted(turning.items(), key=lambda each: (-priority[each[1]], eta.get(each, 0), each))
    return frozenset(unit_id for unit_id, _ in order[:many])


def _under_way(problem: Problem) -> dict[str, str]:
    """Where the units that have not arrived are going. Shareable ones serve several incidents and need not turn."""
    return {
        unit.id: unit.standing.incident_id or ""
        for unit in problem.units
        if unit.standing.status == "enroute" and unit.tier == "main" and not unit.shareable
    }


def _freed(problem: Problem, movable: frozenset[str]) -> Problem:
    return replace(problem, units=tuple(_free(unit) if unit.id in movable else unit for unit in problem.units))


def _free(unit: Unit) -> Unit:
    own = unit.standing.incident_id or ""
    left_s = max(0, unit.standing.residual_s - unit.turnout_s)
    ways = [way for way in unit.reach if way.incident_id != own]
    here = next((way for way in unit.reach if way.incident_id == own), Reach(own, left_s))
    return replace(unit, standing=AVAILABLE, place="", reach=(*ways, replace(here, travel_s=left_s, exact=True)))


def _turned(roles: Roles, goes: dict[str, str]) -> dict[str, str]:
    """Units under way that a plan sends elsewhere, with where."""
    return {
        role.unit_id: role.incident_id
        for role in roles
        if role.unit_id in goes and role.incident_id != goes[role.unit_id]
    }


def _figures(plan: Recommendation) -> tuple[Figures, ...]:
    return plan.alternatives[0].figures


def _value(problem: Problem, plan: Tried) -> Worth:
    """Unmet need, then completion, both weighed by priority; each incident's by its own."""
    priority = {incident.id: incident.priority for incident in problem.incidents}
    unmet = sum(priority[each.incident_id] * (each.unmet_units + each.unmet_sums) for each in plan.figures)
    return unmet, sum(priority[each.incident_id] * (each.completion_s or 0) for each in plan.figures)


def _less(problem: Problem, plan: Tried, without: Tried) -> Worth:
    """What a plan without a turn is worse than with it."""
    ours, theirs = _value(problem, plan), _value(problem, without)
    return theirs[0] - ours[0], theirs[1] - ours[1]


def _filled(plan: Tried, without: Tried) -> int:
    """Units that are missing without a turn and are not with it, over the incidents that gain."""
    pairs = zip(plan.figures, without.figures, strict=True)
    return sum(max(0, theirs.unmet_units - ours.unmet_units) for ours, theirs in pairs)


def _turn(problem: Problem, unit_id: str, from_id: str, to_id: str, filled: int, worth: Worth) -> Turn:
    unit = next(unit for unit in problem.units if unit.id == unit_id)
    way = next(way for way in unit.reach if way.incident_id == to_id)
    return Turn(unit_id, from_id, to_id, (way.travel_s or 0) + unit.turnout_s, filled, worth[1])
