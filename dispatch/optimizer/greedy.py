"""The peer: what a common computer-aided dispatch system does, and our answer of last resort.

For each incident in order of report, for each line in card order: the nearest qualified unit that is still free, exact
times before estimated ones; then for each sum line the nearest units that add to it. No line is ever revised.
Complexity O(units x lines); no solver, no budget.
"""

from dispatch.optimizer.plan import EXTRA, Role, Roles
from dispatch.optimizer.problem import Incident, Unit
from dispatch.optimizer.tables import Tables, amount_of


def nearest(tables: Tables) -> Roles:
    """The greedy-nearest plan; committed units fill lines first."""
    taken: set[str] = set()
    roles: list[Role] = []
    for incident in sorted(tables.problem.incidents, key=lambda thing: (thing.sequence, thing.id)):
        mine = _serve(tables, incident, taken)
        roles += mine
        taken |= {role.unit_id for role in mine if not tables.units[role.unit_id].shareable}
    return tuple(sorted(roles))


def by_arrival(tables: Tables, incident: Incident) -> list[Unit]:
    """Free main-tier units that can reach the incident: exact times first, then by time, then by id."""
    units = (tables.units[arrival.unit_id] for arrival in tables.arrivals[incident.id])
    return [unit for unit in units if tables.is_free(unit, incident.id)]


def _serve(tables: Tables, incident: Incident, taken: set[str]) -> list[Role]:
    bound = sorted(tables.bound_to(incident.id), key=lambda unit: (unit.standing.residual_s, unit.id))
    free = [unit for unit in by_arrival(tables, incident) if unit.id not in taken]
    used: set[str] = set()
    roles: list[Role] = []
    for line in incident.counts:
        slot = tables.slot_of[incident.id, line.id]
        able = [unit for unit in (*bound, *free) if unit.id not in used and tables.eligible(unit, slot)]
        roles += [Role(incident.id, line.id, unit.id) for unit in able[: line.quantity]]
        used |= {unit.id for unit in able[: line.quantity]}
    for sum_line in incident.sums:
        here = [unit for unit in free if unit.id in used]
        have = sum(amount_of(unit, sum_line.attribute) for unit in (*bound, *here))
        for unit in free:
            if have >= sum_line.total:
                break
            amount = amount_of(unit, sum_line.attribute)
            if unit.id not in used and amount > 0:
                have += amount
                used.add(unit.id)
                roles.append(Role(incident.id, EXTRA, unit.id))
    return roles
