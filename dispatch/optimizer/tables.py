"""The problem as tables: which line a unit can fill, when it would be there, what it adds to a total.

Eligibility is decided once per capability class (equal capabilities, parameters and tier), not once per unit: a city
has hundreds of units and a few dozen classes.
"""

from dataclasses import dataclass
from typing import NamedTuple

from dispatch.optimizer.problem import Amounts, CountLine, Incident, Problem, Reach, SumLine, Unit
from dispatch.optimizer.substitution import stand_in


class Arrival(NamedTuple):
    """A main-tier unit that can reach an incident, in service or not; sorts exact times first, then by time and id."""

    inexact: bool
    eta_s: int
    unit_id: str
    klass: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A count line in canonical order: incidents by id, lines as on the card."""

    incident: int
    line: CountLine


def amount_of(unit: Unit, attribute: str) -> int:
    """What one unit adds to a sum line: its parameter of that name, else its capability's amount, else nothing."""
    return amount_in(unit.capabilities, unit.parameters, attribute)


def amount_in(capabilities: Amounts, parameters: Amounts, attribute: str) -> int:
    """The same for a class of units."""
    for pairs in (parameters, capabilities):
        for code, amount in pairs:
            if code == attribute:
                return amount
    return 0


def qualifies(capabilities: Amounts, parameters: Amounts, line: CountLine) -> bool:
    """Whether one unit alone reaches the line's thresholds (house rule: amounts add up only in sum lines)."""
    if not any(code in line.capabilities and amount >= line.min_amount for code, amount in capabilities):
        return False
    if not line.parameters:
        return True
    have = dict(parameters)
    return all(have.get(name, 0) >= minimum for name, minimum in line.parameters)


def could_help(unit: Unit, line: CountLine | SumLine) -> bool:
    """Whether a unit could fill a count line or stand in there, or adds anything to a sum line."""
    if isinstance(line, SumLine):
        return amount_of(unit, line.attribute) > 0
    return any(qualifies(unit.capabilities, unit.parameters, each) for each in (line, *stand_in(line)))


class Tables:
    """Lookups over one canonical problem; built once per call and read by every stage."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.incidents: dict[str, Incident] = {incident.id: incident for incident in problem.incidents}
        self.position = {incident.id: number for number, incident in enumerate(problem.incidents)}
        self.slots = tuple(
            Slot(number, line) for number, incident in enumerate(problem.incidents) for line in incident.counts
        )
        self.units: dict[str, Unit] = {unit.id: unit for unit in problem.units}
        self.main = tuple(unit for unit in problem.units if unit.tier == "main")
        self.classes: list[tuple[Amounts, Amounts]] = []
        self.class_of: dict[str, int] = {}
        self._name_classes()
        self.fits = [[qualifies(*signature, slot.line) for slot in self.slots] for signature in self.classes]
        self.slot_of = {
            (problem.incidents[slot.incident].id, slot.line.id): number for number, slot in enumerate(self.slots)
        }
        self.reach: dict[tuple[str, str], Reach] = {
            (unit.id, reach.incident_id): reach for unit in problem.units for reach in unit.reach
        }
        self._etas = {
            (unit.id, reach.incident_id): reach.travel_s + unit.turnout_s
            for unit in problem.units
            for reach in unit.reach
            if reach.travel_s is not None
        }
        self._adds: dict[tuple[int, str], int] = {}
        self.arrivals: dict[str, list[Arrival]] = {incident: [] for incident in self.incidents}
        self._rank_arrivals()

    def _rank_arrivals(self) -> None:
        for unit in self.main:
            klass = self.class_of[unit.id]
            for reach in unit.reach:
                if reach.travel_s is not None and reach.incident_id in self.arrivals:
                    entry = Arrival(not reach.exact, reach.travel_s + unit.turnout_s, unit.id, klass)
                    self.arrivals[reach.incident_id].append(entry)
        for entries in self.arrivals.values():
            entries.sort()

    def class_adds(self, klass: int, attribute: str) -> int:
        """What one unit of a class adds to a sum line."""
        if (klass, attribute) not in self._adds:
            self._adds[klass, attribute] = amount_in(*self.classes[klass], attribute)
        return self._adds[klass, attribute]

    def _name_classes(self) -> None:
        numbers: dict[tuple[Amounts, Amounts], int] = {}
        for unit in self.main:
            signature = (unit.capabilities, unit.parameters)
            if signature not in numbers:
                numbers[signature] = len(self.classes)
                self.classes.append(signature)
            self.class_of[unit.id] = numbers[signature]

    def eta(self, unit: Unit, incident_id: str) -> int | None:
        """Seconds from the order to the scene, turnout included; None = unreachable."""
        return self._etas.get((unit.id, incident_id))

    def arrival(self, unit: Unit, incident_id: str) -> int:
        """Seconds until a unit of a plan is there: what is left where it is bound, else from the order."""
        return unit.standing.residual_s if self.is_bound(unit, incident_id) else self.eta(unit, incident_id) or 0

    def is_bound(self, unit: Unit, incident_id: str) -> bool:
        """Already committed or under way to this incident: it stays, and counts."""
        return unit.standing.status in ("enroute", "committed") and unit.standing.incident_id == incident_id

    def is_free(self, unit: Unit, incident_id: str) -> bool:
        """May be sent to this incident: available, or of a shareable kind that is busy elsewhere."""
        if unit.standing.status == "available":
            return True
        busy = unit.standing.status in ("enroute", "committed") and unit.standing.incident_id != incident_id
        return busy and unit.shareable

    def eligible(self, unit: Unit, slot: int) -> bool:
        """Whether a main-tier unit qualifies for a count line; first-aid units never do."""
        return unit.tier == "main" and self.fits[self.class_of[unit.id]][slot]

    def bound_to(self, incident_id: str) -> tuple[Unit, ...]:
        """Main-tier units committed or under way to the incident, by id."""
        return tuple(unit for unit in self.main if self.is_bound(unit, incident_id))
