"""Which units a height, weight or width on the roads keeps from a line that is unmet or filled late.

A unit counts where it qualifies for the line, is free and unused, and its time without limits is known; and with them

  line unmet   it has no way at all (any way would have filled the line)
  line late    it has none, or comes after the line's last unit; without them it would be there a minute before that

Late is a line whose last unit comes after its deadline; without a deadline, the line that the full complement waits on.
"""

from collections.abc import Iterator

from dispatch.optimizer.plan import Limited, Roles
from dispatch.optimizer.problem import CountLine, Incident
from dispatch.optimizer.tables import Tables

WORTH_S = 60


def limited(tables: Tables, incident: Incident, roles: Roles) -> tuple[Limited, ...]:
    """The lines of an incident for which road limits keep somebody away, in the order of its card."""
    idle = _idle(tables, incident.id, roles)
    if not idle:
        return ()
    mine = [role for role in roles if role.incident_id == incident.id]
    arrivals = {role: tables.arrival(tables.units[role.unit_id], incident.id) for role in mine}
    last_s, found = max(arrivals.values(), default=0), list[Limited]()
    for line in incident.counts:
        held = [arrival for role, arrival in arrivals.items() if role.line_id == line.id]
        until = _until(line, held, last_s)
        kept = [each for each in _keeping(tables, incident.id, line, idle) if _bites(*each[:2], until)]
        if kept:
            would_s, eta, unit_id = min(kept, key=lambda each: (each[0], each[2]))
            found.append(Limited(line.id, len(kept), unit_id, would_s, eta))
    return tuple(found)


def _idle(tables: Tables, incident_id: str, roles: Roles) -> dict[str, int]:
    """Free units that nobody uses, with the seconds in which they would be there without limits."""
    used, found = {role.unit_id for role in roles}, dict[str, int]()
    for unit in tables.main:
        way = tables.reach.get((unit.id, incident_id))
        if way is None or way.unrestricted_s is None or way.unrestricted_s == way.travel_s:
            continue
        if unit.id not in used and tables.is_free(unit, incident_id):
            found[unit.id] = way.unrestricted_s + unit.turnout_s
    return found


def _until(line: CountLine, held: list[int], last_s: int) -> int | None:
    """When the last unit of a late line comes; -1 = the line is in time, None = it is unmet."""
    if len(held) < line.quantity:
        return None
    late_s = max(held, default=0)
    in_time = late_s < last_s if line.deadline_s is None else late_s <= line.deadline_s
    return -1 if in_time else late_s


def _keeping(
    tables: Tables, incident_id: str, line: CountLine, idle: dict[str, int]
) -> Iterator[tuple[int, int | None, str]]:
    """Units that qualify for a line: seconds without limits, seconds with them, id."""
    slot = tables.slot_of[incident_id, line.id]
    for unit_id, would_s in idle.items():
        unit = tables.units[unit_id]
        if tables.eligible(unit, slot):
            yield would_s, tables.eta(unit, incident_id), unit_id


def _bites(would_s: int, eta: int | None, until: int | None) -> bool:
    if until is None:
        return eta is None
    return would_s + WORTH_S <= until and (eta is None or eta > until)
