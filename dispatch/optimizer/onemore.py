"""What one more unit would buy an incident: the shadow prices of its count lines, and what closes its totals.

One more unit of a line's kind that is there at no travel is the same as the line needing one fewer. For line r of
incident i, with q_r the units that it needs and a prime for the same problem with q_r - 1:

  fewer_missing = M - M'                            M = units missing at the least unmet need (S0, flow.py)
  earlier_s     = T_i - T'_i                        T = arrivals of the last units sent (S1, completion.py)
  others_s      = sum of T_j - T'_j over the other incidents

Nothing is estimated: both stages are solved again with that one number changed, on the columns of the whole need (a
smaller need only prunes more). M - M' is 0 or 1, since the change is one path in the residual graph, and it is 1
exactly where the unmet levels of the objective fall. T_i is at most what the plan itself reaches, so that no saving is
told which the plan shown has not left to give.

Flows know no totals, so these are repaired after them (repair.py), before and after alike, inside the completion found
where that is enough; a saving that leaves a total shorter is not told. Exact (`proved`) where both completions are
proved, and the repair covers every total without coming later than the flow, which is a bound.

Asked only of lines that matter: unmet ones, and those that the incident's last arrivals fill.
"""

from dataclasses import dataclass, replace

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.completion import Caps, complete, last_arrivals
from dispatch.optimizer.flow import Network
from dispatch.optimizer.groups import Model, build
from dispatch.optimizer.plan import EXTRA, IncidentPlan, Recommendation
from dispatch.optimizer.problem import Problem, canonical
from dispatch.optimizer.program import FAILURES
from dispatch.optimizer.repair import repair
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.substitution import stood_in
from dispatch.optimizer.tables import Tables, amount_of

MOST_LINES = 6
NODES = 20  # of completion; where they do not suffice, `proved` says so


@dataclass(frozen=True, slots=True)
class OneMore:
    """What one more unit for a count line would change; seconds are of the full complement, positive = earlier."""

    line_id: str
    fewer_missing: int
    earlier_s: int
    others_s: int
    proved: bool


@dataclass(frozen=True, slots=True)
class TotalShort:
    """A total that is not reached. So many `units` like `unit_id`, which brings `adds`, would close it.

    The unit is typical: the median of all units of the main tier that add to the total; empty where there is none.
    """

    line_id: str
    attribute: str
    lacking: int
    unit_id: str
    adds: int
    units: int


@dataclass(frozen=True, slots=True)
class Reached:
    """What S0 and S1 reach: the unmet levels, what totals lack, the last arrival of each incident."""

    unmet: tuple[int, ...]
    short: int
    last_s: Caps
    proved: bool


def one_more(problem: Problem, plan: Recommendation, incident_id: str) -> tuple[OneMore, ...]:
    """The lines of one incident of a plan for which one more unit would change something; unmet lines first.

    Empty where a solver breaks. Raises StopIteration for an incident that the plan does not have.
    """
    tables = Tables(stood_in(canonical(problem), plan.roles))
    mine = next(part for part in plan.incidents if part.incident_id == incident_id)
    slots = [tables.slot_of[incident_id, line_id] for line_id in _lines(tables, mine)]
    if not slots:
        return ()
    model = build(tables, Scorer(tables))
    try:
        before = _reached(model)
        found = [_worth(model, slot, mine, before) for slot in slots]
    except FAILURES:
        return ()
    return tuple(each for each in found if each.fewer_missing or each.earlier_s or each.others_s > 0)


def totals_short(problem: Problem, plan: Recommendation, incident_id: str) -> tuple[TotalShort, ...]:
    """The totals of one incident that a plan does not reach. Raises StopIteration for an unknown incident."""
    mine = next(part for part in plan.incidents if part.incident_id == incident_id)
    short = []
    for total in (total for total in mine.sums if total.brought < total.needed):
        lacking = total.needed - total.brought
        adding = sorted(
            (adds, unit.id)
            for unit in problem.units
            if unit.tier == "main" and (adds := amount_of(unit, total.attribute)) > 0
        )
        adds, unit_id = adding[len(adding) // 2] if adding else (0, "")
        closing = -(-lacking // adds) if adds else 0
        short.append(TotalShort(total.line_id, total.attribute, lacking, unit_id, adds, closing))
    return tuple(short)


def _lines(tables: Tables, mine: IncidentPlan) -> list[str]:
    unmet = {each.line_id for each in mine.unmet}
    last_s = max((pick.eta_s for pick in mine.picks), default=0)
    last = {pick.line_id for pick in mine.picks if pick.eta_s == last_s}
    asked = [line.id for line in tables.incidents[mine.incident_id].counts if line.id in unmet | last]
    return sorted(asked, key=lambda line_id: line_id not in unmet)[:MOST_LINES]


def _worth(model: Model, slot: int, mine: IncidentPlan, before: Reached) -> OneMore:
    after, at = _reached(_one_fewer(model, slot)), model.slots[slot].incident
    coming_s = max((each.residual_s for each in mine.committed if each.line_id != EXTRA), default=0)
    was_s, now_s = max(before.last_s[at], coming_s), max(after.last_s[at], coming_s)
    if mine.figures.completion_s is not None:
        was_s = min(was_s, mine.figures.completion_s)
    told = after.short <= before.short
    others_s = sum(before.last_s) - sum(after.last_s) - (before.last_s[at] - after.last_s[at])
    return OneMore(
        model.slots[slot].line.id,
        int(after.unmet < before.unmet),
        max(0, was_s - now_s) if told else 0,
        others_s if told else 0,
        before.proved and after.proved,
    )


def _one_fewer(model: Model, slot: int) -> Model:
    line = model.slots[slot].line
    fewer = replace(model.slots[slot], line=replace(line, quantity=line.quantity - 1))
    return replace(model, slots=(*model.slots[:slot], fewer, *model.slots[slot + 1 :]))


def _reached(model: Model) -> Reached:
    network = Network(model)
    found = complete(network, network.solve(), NODES)
    used = repair(model, found.flow.used, found.caps)
    if _short(model, used):
        used = repair(model, used)
    short, last_s = _short(model, used), last_arrivals(network, replace(found.flow, used=used))
    exact = found.proved and not short and last_s == last_arrivals(network, found.flow)
    return Reached(found.flow.levels[:2], short, last_s, exact)


def _short(model: Model, used: Ints) -> int:
    """What the open totals of all incidents lack together."""
    short = 0
    for row in model.sums:
        adds = np.array(row.amounts, dtype=np.int64)[model.columns.group]
        here = model.columns.incident == row.incident
        short += max(0, row.needed - int(adds[here] @ used[here]))
    return short
