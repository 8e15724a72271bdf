"""Needs: cards, formations, hazards and facts, merged by the maximum and never the sum."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules import needs
from dispatch.rules.needs import matching_cards, meets, merge, requirements
from kernel.contracts.incident import Incident
from kernel.contracts.plans import Conditions, Formation, LineKind, Requirement, ResponseCard, Threshold
from kernel.contracts.vocabulary import AlarmLevel, HazardTag, IncidentKind, IncidentStatus
from tests.worlds import cards, count, force_table

NOON = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
NIGHT = datetime(2026, 7, 10, 20, 0, tzinfo=UTC)


def incident(**changes: object) -> Incident:
    values: dict[str, object] = {
        "id": "inc-1",
        "number": "0110-0001",
        "kind": IncidentKind.FIRE_ORDINARY,
        "at": (87.6, 43.8),
        "address": "x",
        "alarm_level": AlarmLevel.ONE,
        "status": IncidentStatus.REPORTED,
        "reported_at": NOON,
    }
    return Incident.model_validate(values | changes)


def test_a_formation_is_multiplied_by_the_number_for_its_level() -> None:
    for level, engines in ((1, 2), (2, 4), (3, 4), (4, 8), (5, 16)):
        (line,) = requirements(incident(alarm_level=level), cards()[:1], force_table())
        assert (line.key, line.quantity) == ("WATER_TENDER", engines)


def test_a_hazard_adds_its_package() -> None:
    lines = requirements(incident(hazards=(HazardTag.HIGHRISE,)), cards()[:1], force_table())
    assert {line.key: line.quantity for line in lines} == {"WATER_TENDER": 2, "AERIAL_RESCUE": 1}


def test_the_same_capability_from_two_sources_is_the_maximum() -> None:
    (line,) = merge([count("a", "FOAM_B", 3, source="card"), count("b", "FOAM_B", 5, source="hazard")])
    assert (line.quantity, line.source) == (5, "hazard")


def test_a_narrower_line_counts_for_the_wider_one() -> None:
    wide = Requirement(key="AERIAL", kind=LineKind.COUNT, capabilities=("AERIAL_RESCUE", "AERIAL_STREAM"), quantity=2)
    lines = merge([wide, count("RESCUE", "AERIAL_RESCUE", 1)])
    assert {line.key: line.quantity for line in lines} == {"AERIAL": 1, "RESCUE": 1}


def test_a_stricter_threshold_counts_for_the_looser_line() -> None:
    strict = count("BIG", "WATER_STREAM", 4, thresholds=(Threshold(parameter="water_l", at_least=5000),))
    lines = merge([count("ANY", "WATER_STREAM", 6), strict])
    assert {line.key: line.quantity for line in lines} == {"ANY": 2, "BIG": 4}


def test_a_weaker_threshold_does_not() -> None:
    weak = count("SMALL", "WATER_STREAM", 4, thresholds=(Threshold(parameter="water_l", at_least=1000),))
    strict = count("BIG", "WATER_STREAM", 4, thresholds=(Threshold(parameter="water_l", at_least=5000),))
    assert not meets(weak, strict)
    assert meets(strict, weak)


def test_a_formation_takes_the_buildings_height() -> None:
    table = force_table()
    key = table.formation_keys[0].model_copy(
        update={"key": "AERIAL", "capabilities": ("AERIAL_RESCUE",), "thresholds": (), "height_of_building": True}
    )
    table = table.model_copy(update={"formation_keys": (key,)})
    card = ResponseCard(
        id="c",
        name="c",
        conditions=Conditions(),
        formation=Formation(key="high_rise", members={"AERIAL": 1}, per_level={"1": 1}),
    )
    (line,) = requirements(incident(building_height_m=50), [card], table)
    assert line.thresholds == (Threshold(parameter="height_m", at_least=50),)


@pytest.mark.parametrize(
    ("conditions", "at", "holds"),
    [
        (Conditions(kinds=(IncidentKind.FIRE_TANK,)), NOON, False),
        (Conditions(levels=(AlarmLevel.ONE,)), NOON, True),
        (Conditions(levels=(AlarmLevel.TWO,)), NOON, False),
        (Conditions(min_height_m=24), NOON, False),
        (Conditions(max_height_m=24), NOON, True),
        (Conditions(hours=(12,)), NOON, True),
        (Conditions(hours=(12,)), NIGHT, False),
        (Conditions(season="winter"), NOON, True),
        (Conditions(season="winter"), NIGHT, False),
        (Conditions(hazards=(HazardTag.MINE,)), NOON, False),
    ],
)
def test_a_card_applies_only_under_its_conditions(conditions: Conditions, at: datetime, holds: bool) -> None:
    card = ResponseCard(id="c", name="c", conditions=conditions)
    assert bool(matching_cards(incident(), [card], at=at)) is holds


def test_of_several_cards_those_of_the_highest_priority_apply() -> None:
    low = ResponseCard(id="low", name="low", conditions=Conditions())
    high = ResponseCard(id="high", name="high", conditions=Conditions(), priority=5)
    assert [card.id for card in matching_cards(incident(), [low, high], at=NOON)] == ["high"]


def test_the_commanders_own_lines_add() -> None:
    own = count("own", "WATER_STREAM", 1, source="commander")
    lines = requirements(incident(), cards()[:1], force_table(), [own])
    assert [line.key for line in lines] == ["WATER_TENDER", "own"]


LINES = st.lists(
    st.builds(
        lambda capability, quantity, litres: count(
            f"{capability}-{litres}",
            capability,
            quantity,
            thresholds=(Threshold(parameter="water_l", at_least=litres),) if litres else (),
        ),
        st.sampled_from(("WATER_STREAM", "FOAM_B")),
        st.integers(0, 9),
        st.sampled_from((0, 2000, 5000)),
    ),
    max_size=6,
)


def enough(lines: tuple[Requirement, ...], wanted: list[Requirement]) -> bool:
    """Whether units that fill the merged lines exactly also fill every wanted line on its own."""
    return all(
        sum(line.quantity for line in lines if line.capabilities == each.capabilities and _as_strict(line, each))
        >= each.quantity
        for each in wanted
    )


def _as_strict(line: Requirement, wanted: Requirement) -> bool:
    have = {each.parameter: each.at_least for each in line.thresholds}
    return all(have.get(each.parameter, 0) >= each.at_least for each in wanted.thresholds)


@given(LINES)
def test_a_merge_meets_every_source_and_is_never_more_than_their_sum(wanted: list[Requirement]) -> None:
    merged = merge(wanted)
    assert enough(merged, wanted)
    assert sum(line.quantity for line in merged) <= sum(line.quantity for line in wanted)
    assert len({line.key for line in merged}) == len(merged)


def test_a_merge_that_forgets_thresholds_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a loose line counts for a strict one."""
    loose, strict = (
        count("ANY", "WATER_STREAM", 6),
        count("BIG", "WATER_STREAM", 4, thresholds=(Threshold(parameter="water_l", at_least=5000),)),
    )
    monkeypatch.setattr(needs, "meets", lambda narrow, wide: narrow is loose and wide is strict)
    assert not enough(merge([loose, strict]), [loose, strict])
