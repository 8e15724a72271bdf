"""What the optimizer is shown: open incidents, units where they are now, stock, closures. Loaded once per question."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from dispatch import store
from dispatch.commands.lending import Terms, terms
from dispatch.own import Own
from dispatch.rules.aid import Lending, is_asked_stock
from dispatch.rules.move_up_order import place_of, stands_at, station_of
from dispatch.rules.rest import tired, worked_s
from dispatch.store import move_up_orders
from dispatch.store.worked import list_worked
from dispatch.workers.jobs import BY_REQUEST, RecommendJob, UnitAt
from kernel.contracts.assignment import Assignment, SupplyOrder
from kernel.contracts.base import LonLat
from kernel.contracts.incident import Incident
from kernel.contracts.move_up_order import MoveUpOrder
from kernel.contracts.policy import RestRule
from kernel.contracts.resources import MicroStation, Stock, Unit
from kernel.contracts.vocabulary import ACTIVE_ASSIGNMENT, IncidentStatus, SupplyStatus
from kernel.database import Transaction

NEEDING = frozenset({IncidentStatus.REPORTED, IncidentStatus.DISPATCHED, IncidentStatus.ON_SCENE})
FIRST_AID_DEG = 0.02
NOT_SUPPLIED = frozenset({SupplyStatus.REFUSED, SupplyStatus.CANCELED})


@dataclass(frozen=True)
class Out:
    """Who is not simply at home: assignments that have not ended, and the active move-ups by unit."""

    assignments: Sequence[Assignment]
    moved: Mapping[str, MoveUpOrder]


async def who_is_out(tx: Transaction) -> Out:
    """The same at this moment."""
    return Out(await store.list_current_assignments(tx), await move_up_orders.active_by_unit(tx))


async def question(tx: Transaction, own: Own, incident: Incident, given: Terms | None = None) -> RecommendJob:
    """The whole problem of this moment, asked for one incident and solved for all that still need somebody.

    `given` = the terms of this moment, where they are loaded already.
    """
    others = [each for each in await store.list_open_incidents(tx) if each.status in NEEDING]
    incidents = tuple(sorted({each.id: each for each in (*others, incident)}.values(), key=lambda each: each.id))
    out = await who_is_out(tx)
    orders = await store.list_supply_orders(tx)
    given = given or await terms(tx, own)
    policy, held = given.policy, given.held
    wanted = {line.item_code for each in incidents for line in each.requirements if line.item_code}
    return RecommendJob(
        incident_id=incident.id,
        incidents=incidents,
        units=units_now(own, out, held, tx),
        micro_stations=_near(own.copies.micro_stations.values(), incident.at),
        stockpiles=tuple(each for each in own.copies.stockpiles.values() if not is_asked_stock(each, held.lenders)),
        stock=tuple(own.copies.stock[key] for key in sorted(own.copies.stock) if _holds(own.copies.stock[key], wanted)),
        item_kg={code: item.kg for code, item in own.copies.items.items() if code in wanted},
        supplied=_supplied(orders),
        closures=tuple(await store.list_closures(tx)),
        at=tx.at,
        zoning=own.covering.zoning,
        policy=policy,
        worked_s=await _tired(tx, policy.rest),
    )


async def _tired(tx: Transaction, rule: RestRule | None) -> dict[str, int]:
    """Seconds worked of the crews that should rest; nothing is asked where there is no rule."""
    if rule is None:
        return {}
    since = tx.at - timedelta(seconds=rule.within_s)
    return tired(worked_s(await list_worked(tx, since), since=since, until=tx.at), rule)


def units_now(own: Own, out: Out, held: Lending, tx: Transaction) -> tuple[UnitAt, ...]:
    """Every registered unit where it is and with what it is doing."""
    bound = {each.unit_id: each for each in out.assignments}
    units = own.copies.units
    return tuple(
        _unit_at(own, units[unit_id], bound.get(unit_id), out.moved.get(unit_id), held, tx) for unit_id in sorted(units)
    )


def _unit_at(
    own: Own, unit: Unit, bound: Assignment | None, moved: MoveUpOrder | None, held: Lending, tx: Transaction
) -> UnitAt:
    promise = held.promise(unit.id) if held.is_asked(unit) else None
    stand = replace(
        standing(own, unit, away=bound is not None, moved=moved, ready_s=held.ready_s(unit, tx.at)),
        owner=unit.organisation_id if held.is_asked(unit) else "",
        promised_to=promise.incident_id if promise else "",
    )
    if bound is not None and bound.status in ACTIVE_ASSIGNMENT:
        left_s = max(0, round((bound.eta_at - tx.at).total_seconds())) if bound.eta_at and not bound.arrived_at else 0
        return replace(
            stand,
            incident_id=bound.incident_id,
            line=bound.line,
            committed=not bound.silent,
            eta_s=left_s,
            unavailable="silent" if bound.silent else "",
        )
    if not unit.in_service:
        return replace(stand, unavailable=unit.out_reason or "out_of_service")
    if stand.owner:
        return stand if promise else replace(stand, unavailable=BY_REQUEST)
    ready = bound is None and unit.id in own.covering.engines
    return replace(stand, place=_covers_from(own, unit, moved) if ready else "")


def _covers_from(own: Own, unit: Unit, moved: MoveUpOrder | None) -> str:
    """The station from which a first engine covers its zones; none on the road, or where no zones are known."""
    at = stands_at(unit, moved)
    return at if at is not None and at in own.covering.stations else ""


def standing(own: Own, unit: Unit, *, away: bool, moved: MoveUpOrder | None, ready_s: int = 0) -> UnitAt:
    """A unit where it is; one that stands in elsewhere turns out from there as it would at home."""
    stands_in = moved is not None and station_of(moved) == moved.to_station_id
    return UnitAt(
        unit, where(own, unit, away=away, moved=moved), ready_s=ready_s + (unit.turnout_s if stands_in else 0)
    )


def where(own: Own, unit: Unit, *, away: bool, moved: MoveUpOrder | None = None) -> LonLat:
    """Where a unit is: as its move-up has it, else its last fix while it is away, else where it stands."""
    fix = own.positions.latest.get(unit.id)
    target = None if moved is None else own.copies.stations.get(moved.to_station_id)
    if moved is not None and target is not None:
        return place_of(moved, unit.at, target.at, fix)
    return fix.at if away and fix is not None else unit.at


def _near(stations: Iterable[MicroStation], at: LonLat) -> tuple[MicroStation, ...]:
    """Micro stations in a box of about 2 km around the incident: more cannot be there in three minutes."""
    near = [each for each in stations if each.in_service and _within(each.at, at)]
    return tuple(sorted(near, key=lambda each: each.id))


def _within(a: LonLat, b: LonLat) -> bool:
    return abs(a[0] - b[0]) < FIRST_AID_DEG and abs(a[1] - b[1]) < FIRST_AID_DEG


def _holds(stock: Stock, wanted: set[str]) -> bool:
    return stock.item_code in wanted and stock.available > 0


def _supplied(orders: Iterable[SupplyOrder]) -> dict[str, dict[str, int]]:
    """What is already on order, by incident and item."""
    supplied: dict[str, dict[str, int]] = {}
    for order in orders:
        if order.status in NOT_SUPPLIED:
            continue
        items = supplied.setdefault(order.incident_id, {})
        for line in order.lines:
            items[line.item_code] = items.get(line.item_code, 0) + line.quantity
    return supplied
