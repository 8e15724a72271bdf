"""Who may be asked from where: whose forces are ours to send, and what may be done about a request for aid.

Own, district and enterprise forces are dispatched; forces of the kinds that the policy names, and those that the
register marks so, go by request only (商请). What is promised belongs to one incident.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kernel.contracts.aid import AidAnswerForm, AidForm, AidRequest, PromisedUnit
from kernel.contracts.policy import DispatchPolicy
from kernel.contracts.resources import Organisation, Stockpile, Unit
from kernel.contracts.vocabulary import AidStatus
from kernel.errors import Conflict, Invalid, NotFound

S = AidStatus
OPEN = frozenset({S.ASKED, S.PROMISED})
PROMISED = "promised"


@dataclass(frozen=True)
class Promise:
    """To which incident a unit is promised, and from when on it can turn out."""

    incident_id: str
    ready_at: datetime


@dataclass(frozen=True)
class Lending:
    """Organisations whose forces go by request, and what is promised of them now, by unit."""

    lenders: frozenset[str] = frozenset()
    promises: Mapping[str, Promise] = field(default_factory=dict)

    def is_asked(self, unit: Unit) -> bool:
        """Whether a unit goes by request only."""
        return is_asked(unit, self.lenders)

    def promise(self, unit_id: str) -> Promise | None:
        """What is promised of a unit."""
        return self.promises.get(unit_id)

    def ready_s(self, unit: Unit, at: datetime) -> int:
        """Whole seconds until a promised unit can turn out; none for any other."""
        promise = self.promise(unit.id) if self.is_asked(unit) else None
        return 0 if promise is None else max(0, round((promise.ready_at - at).total_seconds()))


def lenders(organisations: Iterable[Organisation], policy: DispatchPolicy) -> frozenset[str]:
    """The organisations whose forces go by request, by the kinds that the policy names."""
    return frozenset(each.id for each in organisations if each.kind in policy.by_request)


def is_asked(unit: Unit, lending: frozenset[str]) -> bool:
    """Whether a unit goes by request only: its organisation lends so, or the register says so of the unit."""
    return unit.by_request or unit.organisation_id in lending


def is_asked_stock(pile: Stockpile, lending: frozenset[str]) -> bool:
    """The same for a stockpile."""
    return pile.by_request or pile.organisation_id in lending


def promises_of(requests: Iterable[AidRequest]) -> dict[str, Promise]:
    """What is promised now, by unit."""
    return {
        each.unit_id: Promise(request.incident_id, each.ready_at)
        for request in requests
        if request.status is S.PROMISED
        for each in request.promised
    }


def refuse_unpromised(unit: Unit, lending: Lending, incident_id: str, organisation: Organisation | None) -> None:
    """Raises Conflict `by_request` for a unit that goes by request and is not promised to this incident."""
    promise = lending.promise(unit.id)
    if not lending.is_asked(unit) or (promise is not None and promise.incident_id == incident_id):
        return
    name = organisation.name if organisation else unit.organisation_id
    raise Conflict(
        "by_request",
        f"{unit.name} belongs to {name} and goes by request only. Ask for it, record the promise, then order it.",
        unit_id=unit.id,
        organisation_id=unit.organisation_id,
        organisation=name,
        promised_to=promise.incident_id if promise else None,
    )


def refuse_asked_stock(pile: Stockpile, lending: Lending, organisation: Organisation | None) -> None:
    """Raises Conflict `stock_by_request` for a stockpile of others: units are promised, stock its owner sends."""
    if not is_asked_stock(pile, lending.lenders):
        return
    name = organisation.name if organisation else pile.organisation_id
    raise Conflict(
        "stock_by_request",
        f"{pile.name} belongs to {name} and gives by request only. Ask for it in words; its owner sends it.",
        stockpile_id=pile.id,
        stockpile=pile.name,
        organisation_id=pile.organisation_id,
        organisation=name,
    )


def requested(
    form: AidForm,
    theirs: Sequence[Unit],
    *,
    lends_stock: bool = False,
    request_id: str,
    incident_id: str,
    at: datetime,
    by: str,
) -> AidRequest:
    """A new request to the owner of `theirs`, the units of it that go by request; `lends_stock` = so does its stock.

    Raises Invalid `aid_empty`, Conflict `aid_not_needed` where all its forces are ours to send, NotFound
    `aid_not_theirs`.
    """
    if not form.text and not form.unit_ids:
        raise Invalid("aid_empty", "Say what is asked for, in words or by units.")
    if not theirs and not lends_stock:
        raise Conflict("aid_not_needed", "The forces of this organisation are ours to send. Order them.")
    _refuse_strange(form.unit_ids, theirs)
    return AidRequest(
        id=request_id,
        incident_id=incident_id,
        organisation_id=form.organisation_id,
        text=form.text,
        unit_ids=tuple(dict.fromkeys(form.unit_ids)),
        status=S.ASKED,
        asked_at=at,
        asked_by=by,
    )


def answered(request: AidRequest, form: AidAnswerForm, theirs: Sequence[Unit], *, at: datetime, by: str) -> AidRequest:
    """The request as it was answered: promised with units, declined without.

    Raises Conflict `aid_not_open`, Invalid `reason_missing`, NotFound `aid_not_theirs`.
    """
    if request.status is not S.ASKED:
        raise _not_open(request)
    if not form.promised and not form.reason:
        raise Invalid("reason_missing", "Say why they decline.")
    _refuse_strange([each.unit_id for each in form.promised], theirs)
    ready_s = {each.unit_id: each.ready_s for each in form.promised}
    update = {
        "status": S.PROMISED if ready_s else S.DECLINED,
        "promised": tuple(
            PromisedUnit(unit_id=unit_id, ready_at=at + timedelta(seconds=ready_s[unit_id]))
            for unit_id in sorted(ready_s)
        ),
        "reason": form.reason,
        "answered_at": at,
        "answered_by": by,
        "version": request.version + 1,
    }
    return request.model_copy(update=update)


def ended(request: AidRequest, to: AidStatus, *, at: datetime, reason: str = "") -> AidRequest:
    """The request withdrawn, or ended with its incident. Raises Conflict `aid_not_open`."""
    if request.status not in OPEN:
        raise _not_open(request)
    update = {"status": to, "reason": reason or request.reason, "ended_at": at, "version": request.version + 1}
    return request.model_copy(update=update)


def _not_open(request: AidRequest) -> Conflict:
    detail = f"This request is {request.status}. Ask anew."
    return Conflict("aid_not_open", detail, status_now=request.status)


def _refuse_strange(unit_ids: Iterable[str], theirs: Sequence[Unit]) -> None:
    known = {unit.id for unit in theirs}
    strange = next((unit_id for unit_id in unit_ids if unit_id not in known), None)
    if strange is not None:
        raise NotFound("aid_not_theirs", "This organisation has no such unit to lend.", unit_id=strange)


def moved(request: AidRequest, incident_id: str) -> AidRequest:
    """The request with its promise for the incident into which its own was merged."""
    return request.model_copy(update={"incident_id": incident_id, "version": request.version + 1})
