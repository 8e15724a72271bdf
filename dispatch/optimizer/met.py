"""Whether what is committed to an incident meets all that it needs; then it takes no part in a joint problem.

Committed units stay where they are, so such an incident neither needs a unit nor gives one, and without it the optimum
of the others is the same.
Count lines: a matching of committed units to the places of the lines, grown by augmenting paths (Kuhn 1955).
"""

from collections.abc import Sequence

from dispatch.optimizer.problem import Incident, Unit
from dispatch.optimizer.tables import amount_of, qualifies


def is_met(incident: Incident, committed: Sequence[Unit]) -> bool:
    """True when no count, sum or material line lacks anything; whether others stand in is for the plan to say."""
    if any(line.quantity > 0 for line in incident.materials):
        return False
    if any(sum(amount_of(unit, line.attribute) for unit in committed) < line.total for line in incident.sums):
        return False
    places = [line for line in incident.counts for _ in range(line.quantity)]
    able = [
        [at for at, unit in enumerate(committed) if qualifies(unit.capabilities, unit.parameters, line)]
        for line in places
    ]
    holder: dict[int, int] = {}
    return all(_fill(place, able, holder, set()) for place in range(len(places)))


def _fill(place: int, able: list[list[int]], holder: dict[int, int], tried: set[int]) -> bool:
    """Finds a unit for a place, moving others on where that frees one."""
    for unit in able[place]:
        if unit not in tried:
            tried.add(unit)
            if unit not in holder or _fill(holder[unit], able, holder, tried):
                holder[unit] = place
                return True
    return False
