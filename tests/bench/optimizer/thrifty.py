"""The peer of O1: greedy-nearest with an eye on cover, as a careful dispatcher without a computer would choose.

Incidents in order of report, lines in card order; among the free qualified units that arrive within `TIE_S` of the
nearest the one whose leaving uncovers least risk, then the nearest, then the lowest id. Totals likewise. Nothing is
revised. Only available units are looked at.
"""

from collections import Counter

from dispatch.optimizer import Incident, Problem, Unit
from dispatch.optimizer.plan import EXTRA, Role, Roles
from dispatch.optimizer.problem import CountLine, canonical
from dispatch.optimizer.tables import Tables, amount_of

TIE_S = 30


def nearest_thrifty(problem: Problem, tie_s: int = TIE_S) -> Roles:
    """The plan of the peer."""
    return _Watch(Tables(canonical(problem)), tie_s).plan()


class _Watch:
    """What is left while the plan grows: free units, and how many of them stand at each place."""

    def __init__(self, tables: Tables, tie_s: int) -> None:
        self.tables, self.tie_s = tables, tie_s
        self.free = {unit.id: unit for unit in tables.main if unit.standing.status == "available"}
        self.at = Counter(unit.place for unit in self.free.values() if unit.place)
        self.roles: list[Role] = []

    def plan(self) -> Roles:
        for incident in sorted(self.tables.problem.incidents, key=lambda thing: (thing.sequence, thing.id)):
            for line in incident.counts:
                self._fill(incident, line)
            for total in incident.sums:
                self._cover_total(incident, total.attribute, total.total)
        return tuple(sorted(self.roles))

    def _fill(self, incident: Incident, line: CountLine) -> None:
        slot = self.tables.slot_of[incident.id, line.id]
        for _ in range(line.quantity):
            if not self._send(incident, line.id, {name for name in self.free if self._eligible(name, slot)}):
                return

    def _eligible(self, unit_id: str, slot: int) -> bool:
        return self.tables.eligible(self.free[unit_id], slot)

    def _cover_total(self, incident: Incident, attribute: str, total: int) -> None:
        here = [self.tables.units[role.unit_id] for role in self.roles if role.incident_id == incident.id]
        have = sum(amount_of(unit, attribute) for unit in here)
        while have < total:
            sent = self._send(incident, EXTRA, {u for u, unit in self.free.items() if amount_of(unit, attribute) > 0})
            if sent is None:
                return
            have += amount_of(sent, attribute)

    def _send(self, incident: Incident, line_id: str, able: set[str]) -> Unit | None:
        entries = [entry for entry in self.tables.arrivals[incident.id] if entry.unit_id in able]
        if not entries:
            return None
        near = [entry for entry in entries if entry.eta_s <= entries[0].eta_s + self.tie_s]
        chosen = min(near, key=lambda entry: (entry.inexact, self._uncovers(self.free[entry.unit_id]), entry[1:3]))
        unit = self.free.pop(chosen.unit_id)
        self.at[unit.place] -= 1
        self.roles.append(Role(incident.id, line_id, unit.id))
        return unit

    def _uncovers(self, unit: Unit) -> int:
        """Risk of the zones that only this unit still covers."""
        if not unit.place or self.at[unit.place] > 1:
            return 0
        zones = (zone for zone in self.tables.problem.zones if unit.place in zone.places)
        return sum(zone.risk for zone in zones if sum(self.at[place] for place in zone.places) == 1)
