"""All units x all incidents as one integer model, written anew from the problem: the ground of monolith and referee.

  x_c in 0..N   units of pool g in line r of incident i, or beside its lines for its totals
  (cap) sum_{c of g} x_c <= N_g   (count) sum_{c of r} x_c + u_r = q_r   (sum) sum_{c of i} a_g x_c + v_s >= Q_s
  (area) sum_{c of the area's stations} x_c + d_i >= 1   (cover) sum_{c of the zone's units} x_c - z <= N_z - 1
It shares no decision with the optimizer: no pruning, pools of its own, prices from the words of score.py. `pooled`
puts equal units (class, station, place, times) into one integer, else each unit is a variable of its own. Problems with
committed or shareable units, reserves or tolerances are refused.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from dispatch.optimizer import Incident, Problem, Unit
from dispatch.optimizer.problem import CountLine, Policy, Style
from tests.bench.optimizer.highs import Mip, Terms


@dataclass(frozen=True, slots=True)
class Pool:
    """Equal free units; `times` = seconds and exactness per incident that they reach."""

    unit_ids: tuple[str, ...]
    like: Unit
    times: dict[str, tuple[int, bool]]


@dataclass(frozen=True, slots=True)
class Column:
    """Units of one pool in a line of an incident (`line` None = for its totals only); `variable` in the model."""

    pool: int
    incident: Incident
    line: CountLine | None
    time_s: int
    exact: bool
    variable: int


@dataclass
class WholeModel:
    """The model with the terms of each level; `keep` says which (unit, incident, seconds) become columns."""

    problem: Problem
    keep: Callable[[Unit, Incident, int], bool] = lambda _unit, _incident, _time: True
    pooled: bool = True
    mip: Mip = field(default_factory=Mip)
    columns: list[Column] = field(default_factory=list)
    levels: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    departed: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.style = _style(self.problem.policy)
        self.pools = tuple(_pools(self.problem, pooled=self.pooled))
        self.levels = {name: [] for name in ("hard", "soft", "degraded", "late", "arrival")}
        for incident in self.problem.incidents:
            self._columns_of(incident)
        by_pool: dict[int, list[tuple[int, int]]] = {}
        for column in self.columns:
            by_pool.setdefault(column.pool, []).append((column.variable, 1))
        for pool, terms in by_pool.items():
            self.mip.row(terms, high=len(self.pools[pool].unit_ids))
        for incident in self.problem.incidents:
            self._need(incident)
            self._area(incident)
        self._prices()
        self._cover(by_pool)

    def _columns_of(self, incident: Incident) -> None:
        lines = (*(line for line in incident.counts if line.quantity), None)
        for number, pool in enumerate(self.pools):
            time, exact = pool.times.get(incident.id, (-1, True))
            if time < 0 or not self.keep(pool.like, incident, time):
                continue
            for line in lines:
                if _serves(pool.like, line, incident):
                    most = min(len(pool.unit_ids), line.quantity) if line else len(pool.unit_ids)
                    self.columns.append(Column(number, incident, line, time, exact, self.mip.variable(most)))

    def _need(self, incident: Incident) -> None:
        mine = [column for column in self.columns if column.incident is incident]
        for line in incident.counts:
            short = self.mip.variable(line.quantity)
            terms = [(column.variable, 1) for column in mine if column.line is line]
            self.mip.row([*terms, (short, 1)], line.quantity, line.quantity)
            price = 1000 * incident.priority * line.weight
            self.levels["hard" if line.hard else "soft"].append((short, price))
        for total in incident.sums:
            short = self.mip.variable(total.total)
            adds = [(column.variable, _adds(self.pools[column.pool].like, total.attribute)) for column in mine]
            self.mip.row([*(term for term in adds if term[1]), (short, 1)], low=total.total)
            price = max(1, 1000 // max(1, total.total)) * incident.priority * total.weight
            self.levels["hard" if total.hard else "soft"].append((short, price))

    def _area(self, incident: Incident) -> None:
        """Where a unit of the area's stations could go, one goes or the departure is paid."""
        own = [number for number, pool in enumerate(self.pools) if pool.like.station_id in incident.area_station_ids]
        could = [n for n in own if self.pools[n].times.get(incident.id, (0, False))[1] and self._of_use(n, incident)]
        if not could:
            return
        self.departed[incident.id] = self.mip.variable(1)
        going = [(c.variable, 1) for c in self.columns if c.incident is incident and c.pool in own]
        self.mip.row([*going, (self.departed[incident.id], 1)], low=1)

    def _of_use(self, pool: int, incident: Incident) -> bool:
        return any(_serves(self.pools[pool].like, line, incident) for line in (*incident.counts, None))

    def _prices(self) -> None:
        for column in self.columns:
            priority, size = column.incident.priority, max(1, sum(line.quantity for line in column.incident.counts))
            like = self.pools[column.pool].like
            late_s = column.time_s + sum(r.spare_s for r in like.reach if r.incident_id == column.incident.id)
            self.levels["arrival"].append((column.variable, 100 * priority * late_s // size + self.style.unit_price))
            if not column.exact:
                self.levels["degraded"].append((column.variable, 1))
            line = column.line
            if line is not None and line.deadline_s is not None and column.time_s > line.deadline_s:
                self.levels["late"].append((column.variable, priority * line.weight))

    def _cover(self, by_pool: dict[int, list[tuple[int, int]]]) -> None:
        """Zones with the same units are one row; a zone is lost when all its units go."""
        risk: dict[tuple[int, ...], int] = {}
        for zone in self.problem.zones:
            able = tuple(n for n, pool in enumerate(self.pools) if pool.like.place in zone.places)
            risk[able] = risk.get(able, 0) + zone.risk
        for able, weight in risk.items():
            if able:
                lost = self.mip.variable(1)
                leaving = [term for number in able for term in by_pool.get(number, [])]
                units = sum(len(self.pools[number].unit_ids) for number in able)
                self.mip.row([*leaving, (lost, -1)], high=units - 1)
                self.levels["arrival"].append((lost, self.style.cover_price * weight))

    def departure_terms(self) -> Terms:
        """The price of leaving the area's station at home, in weighted seconds."""
        price = self.problem.policy.area_price_s
        weights = {incident.id: incident.priority for incident in self.problem.incidents}
        return [(variable, weights[name] * price) for name, variable in self.departed.items()]


def _style(policy: Policy) -> Style:
    """The style that makes the plan; what this model has no rows for is refused."""
    style = policy.styles[0]
    if style.station_price or style.tolerance_s or style.first_tolerance_s or policy.reserves:
        raise ValueError("reserves, tolerances and prices of stations have no rows here")
    return style


def _pools(problem: Problem, *, pooled: bool) -> Iterator[Pool]:
    found: dict[object, list[Unit]] = {}
    for unit in problem.units:
        if unit.shareable or unit.standing.status in ("enroute", "committed"):
            raise ValueError(f"{unit.id} is committed or shareable")
        if unit.tier == "main" and unit.standing.status == "available":
            same = (unit.capabilities, unit.parameters, unit.station_id, unit.place, unit.turnout_s, unit.reach)
            found.setdefault(same if pooled else unit.id, []).append(unit)
    for units in found.values():
        like = units[0]
        times = {r.incident_id: (r.travel_s + like.turnout_s, r.exact) for r in like.reach if r.travel_s is not None}
        yield Pool(tuple(unit.id for unit in units), like, times)


def _serves(unit: Unit, line: CountLine | None, incident: Incident) -> bool:
    if line is None:
        return any(total.total and _adds(unit, total.attribute) > 0 for total in incident.sums)
    able, has = dict(unit.capabilities), dict(unit.parameters)
    if line.quantity == 0 or not any(able.get(code, -1) >= line.min_amount for code in line.capabilities):
        return False
    return all(has.get(name, 0) >= least for name, least in line.parameters)


def _adds(unit: Unit, attribute: str) -> int:
    return dict(unit.parameters).get(attribute, dict(unit.capabilities).get(attribute, 0))
