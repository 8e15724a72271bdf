"""The one independent checker: no plan leaves the optimizer unless it finds nothing to say.

It shares no decision with the solver: eligibility, capacity, totals, unmet need and the station-area rule are worked
out here again from the problem alone, in the plainest way. Each finding is a sentence naming what is broken.
"""

from collections import Counter

from dispatch.optimizer.plan import EXTRA, IncidentPlan, Recommendation, Role, Roles
from dispatch.optimizer.problem import CountLine, Incident, Problem, Unit
from dispatch.optimizer.substitution import stood_in


def faults_of_roles(problem: Problem, roles: Roles) -> tuple[str, ...]:
    """What is impossible about the roles themselves: capacity, eligibility, double use, over-filled lines."""
    problem = stood_in(problem, roles)
    units = {unit.id: unit for unit in problem.units}
    incidents = {incident.id: incident for incident in problem.incidents}
    faults = [fault for role in roles for fault in _faults_of_role(role, units, incidents)]
    for unit_id, uses in Counter(role.unit_id for role in roles).items():
        places = {role.incident_id for role in roles if role.unit_id == unit_id}
        shared = unit_id in units and units[unit_id].shareable and len(places) == uses
        if uses > 1 and not shared:
            faults.append(f"unit {unit_id} is used {uses} times")
    for incident in problem.incidents:
        for line in incident.counts:
            filled = _filled(roles, incident, line)
            if filled > line.quantity:
                faults.append(f"line {incident.id}/{line.id} needs {line.quantity} and holds {filled}")
    return tuple(faults)


def _faults_of_role(role: Role, units: dict[str, Unit], incidents: dict[str, Incident]) -> list[str]:
    unit, incident = units.get(role.unit_id), incidents.get(role.incident_id)
    if unit is None or incident is None:
        return [f"{role} names nothing that exists"]
    faults = []
    if unit.tier != "main":
        faults.append(f"first-aid unit {unit.id} fills a line")
    here = unit.standing.status in ("enroute", "committed") and unit.standing.incident_id == incident.id
    if not here and not _may_go(unit, incident.id):
        faults.append(f"unit {unit.id} cannot be sent to {incident.id}: {unit.standing.status} or unreachable")
    if role.line_id == EXTRA:
        adds = [line for line in incident.sums if _amount(unit, line.attribute) > 0]
        return faults if adds and not here else [*faults, f"unit {unit.id} is sent to {incident.id} for nothing"]
    line = next((line for line in incident.counts if line.id == role.line_id), None)
    if line is None or not _qualifies(unit, line):
        faults.append(f"unit {unit.id} does not qualify for {incident.id}/{role.line_id}")
    return faults


def _may_go(unit: Unit, incident_id: str) -> bool:
    busy = unit.standing.status in ("enroute", "committed") and unit.standing.incident_id != incident_id
    if unit.standing.status != "available" and not (busy and unit.shareable):
        return False
    return _eta(unit, incident_id) is not None


def _eta(unit: Unit, incident_id: str) -> int | None:
    for reach in unit.reach:
        if reach.incident_id == incident_id and reach.travel_s is not None:
            return reach.travel_s + unit.turnout_s
    return None


def _amount(unit: Unit, attribute: str) -> int:
    return dict(unit.parameters).get(attribute, dict(unit.capabilities).get(attribute, 0))


def _qualifies(unit: Unit, line: CountLine) -> bool:
    has = dict(unit.capabilities)
    if max((has.get(code, -1) for code in line.capabilities), default=-1) < max(line.min_amount, 0):
        return False
    parameters = dict(unit.parameters)
    return not [name for name, least in line.parameters if parameters.get(name, 0) < least]


def _filled(roles: Roles, incident: Incident, line: CountLine) -> int:
    return sum(role.incident_id == incident.id and role.line_id == line.id for role in roles)


def faults(problem: Problem, plan: Recommendation) -> tuple[str, ...]:
    """Everything wrong with a recommendation: its roles, then each of its claims against the problem."""
    problem = stood_in(problem, plan.roles)
    found = list(faults_of_roles(problem, plan.roles))
    if found:
        return tuple(found)
    claims = {part.incident_id: part for part in plan.incidents}
    if sorted(claims) != sorted(incident.id for incident in problem.incidents):
        return ("the plan and the problem name different incidents",)
    for incident in problem.incidents:
        mine = tuple(role for role in plan.roles if role.incident_id == incident.id)
        found += _faults_of_picks(problem, incident, claims[incident.id], mine)
        found += _faults_of_arithmetic(problem, incident, claims[incident.id], mine)
        found += _faults_of_area(problem, incident, claims[incident.id], mine)
    found += _faults_of_first_aid(problem, plan)
    found += _faults_of_materials(problem, plan)
    return tuple(found)


def _sent(problem: Problem, incident: Incident, roles: Roles) -> list[Unit]:
    named = {role.unit_id for role in roles} - {unit.id for unit in _bound(problem, incident)}
    return [unit for unit in problem.units if unit.id in named]


def _bound(problem: Problem, incident: Incident) -> list[Unit]:
    return [
        unit
        for unit in problem.units
        if unit.tier == "main"
        and unit.standing.status in ("enroute", "committed")
        and unit.standing.incident_id == incident.id
    ]


def _faults_of_picks(problem: Problem, incident: Incident, part: IncidentPlan, roles: Roles) -> list[str]:
    sent = {unit.id: unit for unit in _sent(problem, incident, roles)}
    expected = {(role.unit_id, role.line_id) for role in roles if role.unit_id in sent}
    if {(pick.unit_id, pick.line_id) for pick in part.picks} != expected:
        return [f"picks of {incident.id} are not its roles"]
    found = [
        f"unit {pick.unit_id} is {_eta(sent[pick.unit_id], incident.id)} s from {incident.id}, not {pick.eta_s}"
        for pick in part.picks
        if _eta(sent[pick.unit_id], incident.id) != pick.eta_s
    ]
    bound_s = {unit.id: unit.standing.residual_s for unit in _bound(problem, incident)}
    due = [pick.eta_s for pick in part.picks]
    counted = due + [bound_s[role.unit_id] for role in roles if role.unit_id in bound_s]
    if part.figures.first_due_s != min([*due, *bound_s.values()], default=None):
        found.append(f"first due of {incident.id} is not {part.figures.first_due_s} s")
    if part.figures.completion_s != max(counted, default=None):
        found.append(f"completion of {incident.id} is not {part.figures.completion_s} s")
    return found


def _faults_of_arithmetic(problem: Problem, incident: Incident, part: IncidentPlan, roles: Roles) -> list[str]:
    missing = {line.id: line.quantity - _filled(roles, incident, line) for line in incident.counts}
    expected = {line: short for line, short in missing.items() if short > 0}
    found = []
    if {line.line_id: line.missing for line in part.unmet} != expected:
        found.append(f"unmet lines of {incident.id} are {expected}, not what is claimed")
    if part.figures.unmet_units != sum(expected.values()):
        found.append(f"{incident.id} lacks {sum(expected.values())} units, not {part.figures.unmet_units}")
    there = [*_bound(problem, incident), *_sent(problem, incident, roles)]
    claimed = {total.line_id: (total.needed, total.brought) for total in part.sums}
    short = 0
    for line in incident.sums:
        brought = sum(_amount(unit, line.attribute) for unit in there)
        short += max(0, line.total - brought)
        if claimed.get(line.id) != (line.total, brought):
            found.append(f"total {incident.id}/{line.id} is {brought} of {line.total}, not {claimed.get(line.id)}")
    if part.figures.unmet_sums != short:
        found.append(f"totals of {incident.id} lack {short}, not {part.figures.unmet_sums}")
    return found


def _faults_of_area(problem: Problem, incident: Incident, part: IncidentPlan, roles: Roles) -> list[str]:
    """The area's station goes first unless it cannot (辖区力量优先): a plan that departs says so, another does not."""
    sent = _sent(problem, incident, roles)
    there = [*_bound(problem, incident), *sent]
    gone = any(unit.station_id in incident.area_station_ids for unit in there)
    in_need = bool(sent or part.unmet or part.figures.unmet_sums)
    departs = in_need and not gone and any(_area_could(unit, incident) for unit in problem.units)
    if departs != (part.area_departure is not None):
        return [f"{incident.id}: the plan {'hides' if departs else 'claims'} a departure from the station area"]
    return []


def _area_could(unit: Unit, incident: Incident) -> bool:
    if unit.tier != "main" or unit.station_id not in incident.area_station_ids or not _may_go(unit, incident.id):
        return False
    if not any(reach.incident_id == incident.id and reach.exact for reach in unit.reach):
        return False
    if any(line.quantity > 0 and _qualifies(unit, line) for line in incident.counts):
        return True
    return any(line.total > 0 and _amount(unit, line.attribute) > 0 for line in incident.sums)


def _faults_of_first_aid(problem: Problem, plan: Recommendation) -> list[str]:
    units = {unit.id: unit for unit in problem.units}
    picks = [(part.incident_id, pick) for part in plan.incidents for pick in part.first_aid]
    found = [
        f"first aid {pick.unit_id} to {incident_id} is not a free micro station within the radius"
        for incident_id, pick in picks
        if units[pick.unit_id].tier != "first_aid"
        or units[pick.unit_id].standing.status != "available"
        or pick.eta_s != _eta(units[pick.unit_id], incident_id)
        or pick.eta_s > problem.policy.first_aid_radius_s
    ]
    if len({pick.unit_id for _, pick in picks}) != len(picks):
        found.append("a micro station is sent twice")
    return found


def _faults_of_materials(problem: Problem, plan: Recommendation) -> list[str]:
    depots, grams = {depot.id: depot for depot in problem.stockpiles}, dict(problem.item_g)
    drawn: Counter[tuple[str, str]] = Counter()
    weight: Counter[tuple[str, str]] = Counter()
    goes: dict[tuple[str, str], set[str]] = {}
    for part in plan.incidents:
        for pick in part.materials:
            drawn[pick.stockpile_id, pick.item] += pick.quantity
            weight[pick.stockpile_id, pick.truck_id] += pick.quantity * max(1, grams.get(pick.item, 1))
            goes.setdefault((pick.stockpile_id, pick.truck_id), set()).add(part.incident_id)
    found = [
        f"stockpile {depot} gives {quantity} of {item}"
        for (depot, item), quantity in drawn.items()
        if dict(depots[depot].stock).get(item, 0) < quantity
    ]
    for (depot, truck_id), load in weight.items():
        truck = next(truck for truck in depots[depot].trucks if truck.id == truck_id)
        if not truck.available or truck.payload_kg * 1000 < load or len(goes[depot, truck_id]) > 1:
            found.append(f"truck {truck_id} of {depot} is out, over its payload or in two places")
    return found + _faults_of_material_need(problem, plan)


def _faults_of_material_need(problem: Problem, plan: Recommendation) -> list[str]:
    parts, found = {part.incident_id: part for part in plan.incidents}, []
    for incident in problem.incidents:
        part, expected = parts[incident.id], {}
        for line in incident.materials:
            brought = sum(pick.quantity for pick in part.materials if pick.line_id == line.id)
            if brought > line.quantity:
                found.append(f"{incident.id}/{line.id} is given more than it needs")
            if brought < line.quantity:
                expected[line.id] = line.quantity - brought
        if dict(part.unmet_materials) != expected:
            found.append(f"unmet materials of {incident.id} are {expected}")
    return found
