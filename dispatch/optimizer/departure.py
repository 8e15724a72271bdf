"""The station area rule, when a plan departs from it: what that saves, by solving again with the area's unit sent.

辖区: the area's station goes first unless it cannot. Departing is priced like seconds of completion
(Policy.area_price_s), so a plan departs only where that saves more. The saving is no estimate: each of the nearest
area units is sent and the flows are solved again, the incident's own full force as early as the others allow who wait
no longer than in the plan (or, where even that is impossible, as long as the flow has it). The best of these is what
keeping to the rule would have cost. Where the solver breaks, or all that the unit could do is done already, the greedy
plan round that unit stands in for it.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dispatch.optimizer.completion import Caps, earliest_alone
from dispatch.optimizer.flow import Network
from dispatch.optimizer.greedy import nearest
from dispatch.optimizer.plan import AreaDeparture, Figures, Reason, Roles
from dispatch.optimizer.problem import Incident, Standing, Unit
from dispatch.optimizer.program import FAILURES
from dispatch.optimizer.repair import repair, to_roles
from dispatch.optimizer.score import Cost, Scorer
from dispatch.optimizer.tables import Tables

TRIED = 3


def departure(scorer: Scorer, network: Network, incident: Incident, roles: Roles) -> AreaDeparture | None:
    """None where the plan keeps to the rule or the rule does not apply. `network` = that of the whole problem."""
    tables = scorer.tables
    mine = [role for role in roles if role.incident_id == incident.id]
    sent = [role for role in mine if not tables.is_bound(tables.units[role.unit_id], incident.id)]
    ours, cost = scorer.figures(incident.id, roles), scorer.cost(roles)
    if not scorer.departs(incident, sent) or not (sent or ours.unmet_units or ours.unmet_sums):
        return None
    own = sorted(scorer.area_units(incident), key=lambda unit: (tables.eta(unit, incident.id) or 0, unit.id))
    caps = tuple(scorer.figures(each, roles).completion_s or 0 for each in tables.incidents)
    try:
        kept = [found for unit in own[:TRIED] for found in _kept(scorer, network, unit, incident, caps)]
    except FAILURES:
        kept = []
    kept = kept or [_by_greedy(tables, own[0], incident)]
    best_cost, best = min(kept, key=lambda found: (found[0], found[1].completion_s or 0))
    use = next((role for role in roles if role.unit_id == own[0].id), None)
    why = Reason("needed_by", (("incident", use.incident_id), ("line", use.line_id))) if use else Reason("slower")
    return AreaDeparture(
        incident.area_station_ids,
        own[0].id,
        (best.completion_s or 0) - (ours.completion_s or 0),
        (best.first_due_s or 0) - (ours.first_due_s or 0),
        (best_cost.hard + best_cost.soft) - (cost.hard + cost.soft),
        why,
    )


def _kept(
    scorer: Scorer, network: Network, unit: Unit, incident: Incident, caps: Caps
) -> Iterator[tuple[Cost, Figures]]:
    """Cost and figures of the best plan by flows for each thing that this unit could do at the incident."""
    model, number = network.model, scorer.tables.position[incident.id]
    group = next(at for at, each in enumerate(model.groups) if unit.id in each.unit_ids and each.bound < 0)
    for column in np.flatnonzero((model.columns.group == group) & (model.columns.incident == number)).tolist():
        left = network.beyond(column)
        used = earliest_alone(left, number, caps).used
        used[column] += 1
        roles = to_roles(model, repair(model, used))
        yield scorer.cost(roles), scorer.figures(incident.id, roles)


def _by_greedy(tables: Tables, unit: Unit, incident: Incident) -> tuple[Cost, Figures]:
    bound = Standing("committed", incident.id, tables.eta(unit, incident.id) or 0)
    units = tuple(replace(other, standing=bound) if other.id == unit.id else other for other in tables.problem.units)
    scorer = Scorer(forced := Tables(replace(tables.problem, units=units)))
    roles = nearest(forced)
    return scorer.cost(roles), scorer.figures(incident.id, roles)
