"""A move-up that is ordered: who may be moved, its steps, where the unit is meanwhile, and how it ends.

The unit stays free: while it waits it counts at home, once it has arrived at the station where it stands in, and on
the road nowhere. Whoever needs it for an incident takes it, and that ends the move-up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.rules.aid import Lending
from kernel.contracts.base import LonLat
from kernel.contracts.events import Position
from kernel.contracts.move_up_order import MoveUpOrder, MoveUpOrderForm
from kernel.contracts.resources import Unit
from kernel.contracts.vocabulary import MoveUpEnd, MoveUpStatus
from kernel.errors import Conflict, Invalid

S = MoveUpStatus
LEGAL: dict[MoveUpStatus, frozenset[MoveUpStatus]] = {
    S.ORDERED: frozenset({S.UNDER_WAY}),
    S.UNDER_WAY: frozenset({S.ARRIVED}),
    S.ARRIVED: frozenset(),
    S.RETURNING: frozenset({S.ENDED}),
    S.ENDED: frozenset(),
}


@dataclass(frozen=True)
class Way:
    """The drive from station to station: whole seconds, 0 where nothing is known, and the rules that it breaks."""

    seconds: int = 0
    breaks: tuple[str, ...] = ()


def ordered(
    form: MoveUpOrderForm, unit: Unit, lending: Lending, way: Way, *, order_id: str, at: datetime, by: str
) -> MoveUpOrder:
    """A new move-up of a unit that is free and at home.

    Raises Conflict `move_up_not_ours` for a force of others, `move_up_same_place`; Invalid `move_up_reason` with the
    rules that it breaks where no reason is given.
    """
    if lending.is_asked(unit):
        text = f"{unit.name} belongs to others and goes by request only; it cannot be moved up."
        raise Conflict("move_up_not_ours", text, unit_id=unit.id)
    if form.to_station_id == unit.station_id:
        raise Conflict("move_up_same_place", f"{unit.name} stands at this station already.", unit_id=unit.id)
    if way.breaks and not form.reason:
        raise Invalid("move_up_reason", "This breaks a rule of move-ups. Say why it is ordered.", breaks=way.breaks)
    return MoveUpOrder(
        id=order_id,
        unit_id=unit.id,
        from_station_id=unit.station_id,
        to_station_id=form.to_station_id,
        status=S.ORDERED,
        seconds=way.seconds,
        breaks=way.breaks,
        reason=form.reason,
        ordered_at=at,
        ordered_by=by,
        eta_at=at + timedelta(seconds=unit.turnout_s + way.seconds) if way.seconds else None,
    )


def advance(order: MoveUpOrder, to: MoveUpStatus, *, at: datetime, by: str, device: str = "") -> MoveUpOrder:
    """The move-up after a step of its crew. Raises Conflict `illegal_step`; a step to the state it is in is one."""
    if to not in LEGAL[order.status]:
        detail = f"A move-up that is {order.status} cannot become {to}."
        raise Conflict("illegal_step", detail, status_now=order.status)
    update: dict[str, object] = {"status": to, "version": order.version + 1}
    if to is S.UNDER_WAY:
        update |= {"under_way_at": at, "acknowledged_by": device or by}
        update["eta_at"] = at + timedelta(seconds=order.seconds) if order.seconds else None
    elif to is S.ARRIVED:
        update["arrived_at"] = at
    else:
        update |= {"ended_at": at, "end": MoveUpEnd.HOME}
    return order.model_copy(update=update)


def recalled(order: MoveUpOrder, *, at: datetime, by: str, reason: str = "") -> MoveUpOrder:
    """The move-up called back: over if nobody has left, else on its way home. Raises Conflict `move_up_over`."""
    if order.status in (S.RETURNING, S.ENDED):
        raise Conflict("move_up_over", "This move-up was called back or is over.", status_now=order.status)
    update: dict[str, object] = {"recalled_at": at, "recalled_by": by, "recall_reason": reason, "eta_at": None}
    if order.status is S.ORDERED:
        update |= {"status": S.ENDED, "ended_at": at, "end": MoveUpEnd.RECALLED}
    else:
        update["status"] = S.RETURNING
    return order.model_copy(update=update | {"version": order.version + 1})


def given_way(order: MoveUpOrder, incident_id: str, *, at: datetime) -> MoveUpOrder:
    """The move-up ended by an order to an incident."""
    update = {"status": S.ENDED, "ended_at": at, "end": MoveUpEnd.DISPATCHED, "sent_to": incident_id}
    return order.model_copy(update=update | {"version": order.version + 1})


def station_of(order: MoveUpOrder) -> str | None:
    """The station at which the unit stands: its own before it leaves, the other once it is there; None on the road."""
    if order.under_way_at is None:
        return order.from_station_id
    return order.to_station_id if order.arrived_at is not None and order.recalled_at is None else None


def stands_at(unit: Unit, order: MoveUpOrder | None) -> str | None:
    """The station of a unit, or the one at which its move-up has it stand in; None on the road between them."""
    return unit.station_id if order is None else station_of(order)


def bound_for(order: MoveUpOrder) -> str:
    """The station at which the unit stands or soon will: its own after a recall."""
    return order.to_station_id if order.recalled_at is None else order.from_station_id


def place_of(order: MoveUpOrder, home: LonLat, target: LonLat, fix: Position | None) -> LonLat:
    """Where the unit is, or was when an order to an incident ended the move-up, unless it was heard of since.

    That is a station, else where it was last heard on this way, else where it last stood.
    """
    if fix is not None and order.ended_at is not None and fix.fixed_at > order.ended_at:
        return fix.at
    if station_of(order) is not None:
        return target if station_of(order) == order.to_station_id else home
    if fix is not None and order.under_way_at is not None and fix.fixed_at >= order.under_way_at:
        return fix.at
    return home if order.arrived_at is None else target
