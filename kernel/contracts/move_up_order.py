"""移防命令: a free unit is ordered to stand in at another station; it stays free, for any incident at any time."""

from kernel.contracts.base import Code, Form, Id, Instant, Seconds, ShortText, Versioned
from kernel.contracts.vocabulary import MoveUpEnd, MoveUpStatus


class MoveUpOrderForm(Form):
    """Orders a free unit to another station; a reason is required where that breaks a rule of move-ups."""

    unit_id: Id
    to_station_id: Id
    reason: ShortText = ""


class MoveUpStepForm(Form):
    """A crew's own step: under_way, arrived, and ended once it is home again after a recall."""

    to: MoveUpStatus
    device: ShortText = ""


class MoveUpRecallForm(Form):
    """Sends the unit home again; one that has not left yet stays."""

    reason: ShortText = ""


class MoveUpOrder(Versioned):
    """A unit ordered from its own station to another. Times are realm time; `seconds` is the drive, 0 where unknown.

    `breaks` names the rules of move-ups that it breaks, for which `reason` stands. `sent_to` is the incident that took
    the unit, where it ended so.
    """

    unit_id: Id
    from_station_id: Id
    to_station_id: Id
    status: MoveUpStatus
    seconds: Seconds = 0
    breaks: tuple[Code, ...] = ()
    reason: ShortText = ""
    ordered_at: Instant
    ordered_by: ShortText = ""
    eta_at: Instant | None = None
    acknowledged_by: ShortText = ""
    under_way_at: Instant | None = None
    arrived_at: Instant | None = None
    recalled_at: Instant | None = None
    recalled_by: ShortText = ""
    recall_reason: ShortText = ""
    ended_at: Instant | None = None
    end: MoveUpEnd | None = None
    sent_to: Id | None = None
