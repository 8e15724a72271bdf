"""What a unit does under its order: receipt, steps, release, divert, its route, and who steers it."""

from dispatch import store
from dispatch.commands import new_id
from dispatch.commands.incidents import move
from dispatch.commands.lending import lending, refuse_unpromised
from dispatch.commands.orders import travel
from dispatch.commands.registered import get_serving_unit, get_unit
from dispatch.commands.situation import where, who_is_out
from dispatch.own import Own
from dispatch.rules import assignment as rules
from dispatch.rules.incident import refuse_ended
from dispatch.store.move_up_orders import find_given_way
from dispatch.workers.jobs import RouteJob
from dispatch.workers.nearest import straight_route
from dispatch.workers.pool import WorkerAway
from kernel.auth import Principal
from kernel.contracts.assignment import (
    AdvanceForm,
    Assignment,
    Control,
    ControlForm,
    DivertForm,
    ReleaseForm,
    Route,
)
from kernel.contracts.incident import Incident
from kernel.contracts.vocabulary import ACTIVE_ASSIGNMENT, IncidentStatus
from kernel.database import Transaction
from kernel.http import decide

FLEET = "*"


async def _lock(tx: Transaction, assignment_id: str, *incident_ids: str) -> Assignment:
    """An assignment, locked after its incident and those named, by id: an order, too, locks its incident first.

    The incident of an assignment never changes, so it may be read without a lock.
    """
    own = (await store.get(tx, "assignment", Assignment, assignment_id)).incident_id
    for incident_id in sorted({own, *incident_ids}):
        await store.get(tx, "incident", Incident, incident_id, lock=True)
    return await store.get(tx, "assignment", Assignment, assignment_id, lock=True)


async def advance(tx: Transaction, assignment_id: str, form: AdvanceForm) -> Assignment:
    """A unit's own step. A person's step takes the unit from the simulator; the first arrival moves the incident."""
    if form.to in rules.WORKING:
        before = await _lock(tx, assignment_id)
    else:
        before = await store.get(tx, "assignment", Assignment, assignment_id, lock=True)
    decide(tx.principal, "assignment.advance", {"unit_id": before.unit_id, "station_id": before.station_id})
    after = rules.advance(before, form.to, at=tx.at, by=tx.principal.subject, device=form.device)
    if FLEET not in tx.principal.unit_ids:
        await hold(tx, before.unit_id, tx.principal)
        after = after.model_copy(update={"controlled_by": tx.principal.subject})
    scope = await store.scope_of(tx, before.incident_id)
    await store.save(tx, "assignment", after, "assignment.advanced", scope=scope)
    params = {"unit_id": after.unit_id, "to": form.to, "device": form.device}
    await store.log(tx, after.incident_id, new_id("log"), "unit", scope, **params)
    if after.status in rules.WORKING:
        incident = await store.get(tx, "incident", Incident, after.incident_id)
        if incident.status is IncidentStatus.DISPATCHED:
            await move(tx, incident, IncidentStatus.ON_SCENE)
    return after


async def release(tx: Transaction, assignment_id: str, form: ReleaseForm) -> Assignment:
    """Ends a unit's commitment; when nobody is left of a dispatched incident it waits for an order again."""
    before = await _lock(tx, assignment_id)
    after = rules.release(before, at=tx.at, reason=form.reason)
    scope = await store.scope_of(tx, before.incident_id)
    await store.save(tx, "assignment", after, "assignment.released", scope=scope)
    params = {"unit_id": after.unit_id, "reason": form.reason}
    await store.log(tx, after.incident_id, new_id("log"), "released", scope, **params)
    await _wait_again(tx, before.incident_id)
    return after


async def _wait_again(tx: Transaction, incident_id: str) -> None:
    incident = await store.get(tx, "incident", Incident, incident_id)
    left = [each for each in await store.list_assignments(tx, incident_id) if each.status in ACTIVE_ASSIGNMENT]
    if not left and incident.status is IncidentStatus.DISPATCHED:
        await move(tx, incident, IncidentStatus.REPORTED)


async def divert(tx: Transaction, own: Own, assignment_id: str, form: DivertForm) -> Assignment:
    """Ends this assignment and begins one at another incident, in one transaction. Returns the new one."""
    before = await _lock(tx, assignment_id, form.incident_id)
    incident = await store.get(tx, "incident", Incident, form.incident_id)
    refuse_ended(incident)
    unit = get_serving_unit(own, before.unit_id)
    held = await lending(tx, own)
    refuse_unpromised(own, held, incident.id, [unit])
    pick = (await travel(tx, own, incident, [unit], held, await who_is_out(tx))).picks[unit.id]
    await release(tx, assignment_id, ReleaseForm(reason=form.reason))
    station = own.copies.stations.get(unit.station_id)
    begun = rules.begin(
        unit,
        station,
        pick,
        assignment_id=new_id("asg"),
        incident_id=incident.id,
        order_id=new_id("ord"),
        kind="divert",
        at=tx.at,
        by=tx.principal.seat or tx.principal.name,
        reason=form.reason,
    )
    scope = await store.scope_of(tx, incident.id)
    await store.take_unit(tx, begun, scope)
    if incident.status is IncidentStatus.REPORTED:
        await move(tx, incident, IncidentStatus.DISPATCHED)
    params = {"unit_id": unit.id, "reason": form.reason}
    await store.log(tx, incident.id, new_id("log"), "diverted", scope, **params)
    return begun


async def route(tx: Transaction, own: Own, assignment_id: str) -> Route:
    """The road path of an assignment, computed once from where the unit was when it was first asked for."""
    assignment = await store.get(tx, "assignment", Assignment, assignment_id)
    stored = await store.find_route(tx, assignment_id)
    if stored is not None:
        return stored
    unit = get_unit(own, assignment.unit_id)
    incident = await store.get(tx, "incident", Incident, assignment.incident_id)
    closures = tuple(await store.list_closures(tx))
    moved = await find_given_way(tx, unit.id, assignment.dispatched_at)
    job = RouteJob(unit, where(own, unit, away=True, moved=moved), incident.at, closures, tx.at)
    try:
        found = await own.pool.route(job)
    except WorkerAway:
        return straight_route(job)
    await store.keep_route(tx, assignment_id, found)
    return found


async def control(tx: Transaction, own: Own, unit_id: str, form: ControlForm) -> Control:
    """A person takes a unit from the simulator, or gives it back."""
    unit = get_unit(own, unit_id)
    decide(tx.principal, "unit.control", {"unit_id": unit_id, "station_id": unit.station_id})
    return await hold(tx, unit_id, tx.principal if form.take else None)


async def hold(tx: Transaction, unit_id: str, who: Principal | None) -> Control:
    """Notes who steers a unit, nobody being the simulator."""
    holder, name = (who.subject, who.seat or who.name) if who else ("", "")
    before = await store.find(tx, "control", Control, unit_id, lock=True)
    if before is not None and before.holder == holder:
        return before
    after = Control(id=unit_id, holder=holder, holder_name=name, version=(before.version if before else 0) + 1)
    await store.save(tx, "control", after, "unit.control")
    return after
