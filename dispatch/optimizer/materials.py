"""Materials: what goes from which stockpile on which truck, solved after the units.

Apart, and at no cost: no truck of a stockpile is a unit (problem.py refuses one that is), no crew serves both, and no
row of either program names a variable of the other, so the best of both apart is the best together.

  f[k,l] >= 0 int   quantity of line l on truck k       b[k,i] in {0,1}   truck k drives to incident i
  (truck)  sum_i b[k,i] <= 1      (load) sum_{l of i} g_l f[k,l] <= payload_k b[k,i]
  (stock)  sum_{k of depot, l of item} f[k,l] <= stock  (need) sum_k f[k,l] + u_l = Q_l
  lexicographic min  1 sum p w u / Q   2 trips on inexact times   3 sum p t (1000 f / Q + 100 b): mean arrival, few
trucks Trucks are single, not pooled by payload: a load that fits the sum of two payloads need not fit two trucks. The
greedy answer (nearest truck with stock first) is the incumbent and the hint.
"""

from dataclasses import dataclass
from typing import NamedTuple

from dispatch.optimizer.problem import Incident, MaterialLine, Problem, Reach, Stockpile, Truck


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
        arrival += share(need, time) * load.quantity
        trips.add((load.stockpile_id, load.truck_id, reach.exact, need.incident.priority * time * 100))
    return unmet, sum(not trip[2] for trip in trips), arrival + sum(trip[3] for trip in trips)


def _reached(depot: Stockpile, incident_id: str) -> tuple[int, Reach]:
    found = eta(depot, incident_id)
    if found is None:
        raise ValueError(f"stockpile {depot.id} does not reach {incident_id}")
    return found


def share(need: Need, time: int) -> int:
    """What one item of a line costs at the arrival level, brought in `time` seconds."""
    return need.incident.priority * time * max(1, 1000 // need.line.quantity)
