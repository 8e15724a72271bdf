"""What a plan costs: one tuple, compared from left to right; every stage and every comparison uses this one order.

  1 hard     sum p_i w_r (1000 per missing unit of a hard count line; a wholly missing hard sum line = 1000)
  2 soft     the same for soft lines
  3 degraded units sent on a time that is not exact (unknown road, straight line)
  4 late     sum p_i w_r over units that fill a line after its deadline
  5 complete sum p_i (T_i + area_price_s * departed_i); T_i = arrival of the last unit sent, whole seconds
  6 arrival  sum over units sent of (100 p_i (t + spare) / n_i rounded down) + unit_price, and the price of every guard
             that falls short (keep.py): mean arrival, what stays behind and the number of units trade with each other

A style may allow limits: inside them T_i counts as the limit, and a first unit later than its limit costs p_i a second
in level 5. p_i = priority, w_r = weight, n_i = units that the card of i names. Units already committed are sunk: they
fill lines and totals and cost nothing. `departed_i` = the area's station (辖区) could go and no unit of it is there or
sent. Method: epsilon-lexicographic goals; completion before mean arrival follows initial-dispatch practice (Swersey
1982).
"""

from collections.abc import Iterable
from copy import copy
from typing import NamedTuple, TypeVar

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.keep import Keep
from dispatch.optimizer.plan import EXTRA, Figures, Limits, Role, Roles
from dispatch.optimizer.problem import Incident, Style, SumLine, Unit
from dispatch.optimizer.tables import Tables, amount_of

PER_UNIT = 1000
Seconds = TypeVar("Seconds", int, Ints)


class Cost(NamedTuple):
    """Levels of the objective, most important first; integers, smaller is better."""

    hard: int = 0
    soft: int = 0
    degraded: int = 0
    late: int = 0
    complete: int = 0
    arrival: int = 0


def per_missing(line: SumLine) -> int:
    """Cost of one missing unit of a sum line's attribute, before priority and weight."""
    return max(1, PER_UNIT // max(1, line.total))


def card_size(incident: Incident) -> int:
    """n_i: how many units the card names, at least 1."""
    return max(1, sum(line.quantity for line in incident.counts))


def total(costs: Iterable[Cost]) -> Cost:
    """Level by level."""
    return Cost(*(sum(level) for level in zip(*costs, strict=True))) if (costs := tuple(costs)) else Cost()


class Scorer:
    """Costs of plans over one problem. What cannot change between plans is computed once."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self.keep = tables, Keep(tables)
        self.style, self.limits = tables.problem.policy.styles[0], Limits()
        self.guard_prices = self.keep.prices(self.style)
        self.total_risk = sum(zone.risk for zone in tables.problem.zones)
        self.bound = {incident: tables.bound_to(incident) for incident in tables.incidents}
        self.card_sizes = {incident.id: card_size(incident) for incident in tables.problem.incidents}
        self._there: dict[tuple[str, str], int] = {}
        self.area_applies = {incident: self._area_applies(tables.incidents[incident]) for incident in tables.incidents}

    def styled(self, style: Style, limits: Limits) -> "Scorer":
        """A scorer of the same problem that judges as another style does."""
        other = copy(self)
        other.style, other.limits, other.guard_prices = style, limits, self.keep.prices(style)
        other.area_applies = {
            incident: self.area_applies[incident] and not departed
            for incident, departed in zip(self.tables.incidents, limits.departed, strict=True)
        }
        return other

    def area_units(self, incident: Incident) -> tuple[Unit, ...]:
        """Free units of the area's stations with an exact time that qualify for a line or add to a total."""
        found = []
        for unit in self.tables.main:
            if unit.station_id not in incident.area_station_ids or not self.tables.is_free(unit, incident.id):
                continue
            reach = self.tables.reach.get((unit.id, incident.id))
            if reach and reach.exact and reach.travel_s is not None and self._serves(unit, incident):
                found.append(unit)
        return tuple(found)

    def _serves(self, unit: Unit, incident: Incident) -> bool:
        slots = (self.tables.slot_of[incident.id, line.id] for line in incident.counts if line.quantity)
        if any(self.tables.eligible(unit, slot) for slot in slots):
            return True
        return any(line.total and amount_of(unit, line.attribute) > 0 for line in incident.sums)

    def _area_applies(self, incident: Incident) -> bool:
        there = any(unit.station_id in incident.area_station_ids for unit in self.bound[incident.id])
        return not there and bool(self.area_units(incident))

    def cost(self, roles: Roles) -> Cost:
        """Cost of a whole plan."""
        apart = total(self.incident_cost(incident, roles) for incident in self.tables.incidents)
        return apart._replace(arrival=apart.arrival + self.left_behind(role.unit_id for role in roles))

    def left_behind(self, unit_ids: Iterable[str]) -> int:
        """Price of the guards that fall short when these units go; units that are gone already hold none."""
        return int(self.guard_prices @ self.keep.short(self.keep.taken(unit_ids)))

    def arrival(self, incident: Incident, eta_s: Seconds) -> Seconds:
        """What a unit adds to the last level, or each of many, by seconds that what it is spared by is part of."""
        return 100 * incident.priority * eta_s // self.card_sizes[incident.id] + self.style.unit_price

    def incident_cost(self, incident_id: str, roles: Iterable[Role]) -> Cost:
        """Cost of what one incident gets, without what is left behind; roles of other incidents are skipped."""
        tables, incident = self.tables, self.tables.incidents[incident_id]
        mine = [role for role in roles if role.incident_id == incident_id]
        sent = [role for role in mine if not tables.is_bound(tables.units[role.unit_id], incident_id)]
        times = [tables.eta(tables.units[role.unit_id], incident_id) or 0 for role in sent]
        spared = sum(self._arrival(incident, role, time) for role, time in zip(sent, times, strict=True))
        hard, soft = self._missing(incident, mine, sent)
        completion = self._completion(incident, times)
        if self.departs(incident, sent) and (sent or hard or soft):
            completion += tables.problem.policy.area_price_s
        return Cost(
            hard,
            soft,
            sum(not tables.reach[role.unit_id, incident_id].exact for role in sent),
            self._late(incident, sent, times),
            incident.priority * completion,
            spared,
        )

    def _arrival(self, incident: Incident, role: Role, time: int) -> int:
        return self.arrival(incident, time + self.tables.reach[role.unit_id, incident.id].spare_s)

    def _completion(self, incident: Incident, times: list[int]) -> int:
        last = max(times, default=0)
        if not self.limits.latest:
            return last
        at = self.tables.position[incident.id]
        first = self.limits.first[at]
        return max(last, self.limits.latest[at]) + (max(0, min(times) - first) if times and first is not None else 0)

    def departs(self, incident: Incident, sent: list[Role]) -> bool:
        """Whether the area's station could go and does not."""
        if not self.area_applies[incident.id]:
            return False
        return not any(self.tables.units[role.unit_id].station_id in incident.area_station_ids for role in sent)

    def _missing(self, incident: Incident, mine: list[Role], sent: list[Role]) -> tuple[int, int]:
        missing = [0, 0]
        filled: dict[str, int] = {}
        for role in mine:
            filled[role.line_id] = filled.get(role.line_id, 0) + 1
        for line in incident.counts:
            short = max(0, line.quantity - filled.get(line.id, 0))
            missing[not line.hard] += short * PER_UNIT * incident.priority * line.weight
        for total_line in incident.sums:
            short = max(0, total_line.total - self.brought(incident.id, total_line.attribute, sent))
            missing[not total_line.hard] += short * per_missing(total_line) * incident.priority * total_line.weight
        return missing[0], missing[1]

    def brought(self, incident_id: str, attribute: str, sent: list[Role]) -> int:
        """A sum line's total: all units committed plus all units sent."""
        if (incident_id, attribute) not in self._there:
            self._there[incident_id, attribute] = sum(amount_of(unit, attribute) for unit in self.bound[incident_id])
        adds, classes = self.tables.class_adds, self.tables.class_of
        return self._there[incident_id, attribute] + sum(adds(classes[role.unit_id], attribute) for role in sent)

    def _late(self, incident: Incident, sent: list[Role], times: list[int]) -> int:
        lines = {line.id: line for line in incident.counts}
        late = 0
        for role, time in zip(sent, times, strict=True):
            line = lines.get(role.line_id)
            if line is not None and line.deadline_s is not None and time > line.deadline_s:
                late += incident.priority * line.weight
        return late

    def figures(self, incident_id: str, roles: Roles) -> Figures:
        """The figures shown to people: committed units count with the seconds that remain to them."""
        tables, incident = self.tables, self.tables.incidents[incident_id]
        mine = [role for role in roles if role.incident_id == incident_id]
        sent = [role for role in mine if not tables.is_bound(tables.units[role.unit_id], incident_id)]
        sent_s = [tables.eta(tables.units[role.unit_id], incident_id) or 0 for role in sent]
        bound_s = {unit.id: unit.standing.residual_s for unit in self.bound[incident_id]}
        counted_s = sent_s + [bound_s[role.unit_id] for role in mine if role.unit_id in bound_s]
        filled = [role.line_id for role in mine if role.line_id != EXTRA]
        return Figures(
            incident_id,
            min([*sent_s, *bound_s.values()], default=None),
            max(counted_s, default=None),
            sum(counted_s) // len(counted_s) if counted_s else None,
            sum(max(0, line.quantity - filled.count(line.id)) for line in incident.counts),
            sum(max(0, line.total - self.brought(incident_id, line.attribute, sent)) for line in incident.sums),
            len(sent),
            any(not tables.reach[role.unit_id, incident_id].exact for role in sent),
        )
