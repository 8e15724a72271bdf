"""The commander's own choices tried on the same problem, and their price beside the plan without them.

A pinned unit counts as under way to the incident: it fills lines and totals like any unit that has left, and the rest
is solved round it. A forbidden unit has no way to the incident, but stands ready for all else as before.
"""

from dataclasses import dataclass, replace

from dispatch.optimizer.plan import Recommendation
from dispatch.optimizer.problem import Problem, Standing, Unit


@dataclass(frozen=True, slots=True)
class Choices:
    """Units by id that must go to an incident, or must not."""

    incident_id: str
    pinned: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Price:
    """With the choices minus without; positive = worse. `others_s` = completion of the other incidents together."""

    complete_s: int
    first_due_s: int
    mean_s: int
    units: int
    unmet: int
    others_s: int
    uncovered: int


def possible(problem: Problem, choices: Choices) -> Choices:
    """The choices without those pins that cannot be: a unit that is not free, or has no way to the incident."""
    can = frozenset(unit.id for unit in problem.units if unit.id in choices.pinned and _eta(unit, choices) is not None)
    return replace(choices, pinned=can)


def with_choices(problem: Problem, choices: Choices) -> Problem:
    """The problem in which the choices are facts. Pins must be possible."""
    return replace(problem, units=tuple(_chosen(unit, choices) for unit in problem.units))


def _chosen(unit: Unit, choices: Choices) -> Unit:
    if unit.id in choices.pinned:
        return replace(unit, standing=Standing("enroute", choices.incident_id, _eta(unit, choices) or 0))
    if unit.id in choices.forbidden:
        return replace(unit, reach=tuple(way for way in unit.reach if way.incident_id != choices.incident_id))
    return unit


def _eta(unit: Unit, choices: Choices) -> int | None:
    if unit.standing.status != "available" or unit.tier != "main":
        return None
    ways = [way.travel_s for way in unit.reach if way.incident_id == choices.incident_id]
    return None if not ways or ways[0] is None else ways[0] + unit.turnout_s


def price(without: Recommendation, plan: Recommendation, choices: Choices) -> Price:
    """What a plan under choices costs more than the plan without them."""
    before = {each.incident_id: each for each in without.alternatives[0].figures}
    after = {each.incident_id: each for each in plan.alternatives[0].figures}
    mine, was = after[choices.incident_id], before[choices.incident_id]
    others = [
        (after[id_].completion_s or 0) - (before[id_].completion_s or 0) for id_ in before if id_ != choices.incident_id
    ]
    return Price(
        (mine.completion_s or 0) - (was.completion_s or 0),
        (mine.first_due_s or 0) - (was.first_due_s or 0),
        (mine.mean_s or 0) - (was.mean_s or 0),
        mine.units + len(choices.pinned) - was.units,
        mine.unmet_units + mine.unmet_sums - was.unmet_units - was.unmet_sums,
        sum(others),
        without.alternatives[0].cover.after - plan.alternatives[0].cover.after,
    )
