"""The lives of an incident and of an assignment: every legal step, no other, and their clocks."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from dispatch.rules import assignment as units
from dispatch.rules import incident as rules
from dispatch.rules.first_due import first_due
from dispatch.rules.geometry import inside, metres
from dispatch.rules.repeats import suggestions
from kernel.contracts.assignment import Assignment
from kernel.contracts.incident import Facts, Incident, ReportForm
from kernel.contracts.recommendation import Pick
from kernel.contracts.vocabulary import AlarmLevel, AssignmentStatus, HazardTag, IncidentKind, IncidentStatus
from kernel.errors import Conflict, Invalid
from tests.worlds import count, engine, foam, square, station

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
HOME = station("a", (87.6, 43.8))


def report(**changes: object) -> ReportForm:
    values: dict[str, object] = {"kind": "fire.residential", "at": (87.6, 43.8), "address": "x"}
    return ReportForm.model_validate(values | changes)


def opened(**changes: object) -> Incident:
    return rules.open_incident(report(**changes), incident_id="inc-1", at=NOW)


def begun(**changes: object) -> Assignment:
    pick = Pick(unit_id="a1", line="WATER", eta_s=300, travel_s=240)
    made = units.begin(
        engine("a1", HOME),
        HOME,
        pick,
        assignment_id="asg-1",
        incident_id="inc-1",
        order_id="ord-1",
        kind="full",
        at=NOW,
    )
    return made.model_copy(update=changes)


@pytest.mark.parametrize(
    ("kind", "people", "level"),
    [
        ("fire.residential", 0, 1),
        ("fire.residential", 1, 2),
        ("fire.residential", 2, 2),
        ("fire.residential", 3, 3),
        ("fire.residential", 9, 3),
        ("fire.residential", 10, 4),
        ("fire.residential", 29, 4),
        ("fire.residential", 30, 5),
        ("fire.highrise", 0, 3),
        ("fire.tank", 30, 5),
    ],
)
def test_the_centres_first_judgement_of_the_level(kind: str, people: int, level: int) -> None:
    assert rules.suggested_level(IncidentKind(kind), people) == level


@pytest.mark.parametrize(
    ("height_m", "hazards"),
    [(24, ()), (24.1, (HazardTag.HIGHRISE,)), (100, (HazardTag.HIGHRISE,)), (101, (HazardTag.SUPER_HIGHRISE,))],
)
def test_the_height_implies_the_hazard(height_m: float, hazards: tuple[HazardTag, ...]) -> None:
    assert opened(building_height_m=height_m).hazards == hazards


@pytest.mark.parametrize(("start", "to"), list(product(IncidentStatus, IncidentStatus)))
def test_an_incident_takes_only_legal_steps(start: IncidentStatus, to: IncidentStatus) -> None:
    incident = opened().model_copy(update={"status": start})
    if to in rules.LEGAL[start]:
        assert rules.step(incident, to, (), at=NOW).status is to
        return
    with pytest.raises(Conflict) as refused:
        rules.step(incident, to, (), at=NOW)
    assert refused.value.code == "illegal_step"


def test_nothing_ends_while_a_unit_is_committed() -> None:
    resolved = opened().model_copy(update={"status": IncidentStatus.RESOLVED})
    with pytest.raises(Conflict) as refused:
        rules.step(resolved, IncidentStatus.CLOSED, [begun()], at=NOW)
    assert refused.value.code == "still_committed"
    going_home = begun(status=AssignmentStatus.RETURNING)
    assert rules.step(resolved, IncidentStatus.CLOSED, [going_home], at=NOW).closed_at == NOW


def test_a_level_change_needs_a_reason_and_other_facts_do_not() -> None:
    with pytest.raises(Invalid) as refused:
        rules.with_facts(opened(), Facts(alarm_level=AlarmLevel.FOUR))
    assert refused.value.code == "reason_missing"
    assert rules.with_facts(opened(), Facts(alarm_level=AlarmLevel.FOUR, reason="蔓延")).alarm_level == 4
    assert rules.with_facts(opened(), Facts(trapped=2)).trapped == 2


def test_a_merge_keeps_the_worst_of_both() -> None:
    gone, kept = rules.merged(
        opened(trapped=3).model_copy(update={"id": "b"}), opened(casualties=1, hazards=("explosion",))
    )
    assert (gone.status, gone.merged_into) == (IncidentStatus.MERGED, "inc-1")
    assert (kept.reports, kept.trapped, kept.casualties, kept.hazards) == (2, 3, 1, (HazardTag.EXPLOSION,))
    with pytest.raises(Conflict):
        rules.merged(kept, kept)


def test_a_units_clocks_start_at_the_order() -> None:
    made = begun()
    assert made.receipt_due_at == NOW + timedelta(seconds=30)
    assert made.turnout_due_at == NOW + timedelta(seconds=60)
    assert made.arrival_due_at == NOW + timedelta(seconds=300)
    assert made.eta_at == NOW + timedelta(seconds=300)


def test_leaving_counts_as_receipt_and_moves_the_expected_arrival() -> None:
    late = NOW + timedelta(seconds=90)
    gone = units.advance(begun(), AssignmentStatus.ENROUTE, at=late, by="a1", device="手机")
    assert (gone.acknowledged_at, gone.acknowledged_by) == (late, "手机")
    assert gone.eta_at == late + timedelta(seconds=240)


@pytest.mark.parametrize(("start", "to"), list(product(AssignmentStatus, AssignmentStatus)))
def test_a_unit_takes_only_legal_steps(start: AssignmentStatus, to: AssignmentStatus) -> None:
    held = begun(status=start)
    if to in units.LEGAL[start]:
        assert units.advance(held, to, at=NOW, by="x").status is to
        return
    with pytest.raises(Conflict):
        units.advance(held, to, at=NOW, by="x")


def test_release_cancels_who_stayed_and_sends_home_who_left() -> None:
    assert units.release(begun(), at=NOW, reason="r").status is AssignmentStatus.CANCELED
    left = begun(status=AssignmentStatus.ENROUTE)
    assert units.release(left, at=NOW, reason="r").status is AssignmentStatus.RETURNING
    with pytest.raises(Conflict):
        units.release(begun(status=AssignmentStatus.CLEARED), at=NOW, reason="r")


def test_a_unit_is_silent_only_after_its_limit() -> None:
    assert not units.fallen_silent(begun(), at=NOW + timedelta(seconds=30))
    assert units.fallen_silent(begun(), at=NOW + timedelta(seconds=31))
    assert not units.fallen_silent(begun(status=AssignmentStatus.ACKNOWLEDGED), at=NOW + timedelta(hours=1))


def test_a_repeat_is_near_in_space_time_and_kind() -> None:
    first = opened()

    def repeats(kind: str, metres_east: float, minutes: float) -> bool:
        at = (87.6 + metres_east / 80_400, 43.8)
        return bool(suggestions(IncidentKind(kind), at, NOW + timedelta(minutes=minutes), [first]))

    assert repeats("fire.ordinary", 450, 5)
    assert not repeats("fire.ordinary", 550, 5)
    assert not repeats("fire.ordinary", 100, 31)
    assert repeats("gas.leak", 150, 5)
    assert not repeats("gas.leak", 250, 5)


def test_the_first_due_fill_their_lines_nearest_first_once_each() -> None:
    lines = [
        count("FOAM", "FOAM_B", 1, first_due=True),
        count("WATER", "WATER_STREAM", 2, first_due=True),
        count("LATER", "WATER_STREAM", 5),
    ]
    ready = [engine("a1", HOME), foam("fa", HOME), engine("a2", HOME), engine("a3", HOME)]
    assert [(line, unit.id) for line, unit in first_due(lines, ready)] == [
        ("FOAM", "fa"),
        ("WATER", "a1"),
        ("WATER", "a2"),
    ]


def test_somebody_goes_even_when_nobody_fits() -> None:
    assert [(line, unit.id) for line, unit in first_due([], [engine("a1", HOME)])] == [("first_due", "a1")]
    assert first_due([], []) == []


def test_metres_and_polygons() -> None:
    assert metres((87.6, 43.8), (87.6, 43.81)) == pytest.approx(1112, abs=1)
    ring = square((87.6, 43.8), 0.01)
    hole = square((87.6, 43.8), 0.002)
    assert inside((87.605, 43.805), (ring,))
    assert not inside((87.62, 43.8), (ring,))
    assert not inside((87.6, 43.8), (ring, hole))
