"""Same input, same bytes; and an answer whatever happens to the solver."""

from dataclasses import replace

import pytest

from dispatch.optimizer import Budget, Problem, Stockpile, Substitute, Truck, faults, recommend, recommend_greedy
from dispatch.optimizer import flow as flow_module
from dispatch.optimizer import linear as linear_module
from dispatch.optimizer.problem import canonical, input_hash
from tests.unit.optimizer.test_materials import two_depots
from tests.unit.optimizer.town import city, count, needs, shuffled, unit


def test_repeats_and_any_order_of_rows_give_the_same_bytes() -> None:
    """`./muster bench O11` repeats a thousand times, loaded and idle."""
    problem = city(3, 1)
    first = recommend(problem).to_json()
    assert {recommend(problem).to_json() for _ in range(8)} == {first}
    assert {recommend(shuffled(problem, seed)).to_json() for seed in range(8)} == {first}


def test_the_program_repeats_itself_when_three_incidents_compete() -> None:
    first = recommend(city(5, 3))
    assert first.provenance.deterministic_us > 0
    assert {recommend(shuffled(city(5, 3), seed)).to_json() for seed in range(3)} == {first.to_json()}


def test_the_hash_names_the_input() -> None:
    problem = city(3, 1)
    slower = replace(problem.units[0], turnout_s=problem.units[0].turnout_s + 1)
    changed = replace(problem, units=(slower, *problem.units[1:]))
    assert input_hash(canonical(problem)) == input_hash(canonical(shuffled(problem, 5)))
    assert input_hash(canonical(problem)) != input_hash(canonical(changed))


@pytest.mark.parametrize("seed", range(3))
def test_no_budget_still_gives_a_valid_plan(seed: int) -> None:
    problem = city(seed, 3)
    answer = recommend(problem, Budget(deterministic_s=0.0, flow_nodes=0))
    assert faults(problem, answer) == ()
    assert answer.roles
    assert answer.provenance.deterministic_us == 0
    assert answer.provenance.materials in ("greedy", "proved")


def test_a_starved_program_says_what_is_not_proved() -> None:
    answer = recommend(city(1, 3), Budget(deterministic_s=1e-6))
    assert faults(city(1, 3), answer) == ()
    assert answer.provenance.final != "proved"


def _broken(*_: object, **__: object) -> None:
    raise RuntimeError("solver died")


def test_a_program_that_dies_leaves_the_flow_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear_module.cp_model.CpSolver, "solve", _broken)
    problem = city(1, 3)
    answer = recommend(problem)
    assert faults(problem, answer) == ()
    assert answer.provenance.source in ("flow", "completion")
    assert answer.provenance.failure == "RuntimeError"


def test_a_program_that_dies_leaves_the_greedy_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear_module.cp_model.CpSolver, "solve", _broken)
    answer = recommend(two_depots())
    assert faults(two_depots(), answer) == ()
    assert answer.incidents[0].materials
    assert answer.provenance.materials == "greedy"
    assert answer.provenance.failure == "RuntimeError"


def test_a_flow_that_dies_leaves_the_greedy_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_module.Network, "solve", _broken)
    problem = city(1, 3)
    answer = recommend(problem)
    assert faults(problem, answer) == ()
    assert answer.provenance.source == "greedy"
    assert answer.provenance.failure == "RuntimeError"
    assert answer.roles == answer.greedy.roles == recommend_greedy(problem).roles


def test_the_greedy_answer_alone_is_whole_and_valid() -> None:
    problem = city(2, 2)
    answer = recommend_greedy(problem)
    assert faults(problem, answer) == ()
    assert all(pick.why for part in answer.incidents for pick in part.picks)


def test_no_incident_gives_an_empty_but_sound_answer() -> None:
    problem = Problem((), (unit("U", "WATER", {"A": 60}),))
    assert faults(problem, recommend(problem)) == ()


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (Problem((), (unit("U", "W", {}), unit("U", "W", {}))), "id U is given twice"),
        (Problem((needs("A", count("W"), count("W")),), ()), "id W is given twice"),
        (Problem((needs("A", count("W"), priority=0),), ()), "priority 0"),
        (Problem((needs("A", count("W", -1)),), ()), "negative need"),
        (Problem((), (unit("U", "W", {"A": -5}),)), "travel time -5"),
        (Problem((), (unit("U", "W", {}, turnout_s=-1),)), "negative turnout"),
        (Problem((), (unit("U", "W", {}),), (Stockpile("D", (), (Truck("U", 1000),)),)), "U is a truck and a unit"),
        (Problem((needs("A", count("W", substitute=Substitute(("X",), each=0))),), ()), "0 for one"),
    ],
)
def test_a_problem_that_contradicts_itself_is_refused(problem: Problem, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        recommend(problem)
