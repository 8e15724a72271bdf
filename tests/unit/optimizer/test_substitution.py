"""A or two of B: stand-ins go where they lack less or save more than their penalty, whole, and never half."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.optimizer import CountLine, Problem, Substitute, faults, recommend, substitution, why_not
from dispatch.optimizer.asjson import parse, restated, write
from dispatch.optimizer.check import faults_of_roles
from dispatch.optimizer.plan import Role
from dispatch.optimizer.problem import canonical, stated
from dispatch.optimizer.substitution import STAND_IN, varied
from tests.unit.optimizer.brute import try_all
from tests.unit.optimizer.test_brute_force import problems
from tests.unit.optimizer.town import committed, count, needs, plan_of, sent, unit

TWO_B = Substitute(("B",), each=2, penalty_s=300)


def a_or_two_b(quantity: int = 1, **more: object) -> CountLine:
    return count("A", quantity, substitute=replace(TWO_B, **more))


def test_two_stand_in_where_nobody_else_can() -> None:
    problem = Problem((needs("I", a_or_two_b()),), tuple(unit(f"b{n}", "B", {"I": 60 * n}) for n in (1, 2, 3)))
    answer = recommend(problem)
    assert sent(answer, "I") == {"b1": "A.sub", "b2": "A.sub"}
    assert plan_of(answer, "I").figures.unmet_units == 0
    assert answer.provenance.completion == "proved"
    assert faults(problem, answer) == ()
    assert why_not(problem, answer, "b3", "I")[0].code == "slower"


def test_half_a_stand_in_is_none() -> None:
    answer = recommend(problem := Problem((needs("I", a_or_two_b()),), (unit("b1", "B", {"I": 60}),)))
    assert sent(answer, "I") == {}
    assert plan_of(answer, "I").figures.unmet_units == 1
    assert faults(problem, answer) == ()
    assert faults_of_roles(canonical(problem), (Role("I", "A" + STAND_IN, "b1"),)) != ()


@pytest.mark.parametrize(("penalty_s", "goes"), [(300, {"b1", "b2"}), (1000, {"a"})])
def test_a_penalty_is_seconds_of_the_full_force(penalty_s: int, goes: set[str]) -> None:
    units = (unit("a", "A", {"I": 900}), unit("b1", "B", {"I": 100}), unit("b2", "B", {"I": 120}))
    answer = recommend(Problem((needs("I", a_or_two_b(penalty_s=penalty_s)),), units))
    assert set(sent(answer, "I")) == goes


def test_the_rare_unit_goes_where_nobody_can_stand_in() -> None:
    units = (unit("a", "A", {"I": 60, "J": 90}), unit("b1", "B", {"I": 100}), unit("b2", "B", {"I": 120}))
    answer = recommend(Problem((needs("I", a_or_two_b()), needs("J", count("A"))), units))
    assert sent(answer, "I") == {"b1": "A.sub", "b2": "A.sub"}
    assert sent(answer, "J") == {"a": "A"}


def test_those_who_stand_in_already_are_not_sent_for_again() -> None:
    here = [replace(unit(f"b{n}", "B", {"I": 60}), standing=committed("I")) for n in (1, 2)]
    answer = recommend(Problem((needs("I", a_or_two_b()),), (*here, unit("b3", "B", {"I": 90}))))
    assert sent(answer, "I") == {}
    assert plan_of(answer, "I").figures.unmet_units == 0


def test_a_problem_with_substitutes_is_written_and_read_again() -> None:
    problem = canonical(Problem((needs("I", a_or_two_b(2)),), (unit("a", "A", {"I": 60}),)))
    assert parse(write(problem)) == problem
    assert restated(stated(problem)) == problem
    assert recommend(problem).stated == stated(problem)


@st.composite
def substitutable(draw: st.DrawFn) -> Problem:
    problem = draw(problems())
    first, *others = problem.incidents
    line, *lines = first.counts
    other = draw(st.sampled_from([code for code in ("A", "B", "C") if code not in line.capabilities]))
    swap = Substitute((other,), each=draw(st.integers(1, 2)), penalty_s=draw(st.sampled_from([0, 50, 300])))
    first = replace(first, counts=(replace(line, substitute=swap), *lines))
    return replace(problem, incidents=(first, *others), units=problem.units[:6])


def best_of_all(problem: Problem) -> tuple[int, ...]:
    """Levels 1 to 5 with penalties, over every number of stand-ins and every plan with them whole."""
    found = []
    at, line = problem.incidents[0], problem.incidents[0].counts[0]
    assert line.substitute
    for many in range(line.quantity + 1):
        for plan in try_all(varied(problem, {(at.id, line.id): many})):
            beside = sum(role[:2] == (at.id, line.id + STAND_IN) for role in plan.roles)
            if beside == many * line.substitute.each:
                penalty = at.priority * line.substitute.penalty_s * many
                found.append((*plan.cost[:4], plan.cost.complete + penalty))
    return min(found)


def levels_of(problem: Problem) -> tuple[int, ...]:
    """The same levels of our answer."""
    answer = recommend(problem)
    assert faults(problem, answer) == ()
    at, line = problem.incidents[0], problem.incidents[0].counts[0]
    assert line.substitute
    many = sum(role[:2] == (at.id, line.id + STAND_IN) for role in answer.roles) // line.substitute.each
    plan = next(
        plan for plan in try_all(varied(problem, {(at.id, line.id): many})) if plan.roles == tuple(sorted(answer.roles))
    )
    return (*plan.cost[:4], plan.cost.complete + at.priority * line.substitute.penalty_s * many)


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(substitutable())
def test_the_choice_is_the_best_of_all_choices_and_plans(problem: Problem) -> None:
    problem = canonical(problem)
    assert levels_of(problem) == best_of_all(problem)


def test_a_choice_without_its_penalty_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: to stand in costs nothing."""
    units = (unit("a", "A", {"I0": 900}), unit("b1", "B", {"I0": 100}), unit("b2", "B", {"I0": 120}))
    problem = canonical(Problem((needs("I0", a_or_two_b(penalty_s=1000)),), units))
    assert levels_of(problem) == best_of_all(problem)
    monkeypatch.setattr(substitution, "_worth", lambda problem, counts, judge: judge(varied(problem, counts)))
    assert levels_of(problem) > best_of_all(problem)


def test_many_choices_are_climbed_one_at_a_time_and_not_called_proved() -> None:
    lines = [replace(a_or_two_b(), id=f"A{n}") for n in range(4)]
    units = [unit(f"b{n}", "B", {"I": 60 + n}) for n in range(8)]
    answer = recommend(Problem((needs("I", *lines),), tuple(units)))
    assert plan_of(answer, "I").figures.unmet_units == 0
    assert answer.provenance.completion == "flow"
