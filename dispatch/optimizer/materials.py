"""Materials: what goes from which stockpile on which truck, solved after the units (they share nothing but the road).

  f[k,l] >= 0 int   quantity of line l on truck k       b[k,i] in {0,1}   truck k drives to incident i
  (truck)  sum_i b[k,i] <= 1      (load) sum_{l of i} g_l f[k,l] <= payload_k b[k,i]
  (stock)  sum_{k of depot, l of item} f[k,l] <= stock  (need) sum_k f[k,l] + u_l = Q_l
  lexicographic min  1 sum p w u / Q   2 trips on inexact times   3 sum p t (1000 f / Q + 100 b): mean arrival, few
trucks Trucks are single, not pooled by payload: a load that fits the sum of two payloads need not fit two trucks. The
greedy answer (nearest truck with stock first) is the incumbent and the hint.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from ortools.sat.python import cp_model

from dispatch.optimizer.problem import Incident, MaterialLine, Problem, Reach, Stockpile, Truck
from dispatch.optimizer.program import FAILURES, Meter, charge, set_limits

GREEDY = "greedy"
PROVED = "proved"
NEAR = "near"
NEAR_FACTOR = 3
MOST_PAIRS = 400


class Load(NamedTuple):
    """A quantity for one line on one truck."""

    incident_id: str
    line_id: str
    stockpile_id: str
    truck_id: str
    quantity: int


class Carrier(NamedTuple):
    """A truck that can drive to an incident."""

    exact: bool
    eta_s: int
    depot: Stockpile
    truck: Truck


@dataclass(frozen=True, slots=True)
class Need:
    """A material line of an incident with the weight of one item in grams."""

    incident: Incident
    line: MaterialLine
    gram: int

    @property
    def price(self) -> int:
        return self.incident.priority * self.line.weight * max(1, 1000 // max(1, self.line.quantity))


def eta(depot: Stockpile, incident_id: str) -> tuple[int, Reach] | None:
    """Seconds from the order to the delivery, loading included, with the entry it comes from."""
    for reach in depot.reach:
        if reach.incident_id == incident_id and reach.travel_s is not None:
            return reach.travel_s + depot.turnout_s, reach
    return None


def needs(problem: Problem) -> tuple[Need, ...]:
    """Material lines, most urgent incident first, hard before soft, else in card order."""
    grams = dict(problem.item_g)
    found = [
        Need(incident, line, max(1, grams.get(line.item, 1)))
        for incident in problem.incidents
        for line in incident.materials
        if line.quantity > 0
    ]
    return tuple(sorted(found, key=lambda need: (-need.incident.priority, need.incident.id, not need.line.hard)))


def carriers(problem: Problem, incident: Incident) -> list[Carrier]:
    """Trucks that are in and reach the incident: exact times first, then nearest."""
    found = []
    for depot in problem.stockpiles:
        reached = eta(depot, incident.id)
        if reached is not None:
            found += [Carrier(reached[1].exact, reached[0], depot, truck) for truck in depot.trucks if truck.available]
    return sorted(found, key=lambda c: (not c.exact, c.eta_s, c.depot.id, c.truck.id))


def nearest_loads(problem: Problem) -> tuple[Load, ...]:
    """The greedy answer: each line from the nearest truck that is free (or drives there already) and has stock."""
    stock = {(depot.id, item): quantity for depot in problem.stockpiles for item, quantity in depot.stock}
    goes: dict[tuple[str, str], str] = {}
    room: dict[tuple[str, str], int] = {}
    loads: list[Load] = []
    for need in needs(problem):
        missing = need.line.quantity
        for carrier in carriers(problem, need.incident):
            key = (carrier.depot.id, carrier.truck.id)
            have = stock.get((carrier.depot.id, need.line.item), 0)
            if goes.get(key, need.incident.id) != need.incident.id:
                continue
            take = min(missing, have, room.get(key, carrier.truck.payload_kg * 1000) // need.gram)
            if take > 0:
                goes[key] = need.incident.id
                room[key] = room.get(key, carrier.truck.payload_kg * 1000) - take * need.gram
                stock[carrier.depot.id, need.line.item] = have - take
                missing -= take
                loads.append(Load(need.incident.id, need.line.id, *key, take))
    return tuple(sorted(loads))


def best_loads(problem: Problem, meter: Meter) -> tuple[tuple[Load, ...], str]:
    """The loads and how far they are proved: `proved`, `near` (over the nearest stockpiles only) or `greedy`."""
    start = nearest_loads(problem)
    if not needs(problem):
        return start, PROVED
    if meter.left_s <= 0.0:
        return start, GREEDY
    try:
        return _by_program(problem, start, meter)
    except FAILURES as failure:
        meter.failure = type(failure).__name__
        return start, GREEDY


def _by_program(problem: Problem, start: tuple[Load, ...], meter: Meter) -> tuple[tuple[Load, ...], str]:
    program = _Haul(problem, start)
    program.hint(start)
    for level, known in zip(("unmet", "degraded", "arrival"), (*program.start_cost[:2], None), strict=True):
        if known == 0:
            program.forbid(level)
            continue
        if not program.minimise(level, meter):
            return _cheaper(problem, program.loads, start), GREEDY if program.loads is None else NEAR
    return _cheaper(problem, program.loads, start), PROVED if program.whole else NEAR


def cost(problem: Problem, loads: tuple[Load, ...]) -> tuple[int, int, int]:
    """The three levels of the objective for given loads."""
    found = {(need.incident.id, need.line.id): need for need in needs(problem)}
    depots = {depot.id: depot for depot in problem.stockpiles}
    unmet = sum(need.price * need.line.quantity for need in found.values())
    arrival, trips = 0, set()
    for load in loads:
        need = found[load.incident_id, load.line_id]
        time, reach = _reached(depots[load.stockpile_id], load.incident_id)
        unmet -= need.price * load.quantity
        arrival += _share(need, time) * load.quantity
        trips.add((load.stockpile_id, load.truck_id, reach.exact, need.incident.priority * time * 100))
    return unmet, sum(not trip[2] for trip in trips), arrival + sum(trip[3] for trip in trips)


def fewest_trips(mine: list[Need], holding: list[Carrier]) -> int:
    """Trips that an incident's lines need at least: by payload, and by how many stockpiles must give."""
    payload = max(carrier.truck.payload_kg * 1000 for carrier in holding)
    least = max(1, -(-sum(need.line.quantity * need.gram for need in mine) // payload))
    for need in mine:
        stock = {carrier.depot.id: dict(carrier.depot.stock).get(need.line.item, 0) for carrier in holding}
        left, depots = need.line.quantity, 0
        for have in sorted(stock.values(), reverse=True):
            if left <= 0:
                break
            left, depots = left - have, depots + 1
        least = max(least, depots)
    return min(least, len(holding))


def lower_bound(problem: Problem) -> int:
    """Arrival level that no plan on exact times can beat: each line from the nearest stock, each trip the nearest."""
    bound, every = 0, needs(problem)
    for incident in {need.incident.id: need.incident for need in every}.values():
        mine = [need for need in every if need.incident.id == incident.id]
        items = {need.line.item for need in mine}
        holding = [
            carrier
            for carrier in carriers(problem, incident)
            if carrier.exact and any(dict(carrier.depot.stock).get(item, 0) for item in items)
        ]
        trips = holding[: fewest_trips(mine, holding)]
        bound += sum(100 * incident.priority * carrier.eta_s for carrier in trips)
        bound += sum(_nearest_stock(need, holding) for need in mine)
    return bound


def _nearest_stock(need: Need, holding: list[Carrier]) -> int:
    left, spent, seen = need.line.quantity, 0, set[str]()
    for carrier in holding:
        if carrier.depot.id in seen or left <= 0:
            continue
        seen.add(carrier.depot.id)
        take = min(left, dict(carrier.depot.stock).get(need.line.item, 0))
        left, spent = left - take, spent + take * _share(need, carrier.eta_s)
    return spent


def _reached(depot: Stockpile, incident_id: str) -> tuple[int, Reach]:
    found = eta(depot, incident_id)
    if found is None:
        raise ValueError(f"stockpile {depot.id} does not reach {incident_id}")
    return found


def _share(need: Need, time: int) -> int:
    return need.incident.priority * time * max(1, 1000 // need.line.quantity)


def _cheaper(problem: Problem, loads: tuple[Load, ...] | None, start: tuple[Load, ...]) -> tuple[Load, ...]:
    if loads is None or cost(problem, start) <= cost(problem, loads):
        return start
    return loads


@dataclass
class _Haul:
    """The integer program of this stage."""

    problem: Problem
    start: tuple[Load, ...]
    cp: Any = field(default_factory=cp_model.CpModel)
    load: dict[tuple[int, str, str], Any] = field(default_factory=dict)
    goes: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    terms: dict[str, list[tuple[Any, int]]] = field(default_factory=dict)
    loads: tuple[Load, ...] | None = None
    whole: bool = True

    def __post_init__(self) -> None:
        self.needs = needs(self.problem)
        self.start_cost = cost(self.problem, self.start)
        self.bound = lower_bound(self.problem) if self.start_cost[:2] == (0, 0) else 0
        self.payload = {
            (depot.id, truck.id): truck.payload_kg * 1000 for depot in self.problem.stockpiles for truck in depot.trucks
        }
        self.terms = {"unmet": [], "degraded": [], "arrival": []}
        near = {need.incident.id: self._near(need.incident) for need in self.needs}
        for incident_id in sorted(near):
            self._add_trips(incident_id, near[incident_id])
        for at, need in enumerate(self.needs):
            self._add_need(at, need, near[need.incident.id])
        self._add_loads()
        self._add_stock()

    def _near(self, incident: Incident) -> list[Carrier]:
        """Trucks worth considering: by proof where everything can be brought, else the nearest to thrice the need."""
        mine = [need for need in self.needs if need.incident.id == incident.id]
        holding = [
            carrier
            for carrier in carriers(self.problem, incident)
            if any(dict(carrier.depot.stock).get(need.line.item, 0) for need in mine)
        ]
        if self.start_cost[:2] == (0, 0):
            return self._not_beyond(incident, mine, [carrier for carrier in holding if carrier.exact])
        return self._nearest(mine, holding)

    def _not_beyond(self, incident: Incident, mine: list[Need], holding: list[Carrier]) -> list[Carrier]:
        """Bound elimination: without trucks so far that even beside the nearest others they cost more than the plan."""
        least = fewest_trips(mine, holding)
        spare = self.start_cost[2] - self.bound
        reach = holding[least - 1].eta_s + spare // (100 * incident.priority)
        return [carrier for carrier in holding if carrier.eta_s <= reach]

    def _nearest(self, mine: list[Need], holding: list[Carrier]) -> list[Carrier]:
        wanted = {need.line.item: NEAR_FACTOR * need.line.quantity * len(self.needs) for need in mine}
        grams = sum(NEAR_FACTOR * need.line.quantity * need.gram for need in self.needs)
        kept: list[Carrier] = []
        depots: set[str] = set()
        for carrier in holding:
            if grams <= 0 and all(left <= 0 for left in wanted.values()) and len(kept) * len(mine) > MOST_PAIRS:
                self.whole = False
                break
            kept.append(carrier)
            grams -= carrier.truck.payload_kg * 1000
            if carrier.depot.id not in depots:
                depots.add(carrier.depot.id)
                wanted = {item: left - dict(carrier.depot.stock).get(item, 0) for item, left in wanted.items()}
        return kept

    def _add_trips(self, incident_id: str, near: list[Carrier]) -> None:
        for carrier in near:
            variable = self.cp.new_bool_var("b")
            self.goes[incident_id, carrier.depot.id, carrier.truck.id] = variable
            priority = next(need.incident.priority for need in self.needs if need.incident.id == incident_id)
            self.terms["arrival"].append((variable, priority * carrier.eta_s * 100))
            if not carrier.exact:
                self.terms["degraded"].append((variable, 1))

    def _add_need(self, at: int, need: Need, near: list[Carrier]) -> None:
        short = self.cp.new_int_var(0, need.line.quantity, f"u{at}")
        mine = []
        for carrier in near:
            fits = carrier.truck.payload_kg * 1000 // need.gram
            most = min(need.line.quantity, dict(carrier.depot.stock).get(need.line.item, 0), fits)
            if most > 0:
                variable = self.cp.new_int_var(0, most, "f")
                self.load[at, carrier.depot.id, carrier.truck.id] = variable
                self.terms["arrival"].append((variable, _share(need, carrier.eta_s)))
                mine.append(variable)
        self.cp.add(cp_model.LinearExpr.sum(mine) + short == need.line.quantity)
        self.terms["unmet"].append((short, need.price))

    def _add_loads(self) -> None:
        weights: dict[tuple[str, str, str], list[tuple[Any, int]]] = {}
        for (at, depot, truck), variable in self.load.items():
            need = self.needs[at]
            weights.setdefault((need.incident.id, depot, truck), []).append((variable, need.gram))
        trips: dict[tuple[str, str], list[Any]] = {}
        for (incident_id, depot, truck), drives in self.goes.items():
            trips.setdefault((depot, truck), []).append(drives)
            carried = weights.get((incident_id, depot, truck), [])
            self.cp.add(_weighted(carried) <= self.payload[depot, truck] * drives)
        for choices in trips.values():
            self.cp.add_at_most_one(choices)
        self._order_twins(trips)

    def _order_twins(self, trips: dict[tuple[str, str], list[Any]]) -> None:
        """Of equal trucks of a depot the first goes first: without this every plan has as many copies as orders."""
        keys = sorted(trips, key=lambda key: (key[0], self.payload[key], key[1]))
        for before, after in pairwise(keys):
            if before[0] == after[0] and self.payload[before] == self.payload[after]:
                self.cp.add(cp_model.LinearExpr.sum(trips[before]) >= cp_model.LinearExpr.sum(trips[after]))

    def _add_stock(self) -> None:
        drawn: dict[tuple[str, str], list[Any]] = {}
        for (at, depot, _), variable in self.load.items():
            drawn.setdefault((depot, self.needs[at].line.item), []).append(variable)
        stock = {(depot.id, item): have for depot in self.problem.stockpiles for item, have in depot.stock}
        for key, variables in drawn.items():
            self.cp.add(cp_model.LinearExpr.sum(variables) <= stock[key])

    def hint(self, loads: tuple[Load, ...]) -> None:
        at_of = {(need.incident.id, need.line.id): at for at, need in enumerate(self.needs)}
        taken = {
            (at_of[load.incident_id, load.line_id], load.stockpile_id, load.truck_id): load.quantity for load in loads
        }
        driving = {(load.incident_id, load.stockpile_id, load.truck_id) for load in loads}
        for key, variable in self.load.items():
            self.cp.add_hint(variable, taken.get(key, 0))
        for trip, drives in self.goes.items():
            self.cp.add_hint(drives, int(trip in driving))

    def forbid(self, level: str) -> None:
        """A level that the known plan has at zero stays at zero."""
        self.cp.add(_weighted(self.terms[level]) <= 0)

    def minimise(self, level: str, meter: Meter) -> bool:
        """Solve one level and hold it; False where the budget ended before the proof."""
        terms = self.terms[level]
        if not terms and self.loads is not None:
            return True
        if meter.left_s <= 0.0:
            return False
        self.cp.minimize(_weighted(terms))
        solver = cp_model.CpSolver()
        set_limits(solver, meter)
        status = solver.solve(self.cp)
        charge(solver, status, meter)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return False
        self.loads = self._read(solver)
        self.cp.add(_weighted(terms) <= round(solver.objective_value))
        return bool(status == cp_model.OPTIMAL)

    def _read(self, solver: Any) -> tuple[Load, ...]:
        found = []
        for (at, depot, truck), variable in self.load.items():
            if quantity := solver.value(variable):
                need = self.needs[at]
                found.append(Load(need.incident.id, need.line.id, depot, truck, quantity))
        return tuple(sorted(found))


def _weighted(terms: list[tuple[Any, int]]) -> Any:
    return cp_model.LinearExpr.weighted_sum([term[0] for term in terms], [term[1] for term in terms])
