"""支援请求: forces of others are asked for; what they promise enters the plan as promised, never as ours."""

from pydantic import Field

from kernel.contracts.base import Form, Id, Instant, Seconds, ShortText, Value, Versioned
from kernel.contracts.vocabulary import AidStatus


class AidForm(Form):
    """Asks an organisation for aid to an incident: in words, by units, or both."""

    organisation_id: Id
    text: ShortText = ""
    unit_ids: tuple[Id, ...] = Field(default=(), max_length=50)


class AidPromise(Form):
    """A unit that is promised, and the seconds until it can turn out."""

    unit_id: Id
    ready_s: Seconds = Field(default=0, le=7 * 24 * 3600)


class AidAnswerForm(Form):
    """What the organisation answered: the units that it promises, or none and why."""

    promised: tuple[AidPromise, ...] = Field(default=(), max_length=50)
    reason: ShortText = ""


class AidWithdrawForm(Form):
    """Takes a request back, with what was promised for it."""

    reason: ShortText = ""


class PromisedUnit(Value):
    """A unit of others that may be sent to the incident; it turns out from `ready_at` on."""

    unit_id: Id
    ready_at: Instant


class AidRequest(Versioned):
    """支援请求 to one organisation for one incident. `asked_by` and `answered_by` are the seat that telephoned.

    What is promised holds for this incident alone, until the request is withdrawn or the incident ends.
    """

    incident_id: Id
    organisation_id: Id
    text: ShortText = ""
    unit_ids: tuple[Id, ...] = ()
    status: AidStatus
    promised: tuple[PromisedUnit, ...] = ()
    reason: ShortText = ""
    asked_at: Instant
    asked_by: ShortText = ""
    answered_at: Instant | None = None
    answered_by: ShortText = ""
    ended_at: Instant | None = None
