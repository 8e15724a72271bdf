"""Loads as people see them: depot, truck, arrival, and why a nearer stockpile is not used (see codes.py).

A stockpile without a road to the incident is not nearer and is never listed.
"""

from dispatch.optimizer.materials import Load, eta, needs
from dispatch.optimizer.plan import MaterialPick, Nearer, Reason
from dispatch.optimizer.problem import Incident, MaterialLine, Problem, Stockpile

MOST_NEARER = 4


class Haulage:
    """The picks of a set of loads."""

    def __init__(self, problem: Problem, loads: tuple[Load, ...]) -> None:
        self.problem, self.loads = problem, loads
        self.depots = {depot.id: depot for depot in problem.stockpiles}
        self.goes = {(load.stockpile_id, load.truck_id): load.incident_id for load in loads}
        self.items = {(need.incident.id, need.line.id): need.line.item for need in needs(problem)}

    def unmet(self, incident: Incident) -> tuple[tuple[str, int], ...]:
        """What each material line lacks."""
        short = []
        for line in incident.materials:
            brought = sum(load.quantity for load in self.loads if load[:2] == (incident.id, line.id))
            if brought < line.quantity:
                short.append((line.id, line.quantity - brought))
        return tuple(short)

    def picks(self, incident: Incident) -> tuple[MaterialPick, ...]:
        """Loads of one incident in order of arrival."""
        lines = {line.id: line for line in incident.materials}
        found = []
        for load in self.loads:
            reached = eta(self.depots[load.stockpile_id], incident.id) if load.incident_id == incident.id else None
            if reached is None:
                continue
            time, reach = reached
            line = lines[load.line_id]
            found.append(
                MaterialPick(
                    line.id,
                    line.item,
                    load.quantity,
                    load.stockpile_id,
                    load.truck_id,
                    time,
                    reach.method,
                    reach.flags,
                    reach.exact,
                    self._nearer(incident, line, load, time),
                )
            )
        return tuple(sorted(found, key=lambda pick: (pick.eta_s, pick.stockpile_id, pick.truck_id, pick.line_id)))

    def _nearer(self, incident: Incident, line: MaterialLine, load: Load, time: int) -> tuple[Nearer, ...]:
        using = {other.stockpile_id for other in self.loads if other[:2] == load[:2]}
        found = []
        for depot in self.problem.stockpiles:
            reached = eta(depot, incident.id)
            if reached is None or reached[0] >= time or depot.id in using:
                continue
            why = self._why(incident, line, depot, load.quantity, exact=reached[1].exact)
            found.append(Nearer(depot.id, reached[0], why))
        found.sort(key=lambda near: (near.why.code == "no_stock", near.eta_s, near.unit_id))
        return tuple(sorted(found[:MOST_NEARER], key=lambda near: (near.eta_s, near.unit_id)))

    def _why(self, incident: Incident, line: MaterialLine, depot: Stockpile, wanted: int, *, exact: bool) -> Reason:
        holds = dict(depot.stock).get(line.item, 0)
        drawn = [load for load in self.loads if load.stockpile_id == depot.id and self._item(load) == line.item]
        if holds <= 0:
            return Reason("no_stock")
        if not any(truck.available for truck in depot.trucks):
            return Reason("truck_out", (("trucks", tuple(f"{truck.id}:{truck.reason}" for truck in depot.trucks)),))
        if holds - sum(load.quantity for load in drawn) <= 0:
            return Reason("stock_for", (("incident", drawn[0].incident_id),))
        away = [self.goes.get((depot.id, truck.id)) for truck in depot.trucks if truck.available]
        if all(where is not None and where != incident.id for where in away):
            return Reason("truck_for", (("incident", str(away[0])),))
        if not exact:
            return Reason("time_not_exact")
        return Reason("holds_less", (("holds", holds),)) if holds < wanted else Reason("more_trucks")

    def _item(self, load: Load) -> str:
        return self.items[load.incident_id, load.line_id]
