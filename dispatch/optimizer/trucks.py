"""The integer program of the materials stage, and what keeps it small.

Formulation and levels: see materials.py. Trucks are single, not pooled by payload, because a load that fits the sum
of two payloads need not fit two trucks; where each truck of a depot could carry all that one incident may take from
it, which one goes does not matter and they become one number. Where everything can be brought, bound elimination
leaves out trucks that are too far to be in any plan as good as the greedy one; else only the nearest are considered
and the claim says so.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ortools.sat.python import cp_model

from dispatch.optimizer.linear import Meter, charge, set_limits
from dispatch.optimizer.materials import Carrier, Load, Need, carriers, cost, nearest_loads, needs, share
from dispatch.optimizer.problem import Problem, Stockpile
from dispatch.optimizer.program import FAILURES

GREEDY = "greedy"
PROVED = "proved"
NEAR = "near"
NEAR_FACTOR = 3
MOST_PAIRS = 400


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
    if program.spare == 0:
        return start, PROVED
    program.write()
    program.hint(start)
    for level, known in zip(("unmet", "degraded", "arrival"), (*program.start_cost[:2], None), strict=True):
        if known == 0:
            program.forbid(level)
            continue
        if not program.minimise(level, meter):
            return _cheaper(problem, program.loads, start), GREEDY if program.loads is None else NEAR
    return _cheaper(problem, program.loads, start), PROVED if program.whole else NEAR


def _cheaper(problem: Problem, loads: tuple[Load, ...] | None, start: tuple[Load, ...]) -> tuple[Load, ...]:
    if loads is None or cost(problem, start) <= cost(problem, loads):
        return start
    return loads


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


def least_arrival(mine: list[Need], holding: list[Carrier]) -> int:
    """Arrival level that no plan of one incident beats: each line from the nearest stock, each trip the nearest."""
    trips = holding[: fewest_trips(mine, holding)]
    driven = sum(100 * mine[0].incident.priority * carrier.eta_s for carrier in trips)
    return driven + sum(_nearest_stock(need, holding) for need in mine)


def _nearest_stock(need: Need, holding: list[Carrier]) -> int:
    left, spent, seen = need.line.quantity, 0, set[str]()
    for carrier in holding:
        if carrier.depot.id in seen or left <= 0:
            continue
        seen.add(carrier.depot.id)
        take = min(left, dict(carrier.depot.stock).get(need.line.item, 0))
        left, spent = left - take, spent + take * share(need, carrier.eta_s)
    return spent


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
        self.payload = {
            (depot.id, truck.id): truck.payload_kg * 1000 for depot in self.problem.stockpiles for truck in depot.trucks
        }
        self.mine: dict[str, list[Need]] = {}
        for need in self.needs:
            self.mine.setdefault(need.incident.id, []).append(need)
        self.pools = {depot.id: pool for depot in self.problem.stockpiles if (pool := self._pool(depot))}
        self.terms = {"unmet": [], "degraded": [], "arrival": []}
        self.holding = {incident: self._holding(mine) for incident, mine in sorted(self.mine.items())}
        self.spare = self._spare() if self.start_cost[:2] == (0, 0) else None

    def _spare(self) -> int:
        """How much dearer the known plan is than each incident's bound together; 0 = it is the best there is."""
        for incident, every in self.holding.items():
            self.holding[incident] = [carrier for carrier in every if carrier.exact]
        return self.start_cost[2] - sum(least_arrival(self.mine[at], every) for at, every in self.holding.items())

    def write(self) -> None:
        """State variables, rows and terms."""
        near = {incident: self._near(self.mine[incident], every) for incident, every in self.holding.items()}
        for incident_id, trucks in near.items():
            self._add_trips(incident_id, trucks)
        for at, need in enumerate(self.needs):
            self._add_need(at, need, near[need.incident.id])
        self._add_loads()
        self._add_stock()

    def _pool(self, depot: Stockpile) -> tuple[str, ...]:
        """Trucks of a depot where each can carry all that one incident could take: then it matters not which goes."""
        trucks = tuple(sorted(truck.id for truck in depot.trucks if truck.available))
        stock = dict(depot.stock)
        most = max(
            sum(need.gram * min(need.line.quantity, stock.get(need.line.item, 0)) for need in mine)
            for mine in self.mine.values()
        )
        return trucks if all(self.payload[depot.id, truck] >= most for truck in trucks) else ()

    def _holding(self, mine: list[Need]) -> list[Carrier]:
        """Trucks at depots that hold something needed; of a pool the first stands for all."""
        items = {need.line.item for need in mine}
        return [
            carrier
            for carrier in carriers(self.problem, mine[0].incident)
            if any(item in items and have > 0 for item, have in carrier.depot.stock)
            and carrier.truck.id in self.pools.get(carrier.depot.id, (carrier.truck.id,))[:1]
        ]

    def _near(self, mine: list[Need], holding: list[Carrier]) -> list[Carrier]:
        """Trucks worth considering: by proof where everything can be brought, else the nearest to thrice the need."""
        return self._nearest(mine, holding) if self.spare is None else self._not_beyond(mine, holding, self.spare)

    def _not_beyond(self, mine: list[Need], holding: list[Carrier], spare: int) -> list[Carrier]:
        """Bound elimination: without trucks so far that even beside the nearest others they cost more than the plan."""
        reach = holding[fewest_trips(mine, holding) - 1].eta_s + spare // (100 * mine[0].incident.priority)
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
                self.terms["arrival"].append((variable, share(need, carrier.eta_s)))
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
        for (depot, _), choices in trips.items():
            self.cp.add(cp_model.LinearExpr.sum(choices) <= len(self.pools.get(depot, "1")))
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
        """Start from known loads."""
        at_of = {(need.incident.id, need.line.id): at for at, need in enumerate(self.needs)}
        taken: dict[tuple[int, str, str], int] = {}
        driving: set[tuple[str, str, str]] = set()
        for load in loads:
            truck = self.pools.get(load.stockpile_id, (load.truck_id,))[0]
            taken[at_of[load.incident_id, load.line_id], load.stockpile_id, truck] = load.quantity
            driving.add((load.incident_id, load.stockpile_id, truck))
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
        """Loads by name; the trucks of a pool go to its incidents in order of id."""
        found = []
        for (at, depot, truck), variable in self.load.items():
            if quantity := solver.value(variable):
                need = self.needs[at]
                found.append(Load(need.incident.id, need.line.id, depot, truck, quantity))
        visits: dict[str, list[str]] = {}
        for load in sorted(found):
            served = visits.setdefault(load.stockpile_id, [])
            served += [] if load.incident_id in served else [load.incident_id]
        return tuple(sorted(self._name_truck(load, visits[load.stockpile_id]) for load in found))

    def _name_truck(self, load: Load, served: list[str]) -> Load:
        pool = self.pools.get(load.stockpile_id)
        return load._replace(truck_id=pool[served.index(load.incident_id)]) if pool else load


def _weighted(terms: list[tuple[Any, int]]) -> Any:
    return cp_model.LinearExpr.weighted_sum([term[0] for term in terms], [term[1] for term in terms])
