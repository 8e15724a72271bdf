"""What the optimizer is asked: incidents with their lines, units and stockpiles with whole-second times.

Everything is frozen, every number an integer, every collection a tuple, so that a problem can be hashed and replayed.
Seconds end in `_s`, kilograms in `_kg`, grams in `_g`. Priorities and weights are small integers, larger is worse.

Two kinds of line share one force:
  count line  needs `quantity` units, each of which alone reaches the threshold (one unit fills one line);
  sum line    needs a total of an attribute over all units sent (pump flow, people, foam): only here amounts add up.
"""

import hashlib
import json
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from itertools import pairwise
from operator import attrgetter
from typing import Any, Literal, get_args, get_type_hints

Amounts = tuple[tuple[str, int], ...]
Status = Literal["available", "enroute", "committed", "out_of_service", "outside", "by_request"]
Tier = Literal["main", "first_aid"]

SPECIAL, REST = "special", "rest"  # why a unit is spared

MAX_PRIORITY = 9
MAX_WEIGHT = 100
MAX_TIME_S = 7 * 24 * 3600


def amounts(values: dict[str, int]) -> Amounts:
    """The canonical tuple of a mapping from a code to its amount."""
    return tuple(sorted(values.items()))


@dataclass(frozen=True, slots=True)
class Reach:
    """How one unit or stockpile comes to one incident, turnout not included.

    `travel_s` None = unreachable. `exact` False = degraded (off the network, straight line): such an entry is used only
    where no exact one can serve. `unrestricted_s` = the time without height, weight and width limits, where known.
    `spare_s` = it is sent there as if it came so much later; `spare_why` says why: SPECIAL unit on an ordinary call, or
    REST of a crew that has worked long (Unit.worked_s).
    """

    incident_id: str
    travel_s: int | None
    method: str = "road"
    flags: tuple[str, ...] = ()
    exact: bool = True
    unrestricted_s: int | None = None
    spare_s: int = 0
    spare_why: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a unit is doing. `enroute` and `committed` name the incident and the seconds until it is there.

    `by_request` = of others, and not promised; `reason` names who must be asked.
    """

    status: Status = "available"
    incident_id: str | None = None
    residual_s: int = 0
    reason: str = ""


AVAILABLE = Standing()


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing that is dispatched. `first_aid` units (micro stations) never fill a count or sum line.

    `place` = where it stands ready for a next call, a name that zones know; empty = it covers nothing. `holder` = the
    organisation that lends it, None = ours: what is lent holds no zone, no reserve and no station of ours. `worked_s` =
    how long a crew that should rest has operated of late, else 0.
    """

    id: str
    station_id: str
    capabilities: Amounts
    parameters: Amounts = ()
    reach: tuple[Reach, ...] = ()
    turnout_s: int = 0
    standing: Standing = AVAILABLE
    tier: Tier = "main"
    shareable: bool = False
    holder: str | None = None
    name: str = ""
    place: str = ""
    worked_s: int = 0


@dataclass(frozen=True, slots=True)
class Substitute:
    """`each` units of this kind stand in for one of a line; for each, the full force counts `penalty_s` later."""

    capabilities: tuple[str, ...]
    each: int = 2
    min_amount: int = 1
    parameters: Amounts = ()
    penalty_s: int = 300


@dataclass(frozen=True, slots=True)
class CountLine:
    """`quantity` units with any of `capabilities` at `min_amount` or more, and every parameter at its minimum or more.

    A unit that comes after `deadline_s` still counts, but an earlier one is preferred before anything else is weighed.
    """

    id: str
    capabilities: tuple[str, ...]
    quantity: int
    min_amount: int = 1
    parameters: Amounts = ()
    deadline_s: int | None = None
    hard: bool = True
    weight: int = 1
    source: str = ""
    substitute: Substitute | None = None


@dataclass(frozen=True, slots=True)
class SumLine:
    """A total of one attribute (a parameter, else a capability's amount) over all main-tier units at the incident."""

    id: str
    attribute: str
    total: int
    hard: bool = True
    weight: int = 1
    source: str = ""


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """A quantity of one item of material, brought from stockpiles by their trucks."""

    id: str
    item: str
    quantity: int
    hard: bool = True
    weight: int = 1
    source: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """An open incident; lines in the order of its response card, `sequence` = order of report (for the greedy peer)."""

    id: str
    priority: int
    counts: tuple[CountLine, ...] = ()
    sums: tuple[SumLine, ...] = ()
    materials: tuple[MaterialLine, ...] = ()
    area_station_ids: tuple[str, ...] = ()
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Truck:
    """A vehicle of a stockpile; one trip to one incident."""

    id: str
    payload_kg: int
    available: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stockpile:
    """A depot: what it holds, the trucks that carry it, its times to the incidents (loading = `turnout_s`)."""

    id: str
    stock: Amounts
    trucks: tuple[Truck, ...] = ()
    reach: tuple[Reach, ...] = ()
    turnout_s: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Zone:
    """A part of the city that weighs `risk`; covered while a free unit stands at one of `places` (by `Unit.place`)."""

    id: str
    risk: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reserve:
    """At least so many free units with a capability stay at a station (empty = in the city); each missing one costs."""

    station_id: str
    capability: str
    at_least: int
    price: int


@dataclass(frozen=True, slots=True)
class Style:
    """What a plan trades once nothing is unmet that could be met: up to so many seconds against what stays behind.

    Completion may be `tolerance_s` and the first unit `first_tolerance_s` later than the best. Prices are in hundredths
    of a priority-second of mean arrival: per unit of risk uncovered, unit sent, station that anybody leaves.
    """

    name: str
    tolerance_s: int = 0
    first_tolerance_s: int = 0
    cover_price: int = 10
    unit_price: int = 1
    station_price: int = 0


FASTEST = Style("fastest")
COVERED = Style("covered", tolerance_s=120, first_tolerance_s=30, cover_price=100)
CALM = Style("calm", tolerance_s=180, first_tolerance_s=60, unit_price=2_000, station_price=10_000)


@dataclass(frozen=True, slots=True)
class Policy:
    """What a commander may set. Departing from the station area must save more than `area_price_s` of completion.

    The first style makes the plan that is recommended, the others its alternatives.
    First aid: micro station on scene within 3 minutes (城市消防站建设标准 practice, 微型站 3 分钟到场).
    """

    area_price_s: int = 60
    first_aid_radius_s: int = 180
    first_aid_limit: int = 3
    styles: tuple[Style, ...] = (FASTEST, COVERED, CALM)
    reserves: tuple[Reserve, ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one call. Deterministic seconds are CP-SAT's machine-independent clock; the wall guard is for safety.

    Zero `deterministic_s` leaves CP-SAT out: the answer is then the best of flow, repair and greedy. The earliest full
    force may take `completion_s` of it, so that the last stage is not starved where many incidents compete. Every
    alternative has a share of its own, so that none delays the plan.
    """

    deterministic_s: float = 0.1
    completion_s: float = 0.03
    alternative_s: float = 0.01
    wall_guard_s: float = 2.0
    flow_nodes: int = 60
    nearer_per_pick: int = 4


@dataclass(frozen=True, slots=True)
class Problem:
    """All open incidents and everything that could go. `item_g` = weight of one item in grams."""

    incidents: tuple[Incident, ...]
    units: tuple[Unit, ...]
    stockpiles: tuple[Stockpile, ...] = ()
    item_g: Amounts = ()
    policy: Policy = field(default_factory=Policy)
    zones: tuple[Zone, ...] = ()


@cache
def _values(kind: Any) -> "attrgetter[Any]":
    """Reads all fields of a value at once, in order: plain tuples are written many times faster than dataclasses."""
    return attrgetter(*(part.name for part in fields(kind)))


@cache
def _is_flat(kind: Any) -> bool:
    """Whether no field of a kind of value holds a value with fields of its own."""
    return not any(is_dataclass(part) for hint in get_type_hints(kind).values() for part in (hint, *get_args(hint)))


_UNIT, _STANDING, _REACH = _values(Unit), _values(Standing), _values(Reach)
_REACH_AT, _STANDING_AT = (next(at for at, f in enumerate(fields(Unit)) if f.name == n) for n in ("reach", "standing"))


def canonical(problem: Problem) -> Problem:
    """The same problem sorted by id, so that the order of rows in a database cannot change a plan.

    Raises ValueError, with the offending id, where the problem contradicts itself.
    """
    ordered = replace(
        problem,
        incidents=tuple(sorted(problem.incidents, key=lambda thing: thing.id)),
        units=tuple(sorted(problem.units, key=lambda thing: thing.id)),
        stockpiles=tuple(sorted(problem.stockpiles, key=lambda thing: thing.id)),
        zones=tuple(sorted(problem.zones, key=lambda thing: thing.id)),
    )
    _refuse_contradictions(ordered)
    return ordered


def stated(problem: Problem) -> str:
    """A canonical problem as text, each value as the list of its fields: what is hashed, kept and read again."""
    rows = [_row(getattr(problem, part.name)) if part.name != "units" else _units(problem) for part in fields(Problem)]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _units(problem: Problem) -> list[list[Any]]:
    rows = [list(_UNIT(unit)) for unit in problem.units]
    for row in rows:
        row[_REACH_AT] = [_REACH(way) for way in row[_REACH_AT]]
        row[_STANDING_AT] = _STANDING(row[_STANDING_AT])
    return rows


def _row(value: Any) -> Any:
    if is_dataclass(value):
        kind: Any = type(value)
        return _values(kind)(value) if _is_flat(kind) else [_row(part) for part in _values(kind)(value)]
    return [_row(part) for part in value] if isinstance(value, tuple) else value


def hash_of(text: str) -> str:
    """SHA-256 of a stated problem; equal inputs give equal plans for the same solver version."""
    return hashlib.sha256(text.encode()).hexdigest()


def input_hash(problem: Problem) -> str:
    """The hash of a canonical problem."""
    return hash_of(stated(problem))


def _refuse_contradictions(problem: Problem) -> None:
    _refuse_twins([incident.id for incident in problem.incidents])
    _refuse_twins([unit.id for unit in problem.units])
    _refuse_twins([depot.id for depot in problem.stockpiles])
    _refuse_twins([zone.id for zone in problem.zones])
    trucks = {truck.id for depot in problem.stockpiles for truck in depot.trucks}
    both = sorted(trucks & {unit.id for unit in problem.units})
    if both:
        raise ValueError(f"{both[0]} is a truck and a unit")
    if any(zone.risk < 0 for zone in problem.zones):
        raise ValueError("a zone of negative risk")
    for incident in problem.incidents:
        _refuse_bad_incident(incident)
    holders: tuple[Unit | Stockpile, ...] = (*problem.units, *problem.stockpiles)
    for holder in holders:
        if holder.turnout_s < 0:
            raise ValueError(f"{holder.id}: negative turnout")
        for reach in holder.reach:
            if reach.travel_s is not None and not 0 <= reach.travel_s <= MAX_TIME_S:
                raise ValueError(f"{holder.id} to {reach.incident_id}: travel time {reach.travel_s} s")
            if not 0 <= reach.spare_s <= MAX_TIME_S:
                raise ValueError(f"{holder.id} to {reach.incident_id}: spared by {reach.spare_s} s")


def _refuse_twins(ids: list[str]) -> None:
    if len(set(ids)) != len(ids):
        twin = next(this for this, after in pairwise(ids) if this == after)
        raise ValueError(f"id {twin} is given twice")


def _refuse_bad_incident(incident: Incident) -> None:
    lines: tuple[CountLine | SumLine | MaterialLine, ...] = (*incident.counts, *incident.sums, *incident.materials)
    _refuse_twins(sorted(line.id for line in lines))
    if not 1 <= incident.priority <= MAX_PRIORITY:
        raise ValueError(f"{incident.id}: priority {incident.priority} is outside 1..{MAX_PRIORITY}")
    for line in lines:
        if not line.id or not 1 <= line.weight <= MAX_WEIGHT:
            raise ValueError(f"{incident.id} line {line.id!r}: weight {line.weight} is outside 1..{MAX_WEIGHT}")
        if (line.total if isinstance(line, SumLine) else line.quantity) < 0:
            raise ValueError(f"{incident.id} line {line.id}: negative need")
    for count in incident.counts:
        other = count.substitute
        if other and not (other.each >= 1 and 0 <= other.penalty_s <= MAX_TIME_S):
            raise ValueError(f"{incident.id} line {count.id}: {other.each} for one at {other.penalty_s} s")
