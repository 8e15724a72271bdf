"""The dispatch rules of the two nearest open rivals, as their sources show them, over the same problem.

by_card_order   requirements in the order of the card, units sorted by straight line, the first N; incidents in order
                of report; nothing revised (Resgrid Core, DispatchRecommendationService, snapshot 2026-08-22)
by_labels       incidents one after another by priority, used teams excluded; the team that brings most labels still
                missing, then the nearest by road; a team counts for every label it has (frontai-core,
                resource_scheduling and allocate_resources, snapshot 2025-12-04; its greedy, which is also what its
                NSGA-II falls back to)
Both are treated kindly: the first may use any qualified unit where it knows only equal types; the second repeats its
labels until the card's quantities are reached where it knows no quantities; both fill totals by their own ranking
where they know none. Units that fill nothing stay sent.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from dispatch.optimizer import Incident, Problem, Unit
from dispatch.optimizer.plan import EXTRA, Role, Roles
from dispatch.optimizer.problem import canonical
from dispatch.optimizer.tables import Tables, amount_of

Ranking = Callable[[Unit, str], tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a rival sends: valid roles, and units that are on their way for nothing."""

    roles: Roles
    idle: tuple[str, ...]


@dataclass
class _Yard:
    """Free units and what each incident was given."""

    tables: Tables
    free: dict[str, Unit]
    roles: list[Role]

    def take(self, incident: Incident, line_id: str, unit: Unit) -> None:
        del self.free[unit.id]
        self.roles.append(Role(incident.id, line_id, unit.id))

    def reachable(self, incident: Incident) -> list[Unit]:
        return [unit for unit in self.free.values() if self.tables.eta(unit, incident.id) is not None]

    def fill_totals(self, incident: Incident, rank: Ranking) -> None:
        for total in incident.sums:
            here = [self.tables.units[role.unit_id] for role in self.roles if role.incident_id == incident.id]
            have = sum(amount_of(unit, total.attribute) for unit in here)
            for unit in sorted(self.reachable(incident), key=lambda unit: rank(unit, incident.id)):
                if have >= total.total:
                    break
                if amount_of(unit, total.attribute) > 0:
                    have += amount_of(unit, total.attribute)
                    self.take(incident, EXTRA, unit)


def _yard(problem: Problem) -> _Yard:
    tables = Tables(canonical(problem))
    free = {unit.id: unit for unit in tables.main if unit.standing.status == "available"}
    return _Yard(tables, free, [])


def by_card_order(problem: Problem, straight_m: dict[tuple[str, str], int]) -> Sent:
    """Requirement by requirement, nearest by straight line; `straight_m` = metres from unit to incident."""
    yard = _yard(problem)

    def rank(unit: Unit, incident_id: str) -> tuple[int, str]:
        return straight_m[unit.id, incident_id], unit.id

    for incident in sorted(yard.tables.problem.incidents, key=lambda thing: (thing.sequence, thing.id)):
        for line in incident.counts:
            slot = yard.tables.slot_of[incident.id, line.id]
            able = [unit for unit in yard.reachable(incident) if yard.tables.eligible(unit, slot)]
            able.sort(key=lambda unit: rank(unit, incident.id))
            for unit in able[: line.quantity]:
                yard.take(incident, line.id, unit)
        yard.fill_totals(incident, rank)
    return Sent(tuple(sorted(yard.roles)), ())


def by_labels(problem: Problem) -> Sent:
    """Incident by incident in order of priority, over labels; times by road."""
    yard = _yard(problem)
    sent: dict[str, list[Unit]] = {}

    def rank(unit: Unit, incident_id: str) -> tuple[int, str]:
        return yard.tables.eta(unit, incident_id) or 0, unit.id

    order = sorted(yard.tables.problem.incidents, key=lambda thing: (-thing.priority, thing.sequence, thing.id))
    for incident in order:
        sent[incident.id] = _cover_labels(yard, incident, rank)
        yard.roles += _matched(yard.tables, incident, sent[incident.id])
        filling = {role.unit_id for role in yard.roles}
        for unit in sent[incident.id]:
            if unit.id not in filling and any(amount_of(unit, total.attribute) > 0 for total in incident.sums):
                yard.roles.append(Role(incident.id, EXTRA, unit.id))
        yard.fill_totals(incident, rank)
    filling = {role.unit_id for role in yard.roles}
    idle = tuple(unit.id for units in sent.values() for unit in units if unit.id not in filling)
    return Sent(tuple(sorted(yard.roles)), idle)


def _cover_labels(yard: _Yard, incident: Incident, rank: Ranking) -> list[Unit]:
    missing = Counter({line.capabilities[0]: line.quantity for line in incident.counts if line.quantity})
    chosen: list[Unit] = []
    while missing:
        gains = [
            (-sum(code in missing for code, _ in unit.capabilities), rank(unit, incident.id), unit.id)
            for unit in yard.reachable(incident)
        ]
        best = min(gains, default=None)
        if best is None or best[0] == 0:
            break
        unit = yard.free.pop(best[2])
        chosen.append(unit)
        missing -= Counter({code: 1 for code, _ in unit.capabilities})
    return chosen


def _matched(tables: Tables, incident: Incident, units: list[Unit]) -> list[Role]:
    """The most lines that the units sent can really fill, one each: augmenting paths (Kuhn 1955)."""
    places = [line for line in incident.counts for _ in range(line.quantity)]
    holder: dict[int, int] = {}

    def fill(place: int, tried: set[int]) -> bool:
        slot = tables.slot_of[incident.id, places[place].id]
        for number, unit in enumerate(units):
            if number not in tried and tables.eligible(unit, slot):
                tried.add(number)
                if number not in holder or fill(holder[number], tried):
                    holder[number] = place
                    return True
        return False

    for place in range(len(places)):
        fill(place, set())
    return [Role(incident.id, places[place].id, units[number].id) for number, place in sorted(holder.items())]
