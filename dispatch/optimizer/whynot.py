"""Why a given unit is not sent to a given incident: every true reason, the deciding one first (see codes.py)."""

from dispatch.optimizer.counterfactual import Trial
from dispatch.optimizer.plan import EXTRA, Reason, Recommendation, Role
from dispatch.optimizer.problem import CountLine, Incident, Problem, Unit, canonical
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.substitution import stood_in
from dispatch.optimizer.tables import Tables, amount_of


def why_not(problem: Problem, plan: Recommendation, unit_id: str, incident_id: str) -> tuple[Reason, ...]:
    """Reasons for one unit and one incident of a recommendation. Raises KeyError for an unknown incident."""
    tables = Tables(stood_in(canonical(problem), plan.roles))
    incident = tables.incidents[incident_id]
    unit = tables.units.get(unit_id)
    if unit is None:
        return (Reason("no_such_unit"),)
    if unit.tier == "first_aid":
        return (Reason("first_aid_tier"),)
    trial = Trial(tables, _judge(tables, plan), plan.roles)
    standing = (
        trial.reason_against(unit, Role(incident_id, EXTRA, "")) if not tables.is_free(unit, incident_id) else None
    )
    if standing is not None:
        return (standing,)
    for role in plan.roles:
        if role.unit_id == unit_id and role.incident_id == incident_id:
            return (Reason("sent", (("line", role.line_id),)),)
    return _of_a_free_unit(tables, trial, plan, unit, incident)


def _judge(tables: Tables, plan: Recommendation) -> Scorer:
    """The scorer that judged the plan: inside the limits of its style nobody is preferred for being earlier."""
    scorer = Scorer(tables)
    return scorer.styled(scorer.style, plan.limits) if plan.limits.latest else scorer


def _of_a_free_unit(
    tables: Tables, trial: Trial, plan: Recommendation, unit: Unit, incident: Incident
) -> tuple[Reason, ...]:
    able = [
        line
        for line in incident.counts
        if line.quantity and tables.eligible(unit, tables.slot_of[incident.id, line.id])
    ]
    adds = any(role.line_id == EXTRA and role.incident_id == incident.id for role in plan.roles) and any(
        amount_of(unit, line.attribute) > 0 for line in incident.sums
    )
    if not able and not adds:
        return _lacks(unit, incident)
    eta = tables.eta(unit, incident.id)
    if eta is None:
        return (_no_way(tables, unit, incident.id),)
    lines = [line.id for line in able] + ([EXTRA] if adds else [])
    verdicts = [_against_line(tables, trial, plan, unit, incident.id, line, eta) for line in lines]
    verdicts.sort(key=lambda verdict: verdict[0])
    road = _road_limit(tables, unit, incident.id, eta - verdicts[0][0])
    return (verdicts[0][1], *road, *(verdict[1] for verdict in verdicts[1:]))


def _against_line(
    tables: Tables, trial: Trial, plan: Recommendation, unit: Unit, incident_id: str, line_id: str, eta: int
) -> tuple[int, Reason]:
    """(seconds behind the slowest holder of the line, reason); the smallest is the line where the unit came closest."""
    held = [role for role in plan.roles if role[:2] == (incident_id, line_id)]
    sent = [role for role in held if not tables.is_bound(tables.units[role.unit_id], incident_id)]
    if not sent:
        use = trial.use.get(unit.id)
        if not held and use is not None:
            return eta, Reason("needed_by", (("incident", use.incident_id), ("line", use.line_id)))
        if not held:
            return eta, Reason("plan_not_proved")
        return eta, Reason("filled_by_committed", (("line", line_id),))
    slowest = max(sent, key=lambda role: (tables.eta(tables.units[role.unit_id], incident_id) or 0, role.unit_id))
    behind = eta - (tables.eta(tables.units[slowest.unit_id], incident_id) or 0)
    if behind > 0:
        return behind, Reason("slower", (("line", line_id), ("than", slowest.unit_id), ("by_s", behind)))
    return behind, trial.reason_against(unit, slowest)


def _lacks(unit: Unit, incident: Incident) -> tuple[Reason, ...]:
    """Parameters short by so much where the capability is there; else the lines whose capability is missing."""
    if not any(line.quantity for line in incident.counts):
        return (Reason("nothing_needed"),)
    short = [reason for line in incident.counts if line.quantity for reason in _short_of(unit, line)]
    if short:
        return tuple(short)
    return (Reason("no_capability", (("lines", tuple(line.id for line in incident.counts)),)),)


def _short_of(unit: Unit, line: CountLine) -> list[Reason]:
    has, parameters = dict(unit.capabilities), dict(unit.parameters)
    amount = max((has[code] for code in line.capabilities if code in has), default=None)
    if amount is None:
        return []
    wanted = [(name, parameters.get(name, 0), least) for name, least in line.parameters]
    wanted.append(("amount", amount, line.min_amount))
    return [
        Reason("short_of", (("line", line.id), ("parameter", name), ("has", have), ("needs", least)))
        for name, have, least in wanted
        if have < least
    ]


def _no_way(tables: Tables, unit: Unit, incident_id: str) -> Reason:
    way = tables.reach.get((unit.id, incident_id))
    if way is None or way.unrestricted_s is None:
        return Reason("unreachable")
    return Reason("road_limit_shuts", (("would_take_s", way.unrestricted_s + unit.turnout_s),))


def _road_limit(tables: Tables, unit: Unit, incident_id: str, rival_s: int) -> list[Reason]:
    reach = tables.reach[unit.id, incident_id]
    if reach.unrestricted_s is None or reach.travel_s is None or reach.unrestricted_s >= reach.travel_s:
        return []
    nearer = int(reach.unrestricted_s + unit.turnout_s < rival_s)
    return [Reason("road_limit", (("slower_s", reach.travel_s - reach.unrestricted_s), ("would_be_nearer", nearer)))]
