"""The station area rule, when a plan departs from it: what that saves, by solving again with the area's unit sent.

辖区: the area's station goes first unless it cannot. Departing is priced like seconds of completion
(Policy.area_price_s), so a plan departs only where that saves more. The saving is no estimate: each of the nearest
area units is made a committed unit and the flows are solved again; the best of these is what keeping to the rule
would have cost. Where a solver breaks, the greedy plan with that unit stands in for it.
"""

from dataclasses import replace

from dispatch.optimizer.completion import complete
from dispatch.optimizer.flow import Network
from dispatch.optimizer.greedy import nearest
from dispatch.optimizer.groups import build
from dispatch.optimizer.plan import AreaDeparture, Figures, Reason, Roles
from dispatch.optimizer.problem import Incident, Standing, Unit
from dispatch.optimizer.program import FAILURES
from dispatch.optimizer.repair import repair, to_roles
from dispatch.optimizer.score import Cost, Scorer
from dispatch.optimizer.tables import Tables

TRIED = 3
NODES = 30  # of completion: a saving that is shown need not be exact to the second


def departure(scorer: Scorer, incident: Incident, roles: Roles, nodes: int) -> AreaDeparture | None:
    """None where the plan keeps to the rule or the rule does not apply."""
    tables = scorer.tables
    mine = [role for role in roles if role.incident_id == incident.id]
    sent = [role for role in mine if not tables.is_bound(tables.units[role.unit_id], incident.id)]
    ours, cost = scorer.figures(incident.id, roles), scorer.cost(roles)
    if not scorer.departs(incident, sent) or not (sent or ours.unmet_units or ours.unmet_sums):
        return None
    own = sorted(scorer.area_units(incident), key=lambda unit: (tables.eta(unit, incident.id) or 0, unit.id))
    kept = [_with(tables, unit, incident, min(nodes, NODES)) for unit in own[:TRIED]]
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


def _with(tables: Tables, unit: Unit, incident: Incident, nodes: int) -> tuple[Cost, Figures]:
    """Cost and figures of the best plan by flows in which this unit goes to the incident."""
    bound = Standing("committed", incident.id, tables.eta(unit, incident.id) or 0)
    units = tuple(replace(other, standing=bound) if other.id == unit.id else other for other in tables.problem.units)
    forced = Tables(replace(tables.problem, units=units))
    scorer = Scorer(forced)
    model = build(forced, scorer)
    try:
        network = Network(model)
        found = complete(network, network.solve(), nodes)
        roles = to_roles(model, repair(model, found.flow.used))
    except FAILURES:
        roles = nearest(forced)
    return scorer.cost(roles), scorer.figures(incident.id, roles)
