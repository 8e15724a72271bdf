"""Sending units and stock: early, as recommended, changed with a reason, or by hand. Nothing here waits for advice."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from dispatch import store
from dispatch.commands import new_id
from dispatch.commands.giving_way import give_way
from dispatch.commands.incidents import move
from dispatch.commands.lending import lending, refuse_asked_stock, refuse_unpromised
from dispatch.commands.registered import get_serving_unit, get_stockpile
from dispatch.commands.situation import Out, standing, who_is_out
from dispatch.own import Own
from dispatch.rules import assignment as rules
from dispatch.rules.aid import PROMISED, Lending
from dispatch.rules.first_due import first_due
from dispatch.rules.incident import refuse_ended
from dispatch.rules.move_up_order import stands_at
from dispatch.workers.jobs import Travel, TravelJob
from dispatch.workers.nearest import nearest_travel
from dispatch.workers.pool import WorkerAway
from kernel.contracts.assignment import Ordered, OrderedUnit, OrderForm, StockLine, SupplyLine, SupplyOrder
from kernel.contracts.incident import Incident
from kernel.contracts.recommendation import Pick, Recommendation
from kernel.contracts.resources import Unit
from kernel.contracts.vocabulary import ACTIVE_ASSIGNMENT, AssignmentStatus, IncidentStatus, SupplyStatus
from kernel.database import Transaction
from kernel.errors import Conflict, Invalid, NotFound

EARLY = "early"
NEAREST_FOR_EARLY = 6


async def order(tx: Transaction, own: Own, incident_id: str, form: OrderForm) -> Ordered:
    """Commits the units and orders the stock of a form, all or nothing.

    Raises Conflict `unit_taken` with who and when, `unit_out_of_service`, `by_request` for units of others that are
    not promised, `stock_by_request` for their stock; Invalid `reason_missing` when the choice differs from the
    recommendation and no reason is given.
    """
    if not form.units and not form.stock:
        raise Invalid("order_empty", "Name at least one unit or one line of stock.")
    incident = await store.get(tx, "incident", Incident, incident_id, lock=True)
    refuse_ended(incident)
    advice = None
    if form.recommendation_id is not None:
        advice = await store.get(tx, "recommendation", Recommendation, form.recommendation_id)
        _refuse_unexplained(form, advice, incident_id)
    units = [(wanted.line, get_serving_unit(own, wanted.unit_id)) for wanted in _unique(form.units)]
    held = await lending(tx, own)
    refuse_unpromised(own, held, incident_id, (unit for _, unit in units))
    refuse_asked_stock(own, held, (get_stockpile(own, line.stockpile_id) for line in form.stock))
    picks = await _picks(tx, own, incident, units, advice, held)
    return await _send(tx, own, incident, units, picks, form, held)


def _unique(units: Iterable[OrderedUnit]) -> list[OrderedUnit]:
    """Units in canonical order, so that two orders for the same units never wait for each other in a circle."""
    by_id = {unit.unit_id: unit for unit in units}
    return [by_id[unit_id] for unit_id in sorted(by_id)]


def _refuse_unexplained(form: OrderForm, advice: Recommendation, incident_id: str) -> None:
    if advice.incident_id != incident_id:
        raise Invalid("advice_of_another", "This recommendation is for another incident.")
    if {unit.unit_id for unit in form.units} != _advised(advice, form.alternative) and not form.reason:
        raise Invalid("reason_missing", "Say why the order differs from the recommendation.")


def _advised(advice: Recommendation, alternative: str | None) -> set[str]:
    """The units of one of the plans that a recommendation holds. Raises Invalid `no_such_alternative`."""
    picks = {pick.unit_id for pick in advice.picks}
    if alternative is None:
        return picks
    found = next((each for each in advice.alternatives if each.name == alternative), None)
    if found is None:
        raise Invalid("no_such_alternative", "The recommendation has no such alternative.", alternative=alternative)
    return picks - set(found.leaves) | {unit.unit_id for unit in found.adds}


async def _picks(
    tx: Transaction,
    own: Own,
    incident: Incident,
    units: Sequence[tuple[str, Unit]],
    advice: Recommendation | None,
    held: Lending,
) -> dict[str, Pick]:
    """The expected times of the units: those of the recommendation, computed now for the others."""
    known = {pick.unit_id: pick for pick in advice.picks} if advice else {}
    others = [unit for _, unit in units if unit.id not in known]
    if others:
        known |= (await travel(tx, own, incident, others, held, await who_is_out(tx))).picks
    return known


async def travel(
    tx: Transaction, own: Own, incident: Incident, units: Sequence[Unit], held: Lending, out: Out
) -> Travel:
    """Road times of units to an incident, from where they are."""
    away = {each.unit_id for each in out.assignments}
    stand = tuple(
        standing(own, unit, away=unit.id in away, moved=out.moved.get(unit.id), ready_s=held.ready_s(unit, tx.at))
        for unit in units
    )
    closures = tuple(await store.list_closures(tx))
    return await timed(own, TravelJob(to=incident.at, units=stand, closures=closures, at=tx.at))


async def timed(own: Own, job: TravelJob) -> Travel:
    """Road times; straight-line estimates, flagged as such, when no worker answers."""
    try:
        return await own.pool.travel(job)
    except WorkerAway:
        return nearest_travel(job)


async def _send(
    tx: Transaction,
    own: Own,
    incident: Incident,
    units: Sequence[tuple[str, Unit]],
    picks: dict[str, Pick],
    form: OrderForm,
    held: Lending,
) -> Ordered:
    order_id = new_id("ord")
    scope = await store.scope_of(tx, incident.id)
    begun = []
    await _end_returns(tx, {unit.id for _, unit in units})
    await give_way(tx, [unit.id for _, unit in units], incident.id)
    for line, unit in units:
        pick = _as_ordered(picks[unit.id], line, promised=held.is_asked(unit))
        assignment = rules.begin(
            unit,
            own.copies.stations.get(unit.station_id),
            pick,
            assignment_id=new_id("asg"),
            incident_id=incident.id,
            order_id=order_id,
            kind=form.kind,
            at=tx.at,
            by=tx.principal.seat or tx.principal.name,
            reason=form.reason,
            ready_s=held.ready_s(unit, tx.at),
        )
        await store.take_unit(tx, assignment, scope)
        begun.append(assignment)
    supplies = await _order_stock(tx, own, incident, order_id, form.stock, scope)
    if incident.status is IncidentStatus.REPORTED and begun:
        await move(tx, incident, IncidentStatus.DISPATCHED)
    params = {"kind": form.kind, "units": len(begun), "stock": len(supplies), "reason": form.reason}
    await store.log(tx, incident.id, new_id("log"), "ordered", scope, **params)
    return Ordered(order_id=order_id, assignments=tuple(begun), supply_orders=tuple(supplies))


def _as_ordered(pick: Pick, line: str, *, promised: bool) -> Pick:
    """The pick on its line; one of others' forces says that it is promised."""
    flags = (*pick.flags, PROMISED) if promised and PROMISED not in pick.flags else pick.flags
    return pick.model_copy(update={"line": line, "flags": flags})


async def _end_returns(tx: Transaction, unit_ids: set[str]) -> None:
    """Units on their way home are free; their old assignments are cleared when new ones begin.

    A crew may clear its own at the same moment: then there is nothing left to clear.
    """
    for old in await store.list_returning(tx, unit_ids):
        cleared = rules.advance(old, AssignmentStatus.CLEARED, at=tx.at, by=tx.principal.subject)
        scope = await store.scope_of(tx, old.incident_id)
        await store.save(tx, "assignment", cleared, "assignment.cleared", scope=scope)


async def _order_stock(
    tx: Transaction, own: Own, incident: Incident, order_id: str, lines: Iterable[StockLine], scope: str
) -> list[SupplyOrder]:
    """One supply order per stockpile, unconfirmed until the register has answered. Units never wait for stock."""
    by_pile: dict[str, list[StockLine]] = {}
    for line in lines:
        by_pile.setdefault(line.stockpile_id, []).append(line)
    made = []
    for pile_id, asked in sorted(by_pile.items()):
        pile = get_stockpile(own, pile_id)
        kg = sum(_kg(own, each) for each in asked)
        eta_s = max((each.eta_s for each in asked if each.eta_s is not None), default=None)
        supply = SupplyOrder(
            id=new_id("sup"),
            incident_id=incident.id,
            order_id=order_id,
            stockpile_id=pile_id,
            lines=tuple(SupplyLine(item_code=each.item_code, quantity=each.quantity) for each in asked),
            trucks=max(1, -(-int(kg) // max(1, pile.payload_kg))),
            status=SupplyStatus.UNCONFIRMED,
            eta_s=eta_s,
            eta_at=None if eta_s is None else tx.at + timedelta(seconds=eta_s),
            ordered_at=tx.at,
        )
        await store.save(tx, "supply_order", supply, "supply.ordered", scope=scope, settled="")
        made.append(supply)
    return made


def _kg(own: Own, line: StockLine) -> float:
    item = own.copies.items.get(line.item_code)
    if item is None:
        raise NotFound("item_unknown", "There is no such item.", item_code=line.item_code)
    return item.kg * line.quantity


async def order_early(tx: Transaction, own: Own, incident_id: str) -> Ordered:
    """Sends the first-due at once: the area's station, else the nearest units that can answer a first-due line."""
    incident = await store.get(tx, "incident", Incident, incident_id, lock=True)
    refuse_ended(incident)
    out = await who_is_out(tx)
    busy = {each.unit_id for each in out.assignments if each.status in ACTIVE_ASSIGNMENT}
    held = await lending(tx, own)
    ready = [
        unit
        for unit in own.copies.units.values()
        if unit.in_service and not held.is_asked(unit) and not unit.by_air and unit.id not in busy
    ]
    area = incident.area_station_id
    at_home = [unit for unit in ready if area is not None and stands_at(unit, out.moved.get(unit.id)) == area]
    times = await travel(tx, own, incident, at_home or ready, held, out)
    ordered = sorted(at_home or ready, key=lambda unit: (times.picks[unit.id].eta_s, unit.id))
    chosen = first_due(incident.requirements, ordered if at_home else ordered[:NEAREST_FOR_EARLY])
    if not chosen:
        raise Conflict("nobody_ready", "No unit is ready. Order by hand.")
    units = sorted(chosen, key=lambda each: each[1].id)
    return await _send(tx, own, incident, units, times.picks, OrderForm(kind=EARLY), held)
