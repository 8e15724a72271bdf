"""Unmet need explained: which lines compete for too few units, and why there are too few.

Hall's theorem (1935): a set of lines can be filled exactly when every subset S needs no more units than qualify for
it. From an unmet line, walk to every unit that could fill it, from there to the lines these units fill, and so on:
the closure is a set S whose units are all in use and fewer than S needs - a proof that no rearrangement helps.
"""

from dispatch.optimizer.plan import EXTRA, Reason, Roles, Unmet
from dispatch.optimizer.problem import CountLine, Incident
from dispatch.optimizer.tables import Tables

Key = tuple[str, str]


def unmet_lines(tables: Tables, roles: Roles) -> dict[str, tuple[Unmet, ...]]:
    """Unmet count lines per incident id."""
    filled: dict[Key, int] = {}
    for role in roles:
        filled[role.incident_id, role.line_id] = filled.get((role.incident_id, role.line_id), 0) + 1
    found: dict[str, tuple[Unmet, ...]] = {}
    for incident in tables.problem.incidents:
        lines = []
        for line in incident.counts:
            missing = line.quantity - filled.get((incident.id, line.id), 0)
            if missing > 0:
                competing, supply = _closure(tables, roles, (incident.id, line.id))
                lines.append(Unmet(line.id, missing, competing, supply, _why(tables, incident, line, supply)))
        found[incident.id] = tuple(lines)
    return found


def _closure(tables: Tables, roles: Roles, start: Key) -> tuple[tuple[Key, ...], int]:
    """The Hall set and its number of units; without lines where a free unit shows that it is none."""
    serves: dict[str, list[Key]] = {}
    for role in roles:
        serves.setdefault(role.unit_id, []).append((role.incident_id, role.line_id))
    lines, units, queue = {start}, set[str](), [start]
    while queue:
        incident_id, line_id = queue.pop()
        if line_id == EXTRA:
            continue
        for unit_id in _able(tables, incident_id, line_id):
            if unit_id in units:
                continue
            units.add(unit_id)
            if unit_id not in serves:
                return (), 0
            fresh = [key for key in serves[unit_id] if key not in lines]
            lines.update(fresh)
            queue += fresh
    return tuple(sorted(lines)), len(units)


def _able(tables: Tables, incident_id: str, line_id: str) -> list[str]:
    """Units that may fill a line: free ones that reach the incident, and those committed to it."""
    slot = tables.slot_of[incident_id, line_id]
    able = []
    for unit in tables.main:
        if not tables.eligible(unit, slot):
            continue
        free = tables.is_free(unit, incident_id) and tables.eta(unit, incident_id) is not None
        if free or tables.is_bound(unit, incident_id):
            able.append(unit.id)
    return able


def _why(tables: Tables, incident: Incident, line: CountLine, supply: int) -> Reason:
    """`none_registered`, `none_in_service` with what keeps them, `too_few`, or `kept_for_totals`.

    The last: units could be rearranged to fill the line, but then a sum line would lack what weighs more.
    """
    slot = tables.slot_of[incident.id, line.id]
    qualified = [unit for unit in tables.main if tables.eligible(unit, slot)]
    if not qualified:
        return Reason("none_registered", (("capabilities", line.capabilities),))
    if _able(tables, incident.id, line.id):
        return Reason("too_few" if supply else "kept_for_totals", (("supply", supply), ("qualified", len(qualified))))
    kept = []
    for unit in qualified:
        standing = unit.standing
        free = tables.is_free(unit, incident.id)
        kept.append((unit.id, "unreachable" if free else standing.status, standing.reason))
    words = tuple(":".join(part for part in entry if part) for entry in sorted(kept))
    return Reason("none_in_service", (("units", words),))
