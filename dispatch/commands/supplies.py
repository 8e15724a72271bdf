"""Supply orders after they are given: settled with the register, loaded, driven, delivered; and closed roads."""

import logging

import httpx

from dispatch import store
from dispatch.commands import new_id
from kernel.auth import service_principal, signed_header
from kernel.contracts.assignment import Closure, ClosureForm, SupplyOrder, SupplyStepForm
from kernel.contracts.base import LIVE
from kernel.contracts.resources import Commitment, CommitmentForm, CommitmentLine, MovementForm
from kernel.contracts.vocabulary import SupplyStatus
from kernel.database import Transaction
from kernel.errors import Conflict, Invalid
from kernel.http import decide
from kernel.running import Running

S = SupplyStatus
LEGAL = {
    S.UNCONFIRMED: frozenset({S.COMMITTED, S.REFUSED, S.CANCELED}),
    S.COMMITTED: frozenset({S.LOADED, S.CANCELED}),
    S.LOADED: frozenset({S.IN_TRANSIT}),
    S.IN_TRANSIT: frozenset({S.DELIVERED}),
}
DEADLINE_S = 0.5
FINAL = frozenset({403, 404, 409, 422})
DISPATCH = service_principal("dispatch")
log = logging.getLogger(__name__)


async def advance(tx: Transaction, supply_order_id: str, form: SupplyStepForm) -> SupplyOrder:
    """A step of the transport: loaded, in transit, delivered. A depot's terminal speaks for its own transports only.

    Raises Conflict `illegal_step`, NotAllowed.
    """
    before = await store.get(tx, "supply_order", SupplyOrder, supply_order_id, lock=True)
    decide(tx.principal, "supply.advance", {"unit_id": before.stockpile_id})
    if form.to in (S.COMMITTED, S.REFUSED) or form.to not in LEGAL.get(before.status, ()):
        raise Conflict("illegal_step", f"A supply order that is {before.status} cannot become {form.to}.")
    delivered_at = tx.at if form.to is S.DELIVERED else None
    after = before.model_copy(update={"status": form.to, "delivered_at": delivered_at, "version": before.version + 1})
    await _save(tx, after, f"supply.{form.to}")
    return after


async def _save(tx: Transaction, order: SupplyOrder, event: str) -> None:
    scope = await store.scope_of(tx, order.incident_id)
    await store.save(tx, "supply_order", order, event, scope=scope)
    params = {"stockpile_id": order.stockpile_id, "to": order.status}
    await store.log(tx, order.incident_id, new_id("log"), "supply", scope, **params)


async def cancel_waiting(tx: Transaction, incident_id: str) -> None:
    """Cancels what is ordered for an incident and has not been loaded; the register takes the stock back."""
    for order in await store.list_supply_orders(tx, incident_id):
        if S.CANCELED in LEGAL.get(order.status, ()):
            canceled = order.model_copy(update={"status": S.CANCELED, "version": order.version + 1})
            await _save(tx, canceled, "supply.canceled")


async def settle(running: Running) -> list[str]:
    """Tells the register every state that it does not know yet; returns the incidents whose stock was refused.

    What it cannot be told now stays unconfirmed and is tried again. A refusal is final.
    """
    async with running.work(DISPATCH) as tx:
        waiting = await store.list_unsettled_supply_orders(tx)
    refused = set()
    for order in waiting:
        try:
            await _settle(running, order)
        except httpx.HTTPStatusError as error:
            if error.response.status_code not in FINAL:
                log.info("stock of %s stays unconfirmed: %s", order.id, error.response.status_code)
                continue
            await _take_refusal(running, order, error.response)
            refused.add(order.incident_id)
        except httpx.HTTPError as error:
            log.info("stock of %s stays unconfirmed: %s", order.id, type(error).__name__)
    return sorted(refused)


async def _settle(running: Running, order: SupplyOrder) -> None:
    if order.status is S.UNCONFIRMED:
        await _commit_stock(running, order)
        return
    if order.status is S.CANCELED:
        await _post(running, f"/commitments/{order.id}/release", order, None)
    elif order.status not in (S.COMMITTED, S.REFUSED):
        form = MovementForm(supply_order_id=order.id, to=order.status)
        await _post(running, "/movements", order, form.model_dump(mode="json"))
    async with running.work(DISPATCH) as tx:
        await store.mark_settled(tx, order.id, order.status)


async def _take_refusal(running: Running, order: SupplyOrder, reply: httpx.Response) -> None:
    """The register will never do this: an unconfirmed order is refused, of any other the log says so."""
    async with running.work(DISPATCH) as tx:
        current = await store.get(tx, "supply_order", SupplyOrder, order.id, lock=True)
        if current.status is S.UNCONFIRMED:
            await _refuse(tx, current, tuple(line.item_code for line in current.lines))
            return
        scope = await store.scope_of(tx, order.incident_id)
        params = {"stockpile_id": order.stockpile_id, "to": order.status, "reason": reply.text[:200]}
        await store.log(tx, order.incident_id, new_id("log"), "supply_refused", scope, **params)
        await store.mark_settled(tx, order.id, order.status)


async def _refuse(tx: Transaction, order: SupplyOrder, short: tuple[str, ...]) -> None:
    update = {"status": S.REFUSED, "short": short, "settled_at": tx.at, "version": order.version + 1}
    await _save(tx, order.model_copy(update=update), "supply.refused")
    await store.mark_settled(tx, order.id, S.REFUSED)


async def _commit_stock(running: Running, order: SupplyOrder) -> None:
    lines = tuple(
        CommitmentLine(stockpile_id=order.stockpile_id, item_code=line.item_code, quantity=line.quantity)
        for line in order.lines
    )
    form = CommitmentForm(supply_order_id=order.id, incident_id=order.incident_id, lines=lines)
    answer = Commitment.model_validate(await _post(running, "/commitments", order, form.model_dump(mode="json")))
    async with running.work(DISPATCH) as tx:
        current = await store.get(tx, "supply_order", SupplyOrder, order.id, lock=True)
        if current.status is not S.UNCONFIRMED:
            return
        if not answer.confirmed:
            await _refuse(tx, current, tuple(line.item_code for line in answer.short))
            return
        update = {"status": S.COMMITTED, "settled_at": tx.at, "version": current.version + 1}
        await _save(tx, current.model_copy(update=update), "supply.committed")
        await store.mark_settled(tx, order.id, S.COMMITTED)


async def _post(running: Running, path: str, order: SupplyOrder, body: object) -> object:
    """A call to the register with a deadline; the same step asked twice is one effect there."""
    headers = signed_header(DISPATCH, audience="resources", key=running.settings.signing_key)
    headers |= {"Idempotency-Key": f"{order.id}:{order.status}", "Muster-Realm": LIVE}
    url = running.settings.resources_url + path
    reply = await running.http.post(url, json=body, headers=headers, timeout=DEADLINE_S)
    reply.raise_for_status()
    return reply.json()


async def close_roads(tx: Transaction, form: ClosureForm) -> Closure:
    """Closes the roads inside a ring from now or later; the next road times avoid them."""
    starts = form.valid_from or tx.at
    if form.valid_to is not None and form.valid_to <= starts:
        raise Invalid("closure_backwards", "A closure ends after it begins.")
    ring = form.ring if form.ring[0] == form.ring[-1] else (*form.ring, form.ring[0])
    closure = Closure(id=new_id("clo"), name=form.name, ring=ring, valid_from=starts, valid_to=form.valid_to)
    await store.save(tx, "closure", closure, "closure.made")
    return closure


async def open_roads(tx: Transaction, closure_id: str) -> Closure:
    """Lifts a closure."""
    before = await store.get(tx, "closure", Closure, closure_id, lock=True)
    if before.lifted:
        raise Conflict("closure_lifted", "This closure is lifted already.")
    after = before.model_copy(update={"lifted": True, "version": before.version + 1})
    await store.save(tx, "closure", after, "closure.lifted")
    return after
