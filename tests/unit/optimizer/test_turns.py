"""Units under way turn where that is worth an order, and nowhere else."""

from dataclasses import replace

import pytest

from dispatch.optimizer import Problem, faults, recommend, turns
from dispatch.optimizer.problem import Standing
from dispatch.optimizer.turns import TurnRules, Turns, best_turns
from tests.unit.optimizer.town import committed, count, needs, unit


def proposal(problem: Problem, **rules: int) -> Turns | None:
    return best_turns(problem, recommend(problem), TurnRules(**rules))


def worse_next_door(reserve_s: int = 900, status: str = "enroute") -> Problem:
    """U1 is five minutes from a small fire when a worse one starts a minute away from it; U2 could come to either."""
    units = (
        unit("U1", "A", {"I0": 300, "I1": 60}, standing=Standing(status, "I0", 300)),  # type: ignore[arg-type]
        unit("U2", "A", {"I0": 400, "I1": reserve_s}),
    )
    return Problem((needs("I0", count("A"), priority=1), needs("I1", count("A"), priority=4)), units)


def test_a_unit_turns_to_the_worse_fire_and_another_takes_its_place() -> None:
    found = proposal(worse_next_door())
    assert found is not None
    (turn,) = found.turns
    assert (turn.unit_id, turn.from_id, turn.to_id, turn.eta_s) == ("U1", "I0", "I1", 60)
    assert turn.saves_s == (300 + 4 * 900) - (400 + 4 * 60)
    assert turn.saves_unmet == 0
    assert {role.unit_id: role.incident_id for role in found.plan.roles} == {"U1": "I1", "U2": "I0"}
    assert [each.completion_s for each in found.figures] == [400, 60]
    assert faults(replace(worse_next_door(), units=turned(worse_next_door())), found.plan) == ()


def turned(problem: Problem) -> tuple:
    return tuple(turns._free(each) if each.id == "U1" else each for each in problem.units)


def test_nobody_turns_for_a_saving_below_its_worth() -> None:
    assert proposal(worse_next_door(reserve_s=80), worth_s=60) is None


def test_without_a_least_worth_crews_would_turn_for_seconds() -> None:
    """The planted twin: rules that ask nothing of a turn."""
    found = proposal(worse_next_door(reserve_s=200), worth_s=-(10**6))
    assert found is not None
    assert proposal(worse_next_door(reserve_s=200), worth_s=10**6) is None


def test_who_has_arrived_never_turns() -> None:
    problem = worse_next_door()
    arrived = replace(problem.units[0], standing=committed("I0"))
    assert proposal(replace(problem, units=(arrived, problem.units[1]))) is None


def test_an_optimizer_that_turns_who_has_arrived_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = worse_next_door(status="committed")
    monkeypatch.setattr(turns, "_under_way", lambda _: {"U1": "I0"})
    assert proposal(problem) is not None


def test_a_turn_that_fills_what_nobody_else_can_is_worth_it_whatever_the_time() -> None:
    units = (unit("U1", "A HAZMAT", {"I0": 300, "I1": 200}, standing=Standing("enroute", "I0", 300)),)
    both = (needs("I0", count("A"), priority=1), needs("I1", count("HAZMAT"), priority=4))
    found = proposal(Problem(both, units))
    assert found is not None
    assert [(each.unit_id, each.saves_unmet) for each in found.turns] == [("U1", 1)], "not weighed by priority"


def test_no_more_turn_than_may() -> None:
    ready = [unit(f"U{n}", "A", {"I0": 300, "I1": 60}, standing=Standing("enroute", "I0", 300)) for n in range(4)]
    spare = [unit(f"V{n}", "A", {"I0": 310, "I1": 900 + n}) for n in range(4)]
    problem = Problem((needs("I0", count("A", 4)), needs("I1", count("A", 4), priority=5)), (*ready, *spare))
    most = proposal(problem, most=4)
    assert most is not None
    assert len(most.turns) == 4
    fewer = proposal(problem, most=2)
    assert fewer is None or len(fewer.turns) <= 2
