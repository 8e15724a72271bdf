"""From what dispatch knows to what the optimizer is asked: lines, units and stockpiles with their road times."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil, floor

from dispatch import optimizer
from dispatch.routing import Closed
from dispatch.rules.aid import PROMISED
from dispatch.workers.jobs import BY_REQUEST, RecommendJob, UnitAt
from dispatch.workers.once import Once
from dispatch.workers.policy import policy_of, spared, sparing
from dispatch.workers.travel import Leg, Roads, mover_of, mover_of_micro, truck_at
from kernel.contracts.incident import Incident
from kernel.contracts.plans import LineKind, Requirement, Substitute, Threshold
from kernel.contracts.resources import Stockpile, Unit

FIRST_AID_S = 300.0
OUTSIDE = frozenset({"silent"})


def problem_of(job: RecommendJob, roads: Roads, *, whole: bool = False) -> optimizer.Problem:
    """The joint problem of the incident asked about and all that lack something, with the road times of helpers.

    `whole` = with the incidents that lack nothing.
    """
    closed = roads.closed(job.closures, job.at)
    job = job if whole else _without_met(job)
    units, piles = [_unit(each) for each in job.units], _holding(job)
    reaches = _reaches(job, roads, closed, units, piles)
    return optimizer.Problem(
        incidents=tuple(_stated(each, job, number) for number, each in _by_report(job)),
        units=(*_reaching(units, reaches, job), *_micro(job, roads, closed)),
        stockpiles=tuple(_stockpile(pile, job, reaches[pile.id]) for pile in piles),
        item_g=optimizer.amounts({code: round(kg * 1000) for code, kg in job.item_kg.items()}),
        policy=policy_of(job.policy),
        zones=job.zoning.zones,
    )


def _reaching(
    units: list[optimizer.Unit], reaches: Mapping[str, dict[str, Leg]], job: RecommendJob
) -> list[optimizer.Unit]:
    kept = spared(job.policy, job.incidents)
    special = {station_id for station_id, _ in kept}
    reaching = [_reached(unit, legs) if (legs := reaches[unit.id]) else unit for unit in units]
    return [
        sparing(unit, kept, job.worked_s, job.policy.rest)
        if unit.station_id in special or unit.id in job.worked_s
        else unit
        for unit in reaching
    ]


def _reached(unit: optimizer.Unit, legs: Mapping[str, Leg]) -> optimizer.Unit:
    """The unit with its ways; a promised one carries its flag on them."""
    promised = unit.holder is not None and unit.standing.status != BY_REQUEST
    return replace(unit, reach=_reach(legs, (PROMISED,) if promised else ()))


def _by_report(job: RecommendJob) -> list[tuple[int, Incident]]:
    ordered = sorted(job.incidents, key=lambda each: (each.reported_at, each.id))
    return list(enumerate(ordered))


def _without_met(job: RecommendJob) -> RecommendJob:
    """The job without those incidents whose needs are met by what is committed to them."""
    bound: dict[str | None, list[optimizer.Unit]] = {}
    for each in job.units:
        if each.committed:
            bound.setdefault(each.incident_id, []).append(_unit(each))
    open_ = [
        each
        for each in job.incidents
        if each.id == job.incident_id or not optimizer.is_met(_stated(each, job), bound.get(each.id, []))
    ]
    return replace(job, incidents=tuple(open_))


def _stated(incident: Incident, job: RecommendJob, sequence: int = 0) -> optimizer.Incident:
    return _incident(incident, job.supplied.get(incident.id, {}), sequence)


def _incident(incident: Incident, supplied: dict[str, int], sequence: int) -> optimizer.Incident:
    lines = incident.requirements
    return optimizer.Incident(
        id=incident.id,
        priority=int(incident.alarm_level),
        counts=tuple(_count(line) for line in lines if line.kind is LineKind.COUNT),
        sums=tuple(_sum(line) for line in lines if line.kind is LineKind.SUM and line.attribute),
        materials=tuple(_material(line, supplied) for line in lines if line.kind is LineKind.MATERIAL),
        area_station_ids=(incident.area_station_id,) if incident.area_station_id else (),
        sequence=sequence,
    )


def _count(line: Requirement) -> optimizer.CountLine:
    return optimizer.CountLine(
        id=line.key,
        capabilities=tuple(sorted(line.capabilities)),
        quantity=line.quantity,
        min_amount=line.amount,
        parameters=_least(line.thresholds),
        deadline_s=line.deadline_s,
        hard=line.hard,
        weight=_weight(line),
        source=line.source,
        substitute=None if line.substitute is None else _substitute(line.substitute),
    )


def _substitute(other: Substitute) -> optimizer.Substitute:
    return optimizer.Substitute(
        capabilities=tuple(sorted(other.capabilities)),
        each=other.each,
        min_amount=other.amount,
        parameters=_least(other.thresholds),
        penalty_s=other.penalty_s,
    )


def _least(thresholds: Iterable[Threshold]) -> optimizer.Amounts:
    return optimizer.amounts({each.parameter: ceil(each.at_least) for each in thresholds})


def _sum(line: Requirement) -> optimizer.SumLine:
    return optimizer.SumLine(line.key, line.attribute or "", line.quantity, line.hard, _weight(line), line.source)


def _material(line: Requirement, supplied: dict[str, int]) -> optimizer.MaterialLine:
    item = line.item_code or ""
    left = max(0, line.quantity - supplied.get(item, 0))
    return optimizer.MaterialLine(line.key, item, left, line.hard, _weight(line), line.source)


def _weight(line: Requirement) -> int:
    return min(100, max(1, line.weight))


def _reaches(
    job: RecommendJob, roads: Roads, closed: Closed | None, units: list[optimizer.Unit], piles: list[Stockpile]
) -> dict[str, dict[str, Leg]]:
    """The way of every unit and stockpile, by its id, to each incident for which it could do something."""
    movers = [mover_of(each.unit, each.at) for each in job.units]
    reaches: dict[str, dict[str, Leg]] = {name: {} for name in (*(u.id for u in units), *(p.id for p in piles))}
    for incident in job.incidents:
        pinned = frozenset(job.choices.pinned if incident.id == job.incident_id else ())
        may = [number for number, each in enumerate(job.units) if _may_be_sent(each, incident.id)]
        able = _able(units, incident)
        going = {units[number].id: movers[number] for number in may if number in able or units[number].id in pinned}
        if any(line.kind is LineKind.MATERIAL for line in incident.requirements):
            going |= {pile.id: truck_at(pile.at) for pile in piles}
        legs = roads.legs(incident.at, list(going.values()), closed, free=incident.id == job.incident_id)
        for name, leg in zip(going, legs, strict=True):
            reaches[name][incident.id] = leg
    return reaches


def _may_be_sent(each: UnitAt, incident_id: str) -> bool:
    """Forces of others go where they are promised and nowhere else; those that may be asked for have their time."""
    return not each.owner or each.unavailable == BY_REQUEST or each.promised_to == incident_id


def _able(units: list[optimizer.Unit], incident: Incident) -> set[int]:
    """Numbers of the units that could fill or add to a line of an incident; like units are asked once."""
    asked = _incident(incident, {}, 0)
    lines: list[optimizer.CountLine | optimizer.SumLine] = [*asked.counts, *asked.sums]
    known: dict[tuple[optimizer.Amounts, optimizer.Amounts], bool] = {}
    for unit in units:
        kind = (unit.capabilities, unit.parameters)
        if kind not in known:
            known[kind] = any(optimizer.could_help(unit, line) for line in lines)
    return {number for number, unit in enumerate(units) if known[unit.capabilities, unit.parameters]}


def _abilities(unit: Unit) -> tuple[optimizer.Amounts, optimizer.Amounts]:
    parameters = {name: floor(value) for name, value in unit.parameters.items() if value >= 0}
    return optimizer.amounts(dict(unit.capabilities)), optimizer.amounts(parameters | {"crew": unit.crew})


_abilities_of = Once(_abilities)


def _unit(each: UnitAt) -> optimizer.Unit:
    unit = each.unit
    capabilities, parameters = _abilities_of(unit)
    return optimizer.Unit(
        id=unit.id,
        station_id=unit.station_id,
        capabilities=capabilities,
        parameters=parameters,
        turnout_s=(unit.turnout_s if each.at == unit.at else 0) + each.ready_s,
        standing=_standing(each),
        shareable=unit.shareable,
        holder=each.owner or None,
        name=unit.name,
        place=each.place,
    )


def _standing(each: UnitAt) -> optimizer.Standing:
    if each.committed:
        return optimizer.Standing("enroute" if each.eta_s else "committed", each.incident_id, each.eta_s)
    if not each.unavailable:
        return optimizer.AVAILABLE
    if each.unavailable == BY_REQUEST:
        return optimizer.Standing(BY_REQUEST, reason=each.owner)
    outside = each.unavailable in OUTSIDE
    return optimizer.Standing("outside" if outside else "out_of_service", reason=each.unavailable)


def _reach(legs: Mapping[str, Leg], flags: tuple[str, ...] = ()) -> tuple[optimizer.Reach, ...]:
    return tuple(
        optimizer.Reach(
            incident_id=incident_id,
            travel_s=leg.travel_s,
            method=leg.method.value,
            flags=leg.flags + flags,
            exact=leg.exact,
            unrestricted_s=leg.unrestricted_s,
        )
        for incident_id, leg in sorted(legs.items())
    )


def _micro(job: RecommendJob, roads: Roads, closed: Closed | None) -> list[optimizer.Unit]:
    """Micro stations around the incident asked about, as the first-aid tier."""
    asked = next(each for each in job.incidents if each.id == job.incident_id)
    legs = roads.legs(asked.at, [mover_of_micro(each) for each in job.micro_stations], closed, limit_s=FIRST_AID_S)
    return [
        optimizer.Unit(
            id=station.id,
            station_id=station.id,
            capabilities=optimizer.amounts(dict(station.capabilities)),
            reach=_reach({asked.id: leg}),
            turnout_s=station.turnout_s,
            tier="first_aid",
            name=station.name,
        )
        for station, leg in zip(job.micro_stations, legs, strict=True)
    ]


def _holding(job: RecommendJob) -> list[Stockpile]:
    """Stockpiles that hold something asked for."""
    holding = {stock.stockpile_id for stock in job.stock}
    return [pile for pile in job.stockpiles if pile.id in holding]


def _stockpile(pile: Stockpile, job: RecommendJob, legs: dict[str, Leg]) -> optimizer.Stockpile:
    """A stockpile with its trucks at home and out."""
    held = {stock.item_code: stock.available for stock in job.stock if stock.stockpile_id == pile.id}
    return optimizer.Stockpile(
        id=pile.id,
        stock=optimizer.amounts(held),
        trucks=_trucks(pile.id, pile.trucks, pile.trucks_out, pile.payload_kg),
        reach=_reach(legs),
        turnout_s=pile.mobilise_s,
        name=pile.name,
    )


def _trucks(pile_id: str, trucks: int, out: int, payload_kg: int) -> tuple[optimizer.Truck, ...]:
    away = [optimizer.Truck(f"{pile_id}:{number}", payload_kg, available=False, reason="out") for number in range(out)]
    home = [optimizer.Truck(f"{pile_id}:{number}", payload_kg) for number in range(out, trucks)]
    return (*away[:trucks], *home)
