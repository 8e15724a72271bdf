"""Ordered move-ups: given, taken step by step by the crew, called back. An order to an incident ends them elsewhere."""

from dispatch import store
from dispatch.commands import new_id
from dispatch.commands.assignments import FLEET, hold
from dispatch.commands.lending import lending
from dispatch.commands.orders import timed
from dispatch.commands.registered import get_serving_unit, get_station, get_unit
from dispatch.own import Own
from dispatch.rules import move_up_order as rules
from dispatch.rules import moves
from dispatch.rules.coverage import NEVER
from dispatch.store import move_up_orders as orders
from dispatch.workers.jobs import RouteJob, TravelJob, UnitAt
from dispatch.workers.nearest import straight_route
from dispatch.workers.pool import WorkerAway
from kernel.contracts.assignment import Route
from kernel.contracts.move_up_order import MoveUpOrder, MoveUpOrderForm, MoveUpRecallForm, MoveUpStepForm
from kernel.contracts.resources import Station, Unit
from kernel.contracts.vocabulary import ACTIVE_ASSIGNMENT, TravelMethod
from kernel.database import Transaction
from kernel.errors import Conflict
from kernel.http import decide


async def order(tx: Transaction, own: Own, form: MoveUpOrderForm) -> MoveUpOrder:
    """Orders a free unit from its station to another.

    Raises NotFound `unit_unknown`, `station_unknown`; Conflict `unit_out_of_service`, `unit_taken`, `unit_not_home`,
    `unit_moved`; and as `rules.ordered`.
    """
    unit, station = get_serving_unit(own, form.unit_id), get_station(own, form.to_station_id)
    seconds = await _seconds(tx, own, unit, station)
    await orders.take_turns(tx, [unit.id])
    ready = await _refuse_busy(tx, own, unit)
    made = rules.ordered(
        form,
        unit,
        await lending(tx, own),
        moves.way_of(seconds, unit, own.covering.stations, ready),
        order_id=new_id("mov"),
        at=tx.at,
        by=tx.principal.seat or tx.principal.name,
    )
    await orders.begin(tx, made, own.copies.scope_of(station))
    return made


async def _refuse_busy(tx: Transaction, own: Own, unit: Unit) -> moves.Ready:
    """Who stands ready now, the unit among them. Raises Conflict for one that is sent, on its way home, or moved up."""
    sent = {each.unit_id: each for each in await store.list_current_assignments(tx)}
    if unit.id in sent:
        if sent[unit.id].status in ACTIVE_ASSIGNMENT:
            raise await store.taken(tx, unit.id)
        raise Conflict("unit_not_home", f"{unit.name} is still on its way home.", unit_id=unit.id)
    moved = await orders.list_active(tx)
    if any(each.unit_id == unit.id for each in moved):
        raise orders.moved_already(unit.id)
    sent_at = {unit_id: each.dispatched_at for unit_id, each in sent.items()}
    return moves.ready_of(own.covering.stations, sent_at, moved)


async def _seconds(tx: Transaction, own: Own, unit: Unit, station: Station) -> int:
    """Seconds of the drive as proposals and trials tell it, else as the unit itself would drive."""
    ground = own.covering.ground
    known = None if ground is None else moves.between(ground, unit.station_id, station.id)
    if known is not None:
        return known
    closures = tuple(await store.list_closures(tx))
    job = TravelJob(to=station.at, units=(UnitAt(unit, unit.at),), closures=closures, at=tx.at)
    pick = (await timed(own, job)).picks[unit.id]
    return NEVER if pick.method is TravelMethod.UNREACHABLE else pick.travel_s


async def advance(tx: Transaction, order_id: str, form: MoveUpStepForm) -> MoveUpOrder:
    """A crew's own step, at either station. A person's step takes the unit from the simulator."""
    before = await store.get(tx, orders.KIND, MoveUpOrder, order_id, lock=True)
    theirs = tx.principal.station_id == before.to_station_id
    at_station = before.to_station_id if theirs else before.from_station_id
    decide(tx.principal, "move.advance", {"unit_id": before.unit_id, "station_id": at_station})
    after = rules.advance(before, form.to, at=tx.at, by=tx.principal.subject, device=form.device)
    if FLEET not in tx.principal.unit_ids:
        await hold(tx, before.unit_id, tx.principal)
    await store.save(tx, orders.KIND, after, f"move_up.{after.status}", scope=await orders.scope_of(tx, order_id))
    return after


async def recall(tx: Transaction, order_id: str, form: MoveUpRecallForm) -> MoveUpOrder:
    """Calls a unit back. Raises Conflict `move_up_over`."""
    before = await store.get(tx, orders.KIND, MoveUpOrder, order_id, lock=True)
    by = tx.principal.seat or tx.principal.name
    after = rules.recalled(before, at=tx.at, by=by, reason=form.reason)
    await store.save(tx, orders.KIND, after, "move_up.recalled", scope=await orders.scope_of(tx, order_id))
    return after


async def route(tx: Transaction, own: Own, order_id: str) -> Route:
    """The road path from the unit's station to the other; home again it is the same way back."""
    held = await store.get(tx, orders.KIND, MoveUpOrder, order_id)
    unit = get_unit(own, held.unit_id)
    closures = tuple(await store.list_closures(tx))
    job = RouteJob(unit, unit.at, get_station(own, held.to_station_id).at, closures, tx.at)
    try:
        return await own.pool.route(job)
    except WorkerAway:
        return straight_route(job)
