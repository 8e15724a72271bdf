"""Low bridges beside what is missing: who would have come, how many, and nobody who is late for other reasons."""

from dataclasses import replace

import pytest

from dispatch.optimizer import Problem, Reach, Unit, limited, recommend, why_not
from dispatch.optimizer.plan import Limited
from tests.unit.optimizer.town import count, needs, out, plan_of, unit


def ladder(name: str, travel_s: int | None, free_s: int, **more: object) -> Unit:
    """A ladder that would need `free_s` if nothing on the roads were too low for it."""
    return replace(unit(name, "AERIAL", {}, **more), reach=(Reach("A", travel_s, unrestricted_s=free_s),))


def kept(*units: Unit, **line: object) -> tuple[Limited, ...]:
    """What an incident that needs water, there in 400 s, and a ladder says of road limits."""
    asked = needs("A", count("WATER"), count("AERIAL", **line))
    return plan_of(recommend(Problem((asked,), (unit("W", "WATER", {"A": 400}), *units))), "A").limited


def test_ladders_that_a_bridge_shuts_out_are_counted_beside_what_is_missing() -> None:
    broken = ladder("broken", None, 60, standing=out("in repair"))
    assert kept(ladder("far", None, 300), ladder("near", None, 240), broken) == (
        Limited("AERIAL", 2, "near", 240, None),
    )


def test_a_ladder_that_goes_round_is_told_where_the_full_force_waits_for_a_farther_one() -> None:
    near, far = ladder("near", 900, 180), ladder("far", 500, 500)
    assert kept(near, far) == (Limited("AERIAL", 1, "near", 180, 900),)


def test_a_line_that_nobody_waits_for_says_nothing_unless_it_has_a_deadline() -> None:
    near, far = ladder("near", 900, 180), ladder("far", 300, 300)
    assert kept(near, far) == ()
    assert kept(near, far, deadline_s=250) == (Limited("AERIAL", 1, "near", 180, 900),)


def test_a_minute_less_is_not_worth_a_word() -> None:
    assert kept(ladder("near", 900, 450), ladder("far", 500, 500)) == ()


def test_a_rule_that_looks_at_limits_alone_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted twin: everybody whom a limit slows is told, whether or not anybody waits."""
    monkeypatch.setattr(limited, "_bites", lambda would_s, eta, until: True)
    assert kept(ladder("near", 900, 180), ladder("far", 300, 300)) != ()


def test_who_is_shut_out_says_what_the_way_would_take() -> None:
    problem = Problem((needs("A", count("AERIAL")),), (ladder("near", None, 240, turnout_s=60),))
    (reason,) = why_not(problem, recommend(problem), "near", "A")
    assert (reason.code, dict(reason.data)) == ("road_limit_shuts", {"would_take_s": 300})
