"""What the optimizer is asked about move-ups counts what coverage counts, and its answers keep to the rules."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import optimizer
from dispatch.rules import coverage, moves
from dispatch.rules.coverage import LIMITS_S, NEVER, Ground
from dispatch.workers.planning import MoveJob, TrialJob
from kernel.contracts.resources import Unit
from tests.worlds import FIRE, engine, station

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
Engines = Mapping[str, tuple[Unit, ...]]


def city(**numbers: int) -> dict[str, tuple[Unit, ...]]:
    """Stations with so many engines each: a1, a2, …"""
    return {
        name: tuple(engine(f"{name}{number + 1}", station(name, FIRE)) for number in range(numbers[name]))
        for name in sorted(numbers)
    }


def ground(risk: list[int], between_s: list[list[int]], **due_s: list[int]) -> Ground:
    """Zones with their risk, seconds from each station to each, and between the stations."""
    names = tuple(f"z{number}" for number in range(len(risk)))
    seconds = {name: np.array(each) for name, each in due_s.items()}
    return Ground("v1", "m1", "none", names, np.array(risk), seconds, np.array(between_s))


SPREAD = ground(
    [40_000, 35_000, 25_000],
    [[0, 400, NEVER], [420, 0, 800], [NEVER, 800, 0]],
    a=[200, 500, NEVER + 60],
    b=[550, 250, 610],
    c=[NEVER + 60, 640, 280],
)


def asked(held: Ground, engines: Engines, away: set[str]) -> optimizer.Ground:
    free = coverage.free_engines(engines, away)
    return moves.asked_of(held, engines, free, moves.emptied(engines, free, {}))


def differences(held: Ground, engines: Engines, away: set[str]) -> list[int]:
    """Limits at which the share before any move is not the figure of coverage for the same engines."""
    free = {place: len(ids) for place, ids in coverage.free_engines(engines, away).items()}
    said = coverage.coverage_of(held, free, {place: len(each) for place, each in engines.items()}, at=NOON)
    before = optimizer.best_moves(asked(held, engines, away)).before
    shares = moves.reached(before.within_ppm)
    assert [each.limit_s for each in shares] == list(LIMITS_S)
    return [
        mine.limit_s for mine, theirs in zip(shares, said.within, strict=True) if abs(mine.share - theirs.share) > 1e-6
    ]


SECONDS = st.sampled_from([1, 299, 300, 301, 480, 481, 600, 601, NEVER, NEVER + 90])
TOWNS = st.integers(1, 5).flatmap(
    lambda zones: st.tuples(
        st.lists(st.integers(1, 900), min_size=zones, max_size=zones),
        st.lists(st.lists(SECONDS, min_size=zones, max_size=zones), min_size=3, max_size=3),
        st.lists(st.integers(0, 2), min_size=3, max_size=3),
        st.sets(st.sampled_from(["a1", "a2", "b1", "b2", "c1"])),
    )
)


@settings(max_examples=60, deadline=None)
@given(TOWNS)
def test_the_share_before_is_the_figure_of_coverage(drawn: Any) -> None:
    risk, due_s, numbers, away = drawn
    parts = coverage.in_parts(np.array(risk, dtype=np.float64)).tolist()
    held = ground(parts, np.full((3, 3), 400).tolist(), **dict(zip("abc", due_s, strict=True)))
    assert differences(held, city(**dict(zip("abc", numbers, strict=True))), away) == []


def test_an_engine_that_is_away_and_still_asked_about_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: whoever is in service counts as free."""
    engines = city(a=1, b=2, c=1)
    assert differences(SPREAD, engines, {"a1"}) == []
    right = coverage.free_engines
    blind = moves.asked_of(SPREAD, engines, right(engines, set()), ())
    monkeypatch.setattr(moves, "asked_of", lambda *_given: blind)
    assert differences(SPREAD, engines, {"a1"}) != []


def test_the_nearest_station_that_keeps_one_fills_the_empty_one() -> None:
    found = MoveJob(asked(SPREAD, city(a=1, b=2, c=1), {"a1"}), moves.RULES).solve()
    told = moves.set_of(found.proposal)
    (move,) = told.moves
    assert (move.unit_id, move.from_station_id, move.to_station_id, move.seconds) == ("b1", "b", "a", 420)
    assert found.proved
    assert [each.share for each in told.within] == [1.0, 1.0, 1.0]
    assert moves.reached(found.before.within_ppm)[0].share == pytest.approx(0.6)
    assert moves.set_of(found.rule) == told
    assert not optimizer.faults_of_moves(asked(SPREAD, city(a=1, b=2, c=1), {"a1"}), moves.RULES, found)


def test_a_donor_keeps_its_floor_even_where_a_move_would_gain() -> None:
    engines = city(a=1, b=1, c=1)
    assert MoveJob(asked(SPREAD, engines, {"a1"}), moves.RULES).solve().proposal.moves == ()
    tried = TrialJob(asked(SPREAD, engines, {"a1"}), moves.RULES, "b1", "a").solve()
    assert tried.breaks == ("floor",)


def test_a_floor_of_nobody_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: a donor may be left empty."""
    monkeypatch.setattr(moves, "FLOOR", 0)
    engines = city(a=1, b=1, c=1)
    poorer = replace(SPREAD, risk=np.array([90_000, 5_000, 5_000]))
    assert MoveJob(asked(poorer, engines, {"a1"}), moves.RULES).solve().proposal.moves != ()


def test_where_no_road_leads_nobody_is_moved_and_a_trial_has_no_seconds() -> None:
    tried = TrialJob(asked(SPREAD, city(a=2, b=1, c=1), set()), moves.RULES, "a1", "c").solve()
    assert tried.breaks == ("no_way",)
    assert moves.told(tried.move).seconds == 0


def test_stations_are_emptied_in_the_order_in_which_their_last_engine_left() -> None:
    engines = city(a=2, b=1, c=1, d=1)
    out = dict(engines, d=(engines["d"][0].model_copy(update={"in_service": False}),))
    sent = {"a1": NOON, "a2": NOON + timedelta(minutes=9), "b1": NOON + timedelta(minutes=5)}
    free = coverage.free_engines(out, set(sent))
    assert free == {"a": (), "b": (), "c": ("c1",), "d": ()}
    assert moves.emptied(out, free, sent) == ("d", "b", "a")


def test_without_the_ways_between_stations_nothing_is_asked() -> None:
    with pytest.raises(ValueError, match="between the stations"):
        asked(replace(SPREAD, between_s=None), city(a=1, b=1, c=1), set())
