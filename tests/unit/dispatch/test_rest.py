"""Who is tired: hours on scene within the window, counted once, and what they spare a unit."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dispatch.optimizer import Reach, Unit, amounts
from dispatch.optimizer.problem import REST, SPECIAL
from dispatch.rules.rest import Span, tired, worked_s
from dispatch.workers.policy import sparing
from kernel.contracts.policy import DispatchPolicy, RestRule

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
WINDOW = timedelta(hours=12)
HOUR = 3600


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def hours(*spans: tuple[float, float | None], unit: str = "u") -> list[Span]:
    """On scene from so many hours ago to so many hours ago; None = still there."""
    return [(unit, ago(begin), None if end is None else ago(end)) for begin, end in spans]


def worked(spans: list[Span]) -> dict[str, int]:
    return worked_s(spans, since=NOW - WINDOW, until=NOW)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        (hours((5, 3)), 2),
        (hours((5, 3), (2, 1)), 3),
        (hours((5, 3), (4, 2)), 3),
        (hours((5, 1), (4, 2)), 4),
        (hours((5, 3), (5, 2)), 3),
        (hours((3, None)), 3),
        (hours((3, None), (5, 2)), 5),
        (hours((14, 10)), 2),
        (hours((14, None)), 12),
        (hours((14, 12)), 0),
        (hours((20, 13)), 0),
        ([], 0),
    ],
)
def test_hours_on_scene_within_the_window_count_once(spans: list[Span], expected: int) -> None:
    assert worked(spans).get("u", 0) == expected * HOUR


def test_every_unit_is_counted_by_itself() -> None:
    both = hours((5, 3)) + hours((4, None), unit="v")
    assert worked(both) == {"u": 2 * HOUR, "v": 4 * HOUR}
    assert tired(worked(both), RestRule()) == {"v": 4 * HOUR}


HALVES = st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 40)))


def by_the_minute(spans: list[Span]) -> int:
    """The plainest way: every half hour of the window in which some assignment lasts."""
    steps = [NOW - WINDOW + timedelta(minutes=30) * step for step in range(24)]
    return sum(1800 for at in steps if any(begin <= at and (end is None or end > at) for _, begin, end in spans))


def drawn(halves: list[tuple[int, int | None]]) -> list[Span]:
    """Assignments on whole half hours, some of them before the window."""
    return [("u", ago(begin / 2), None if last is None else ago(max(0, begin - last) / 2)) for begin, last in halves]


@given(st.lists(HALVES, max_size=5))
def test_the_sum_is_that_of_the_plainest_count(halves: list[tuple[int, int | None]]) -> None:
    assert worked(drawn(halves)).get("u", 0) == by_the_minute(drawn(halves))


def test_a_sum_that_forgets_the_window_would_be_noticed() -> None:
    """The planted twin: everything that the unit ever did."""
    spans = hours((30, 20), (5, 3))
    assert worked_s(spans, since=ago(10_000), until=NOW)["u"] != by_the_minute(spans) == worked(spans)["u"]


def spared_by(special_s: int, worked_: dict[str, int], rest: RestRule | None) -> tuple[int, str, int]:
    unit = Unit("u", "S", amounts({"A": 1}), reach=(Reach("I", 100),))
    found = sparing(unit, {("S", "I"): special_s} if special_s else {}, worked_, rest)
    (way,) = found.reach
    return way.spare_s, way.spare_why, found.worked_s


def test_the_larger_of_the_two_reasons_to_spare_a_unit_holds_and_is_the_one_told() -> None:
    long = {"u": 5 * HOUR}
    assert spared_by(0, long, RestRule()) == (900, REST, 5 * HOUR)
    assert spared_by(600, long, RestRule()) == (900, REST, 5 * HOUR)
    assert spared_by(1200, long, RestRule()) == (1200, SPECIAL, 5 * HOUR)
    assert spared_by(600, {}, RestRule()) == (600, SPECIAL, 0)
    assert spared_by(0, long, None) == (0, "", 0)


def test_a_policy_of_old_rests_as_muster_begins_and_an_impossible_rule_is_refused() -> None:
    assert DispatchPolicy.model_validate({"id": "dispatch"}).rest == RestRule(worked_s=14_400, within_s=43_200)
    assert DispatchPolicy.model_validate({"id": "dispatch", "rest": None}).rest is None
    with pytest.raises(ValidationError):
        RestRule(worked_s=7200, within_s=3600)
