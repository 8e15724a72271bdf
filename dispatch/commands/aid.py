"""Aid from others: asked for by telephone, the answer recorded, taken back, and ended with its incident."""

from dispatch import store
from dispatch.commands import new_id
from dispatch.commands.lending import lending
from dispatch.commands.registered import get_serving_unit
from dispatch.own import Own
from dispatch.rules import aid as rules
from dispatch.rules.aid import Lending
from dispatch.rules.incident import refuse_committed, refuse_ended
from dispatch.store import aid
from kernel.contracts.aid import AidAnswerForm, AidForm, AidRequest, AidWithdrawForm
from kernel.contracts.incident import Incident
from kernel.contracts.resources import Unit
from kernel.contracts.vocabulary import AidStatus
from kernel.database import Transaction
from kernel.errors import NotFound


async def ask(tx: Transaction, own: Own, incident_id: str, form: AidForm) -> AidRequest:
    """Records that an organisation is asked. Raises NotFound `organisation_unknown`, and as `rules.requested`."""
    incident = await store.get(tx, "incident", Incident, incident_id, lock=True)
    refuse_ended(incident)
    if form.organisation_id not in own.copies.organisations:
        raise NotFound("organisation_unknown", "There is no such organisation.", organisation_id=form.organisation_id)
    held = await lending(tx, own)
    by = tx.principal.seat or tx.principal.name
    made = rules.requested(
        form,
        _lent_by(own, held, form.organisation_id),
        lends_stock=_lends_stock(own, held, form.organisation_id),
        request_id=new_id("aid"),
        incident_id=incident_id,
        at=tx.at,
        by=by,
    )
    scope = await store.scope_of(tx, incident_id)
    await store.save(tx, aid.KIND, made, "aid.requested", scope=scope)
    await _log(tx, made, "aid_requested", scope, units=len(made.unit_ids), text=made.text)
    return made


async def answer(tx: Transaction, own: Own, request_id: str, form: AidAnswerForm) -> AidRequest:
    """Records what was promised, or why nothing was.

    Raises Conflict `unit_out_of_service`, `unit_taken`, `unit_promised`, and as `rules.answered`.
    """
    before = await _lock(tx, request_id)
    theirs = _lent_by(own, await lending(tx, own), before.organisation_id)
    after = rules.answered(before, form, theirs, at=tx.at, by=tx.principal.seat or tx.principal.name)
    scope = await store.scope_of(tx, after.incident_id)
    if after.status is AidStatus.DECLINED:
        await store.save(tx, aid.KIND, after, "aid.declined", scope=scope)
        await _log(tx, after, "aid_declined", scope, reason=after.reason)
        return after
    for each in after.promised:
        get_serving_unit(own, each.unit_id)
        if await store.find_active_assignment(tx, each.unit_id) is not None:
            raise await store.taken(tx, each.unit_id)
    await aid.save_promise(tx, after, scope)
    await _log(tx, after, "aid_promised", scope, units=len(after.promised))
    return after


async def withdraw(tx: Transaction, request_id: str, form: AidWithdrawForm) -> AidRequest:
    """Takes a request back with its promise. Raises Conflict `aid_not_open`, `still_committed` while a unit is out."""
    before = await _lock(tx, request_id)
    after = rules.ended(before, AidStatus.WITHDRAWN, at=tx.at, reason=form.reason)
    promised = {each.unit_id for each in before.promised}
    held = await store.list_assignments(tx, before.incident_id)
    refuse_committed(each for each in held if each.unit_id in promised)
    await aid.drop_promise(tx, before.id)
    scope = await store.scope_of(tx, before.incident_id)
    await store.save(tx, aid.KIND, after, "aid.withdrawn", scope=scope)
    await _log(tx, after, "aid_withdrawn", scope, reason=form.reason)
    return after


async def end_all(tx: Transaction, incident_id: str) -> None:
    """Ends what is asked and promised for an incident that has ended; its units are free for others."""
    for before in await aid.list_requests(tx, incident_id):
        if before.status in rules.OPEN:
            await aid.drop_promise(tx, before.id)
            scope = await store.scope_of(tx, incident_id)
            after = rules.ended(before, AidStatus.ENDED, at=tx.at)
            await store.save(tx, aid.KIND, after, "aid.ended", scope=scope)


async def move_all(tx: Transaction, incident_id: str, into: str) -> None:
    """What is asked and promised for an incident goes with it into another."""
    scope = await store.scope_of(tx, into)
    for before in await aid.list_requests(tx, incident_id):
        if before.status in rules.OPEN:
            await store.save(tx, aid.KIND, rules.moved(before, into), "aid.moved", scope=scope)


async def _lock(tx: Transaction, request_id: str) -> AidRequest:
    """A request, locked after its incident: an order, too, locks its incident first."""
    own = (await store.get(tx, aid.KIND, AidRequest, request_id)).incident_id
    await store.get(tx, "incident", Incident, own, lock=True)
    return await aid.lock_request(tx, request_id)


def _lent_by(own: Own, held: Lending, organisation_id: str) -> list[Unit]:
    """The units of an organisation that go by request."""
    units = own.copies.units.values()
    return [each for each in units if each.organisation_id == organisation_id and held.is_asked(each)]


def _lends_stock(own: Own, held: Lending, organisation_id: str) -> bool:
    """Whether an organisation has stock that goes by request."""
    theirs = (each for each in own.copies.stockpiles.values() if each.organisation_id == organisation_id)
    return any(rules.is_asked_stock(each, held.lenders) for each in theirs)


async def _log(tx: Transaction, request: AidRequest, code: str, scope: str, **params: str | int) -> None:
    said = {"organisation": request.organisation_id, **params}
    await store.log(tx, request.incident_id, new_id("log"), code, scope, **said)
