"""A unit's commitment: how it begins, its legal steps, its clocks, and how it ends."""

from datetime import datetime, timedelta

from kernel.contracts.assignment import Assignment
from kernel.contracts.recommendation import Pick
from kernel.contracts.resources import Station, Unit
from kernel.contracts.vocabulary import ACTIVE_ASSIGNMENT, AssignmentStatus, TravelMethod
from kernel.errors import Conflict

A = AssignmentStatus
WORKING = frozenset({A.STAGED, A.ON_SCENE, A.OPERATING, A.REHAB, A.RESUPPLY})
LEGAL: dict[AssignmentStatus, frozenset[AssignmentStatus]] = {
    A.DISPATCHED: frozenset({A.ACKNOWLEDGED, A.ENROUTE, A.CANCELED}),
    A.ACKNOWLEDGED: frozenset({A.ENROUTE, A.CANCELED}),
    A.ENROUTE: frozenset({A.STAGED, A.ON_SCENE, A.RETURNING}),
    **{state: WORKING - {state} | {A.RETURNING} for state in WORKING},
    A.RETURNING: frozenset({A.CLEARED}),
    A.CLEARED: frozenset(),
    A.CANCELED: frozenset(),
}
DEFAULT_LIMITS_S = (30, 60, 300)


def begin(
    unit: Unit,
    station: Station | None,
    pick: Pick,
    *,
    assignment_id: str,
    incident_id: str,
    order_id: str,
    kind: str,
    at: datetime,
    by: str = "",
    reason: str = "",
    ready_s: int = 0,
) -> Assignment:
    """A new assignment with its three clocks: receipt, turnout and arrival after the order (limits by station).

    A unit that is ready only in `ready_s` seconds has so much longer to turn out and to arrive.
    """
    receipt_s, turnout_s, arrival_s = limits_s(station)
    return Assignment(
        id=assignment_id,
        incident_id=incident_id,
        unit_id=unit.id,
        station_id=unit.station_id,
        line=pick.line,
        order_id=order_id,
        ordered_by=by,
        kind=kind,
        status=A.DISPATCHED,
        exclusive=not unit.shareable,
        eta_at=None if pick.method is TravelMethod.UNREACHABLE else at + timedelta(seconds=pick.eta_s),
        travel_s=pick.travel_s,
        method=pick.method,
        flags=pick.flags,
        dispatched_at=at,
        receipt_due_at=at + timedelta(seconds=receipt_s),
        turnout_due_at=at + timedelta(seconds=max(turnout_s, unit.turnout_s) + ready_s),
        arrival_due_at=at + timedelta(seconds=arrival_s + ready_s),
        reason=reason,
    )


def limits_s(station: Station | None) -> tuple[int, int, int]:
    """Receipt, turnout and arrival limits in seconds of a station's class."""
    if station is None:
        return DEFAULT_LIMITS_S
    return station.receipt_limit_s, station.turnout_limit_s, station.arrival_limit_s


def advance(assignment: Assignment, to: AssignmentStatus, *, at: datetime, by: str, device: str = "") -> Assignment:
    """The assignment in its next state. Raises Conflict `illegal_step`. A step to the state it is in is refused too."""
    if to not in LEGAL[assignment.status]:
        raise Conflict(
            "illegal_step",
            f"A unit that is {assignment.status} cannot become {to}.",
            status_now=assignment.status,
        )
    update: dict[str, object] = {"status": to, "version": assignment.version + 1, "silent": False}
    if assignment.acknowledged_at is None and to in (A.ACKNOWLEDGED, A.ENROUTE):
        update |= {"acknowledged_at": at, "acknowledged_by": device or by}
    if to is A.ENROUTE:
        left_late = assignment.travel_s is not None
        update["enroute_at"] = at
        if left_late:
            update["eta_at"] = at + timedelta(seconds=assignment.travel_s or 0)
    if to in WORKING and assignment.arrived_at is None:
        update["arrived_at"] = at
    if to not in ACTIVE_ASSIGNMENT and assignment.ended_at is None:
        update["ended_at"] = at
    return assignment.model_copy(update=update)


def release(assignment: Assignment, *, at: datetime, reason: str) -> Assignment:
    """Ends a commitment: canceled when the unit has not left, else returning. Raises Conflict `not_committed`."""
    if assignment.status not in ACTIVE_ASSIGNMENT:
        raise Conflict("not_committed", "This unit is no longer committed.", status_now=assignment.status)
    stayed = assignment.status in (A.DISPATCHED, A.ACKNOWLEDGED)
    return assignment.model_copy(
        update={
            "status": A.CANCELED if stayed else A.RETURNING,
            "ended_at": at,
            "silent": False,
            "reason": reason,
            "version": assignment.version + 1,
        }
    )


def fallen_silent(assignment: Assignment, *, at: datetime) -> bool:
    """Whether a unit has let its receipt limit pass without a sign."""
    return assignment.status is A.DISPATCHED and not assignment.silent and at > assignment.receipt_due_at
