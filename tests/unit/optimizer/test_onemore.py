"""What one more unit would buy is what the best plan of the problem with one unit less to find is better by."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from dispatch.optimizer import AVAILABLE, OneMore, Problem, SumLine, TotalShort, onemore, recommend
from dispatch.optimizer.groups import Model, build
from dispatch.optimizer.problem import canonical
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.tables import Tables
from tests.unit.optimizer.brute import Tried, try_all
from tests.unit.optimizer.test_brute_force import problems
from tests.unit.optimizer.town import city, committed, count, needs, unit


def worth(problem: Problem, incident: str = "A") -> tuple[OneMore, ...]:
    return onemore.one_more(problem, recommend(problem), incident)


def one_ladder(quantity: int = 1) -> Problem:
    """Water is there in 100 s, the only ladder needs 600 s."""
    units = (unit("W", "WATER", {"A": 100}), unit("L", "AERIAL", {"A": 600}))
    return Problem((needs("A", count("WATER"), count("AERIAL", quantity)),), units)


def test_a_ladder_at_the_scene_would_bring_the_full_force_as_early_as_the_next_unit() -> None:
    assert worth(one_ladder()) == (OneMore("AERIAL", 0, 500, 0, True),)


def test_one_more_of_what_is_missing_is_one_fewer_missing() -> None:
    assert worth(one_ladder(2)) == (OneMore("AERIAL", 1, 0, 0, True),)


def test_one_more_here_lets_the_ladder_go_where_it_is_missing() -> None:
    incidents = (needs("A", count("AERIAL"), priority=4), needs("B", count("AERIAL")))
    problem = Problem(incidents, (unit("L", "AERIAL", {"A": 60, "B": 500}),))
    (gain,) = worth(problem)
    assert (gain.line_id, gain.fewer_missing, gain.earlier_s) == ("AERIAL", 1, 60)


def test_one_more_here_hurries_the_other_incident() -> None:
    incidents = (needs("A", count("AERIAL"), priority=4), needs("B", count("AERIAL")))
    units = (unit("L", "AERIAL", {"A": 60, "B": 90}), unit("M", "AERIAL", {"A": 600, "B": 700}))
    assert worth(Problem(incidents, units)) == (OneMore("AERIAL", 0, 60, 610, True),)


def test_who_is_under_way_already_bounds_what_can_be_gained() -> None:
    problem = one_ladder()
    coming = unit("C", "FOAM", {"A": 900}, standing=committed("A", 450))
    (asked,) = problem.incidents
    foam = replace(asked, counts=(*asked.counts, count("FOAM")))
    (gain,) = worth(replace(problem, incidents=(foam,), units=(*problem.units, coming)))
    assert (gain.line_id, gain.earlier_s) == ("AERIAL", 150)


def test_a_total_that_is_short_names_how_many_of_a_typical_unit_close_it() -> None:
    units = tuple(unit(f"U{n}", "WATER", {"A": 100}, crew=crew) for n, crew in enumerate((3, 6, 6)))
    away = unit("V", "WATER", {"A": None}, crew=9)
    problem = Problem((needs("A", count("WATER"), SumLine("people", "crew", 28)),), (*units, away))
    assert onemore.totals_short(problem, recommend(problem), "A") == (TotalShort("people", "crew", 13, "U2", 6, 3),)
    enough = Problem((needs("A", SumLine("people", "crew", 15)),), units)
    assert onemore.totals_short(enough, recommend(enough), "A") == ()


def test_nothing_is_saved_where_a_total_needs_the_same_unit() -> None:
    units = (unit("U0", "A", {"A": 60}, crew=6), unit("U1", "B", {"A": 600}, crew=6))
    problem = Problem((needs("A", count("A"), count("B"), SumLine("people", "crew", 12)),), units)
    assert worth(problem) == ()


def bare(problem: Problem) -> Problem:
    """Count lines alone: no totals, no station areas, nobody committed."""
    incidents = tuple(replace(each, sums=(), area_station_ids=()) for each in problem.incidents)
    units = tuple(replace(each, standing=AVAILABLE) for each in problem.units[:6])
    return canonical(replace(problem, incidents=incidents, units=units))


def fewer(problem: Problem, at: int, slot: int) -> Problem:
    incident = problem.incidents[at]
    lines = tuple(
        replace(line, quantity=line.quantity - (number == slot)) for number, line in enumerate(incident.counts)
    )
    mine = replace(incident, counts=lines)
    return replace(problem, incidents=tuple(mine if each is incident else each for each in problem.incidents))


def best(problem: Problem) -> Tried:
    return min(try_all(problem), key=lambda plan: plan.cost)


def agrees(model: Model, problem: Problem) -> bool:
    """Whether S0 and S1 of a model reach what the best of all plans of a problem does."""
    found, brute = onemore._reached(model), best(problem)
    weighed = sum(each.priority * last for each, last in zip(problem.incidents, found.last_s, strict=True))
    return found.proved and found.unmet == brute.cost[:2] and weighed == brute.cost.complete


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(problems())
def test_every_worth_is_exact(problem: Problem) -> None:
    problem = bare(problem)
    tables = Tables(problem)
    model = build(tables, Scorer(tables))
    assert agrees(model, problem)
    for number, slot in enumerate(model.slots):
        first = next(n for n, each in enumerate(model.slots) if each.incident == slot.incident)
        assert agrees(onemore._one_fewer(model, number), fewer(problem, slot.incident, number - first))


def test_a_worth_that_changes_nothing_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted twin: the problem is solved again as it was."""
    monkeypatch.setattr(onemore, "_one_fewer", lambda model, _: model)
    problem = canonical(one_ladder())
    tables = Tables(problem)
    model = build(tables, Scorer(tables))
    assert not agrees(onemore._one_fewer(model, 1), fewer(problem, 0, 1))
    assert worth(one_ladder()) == ()


def test_in_a_city_few_lines_matter_and_each_says_something() -> None:
    for seed in range(3):
        problem = city(seed, 3)
        answer = recommend(problem)
        for incident in problem.incidents:
            found = onemore.one_more(problem, answer, incident.id)
            assert len(found) <= onemore.MOST_LINES
            assert all(each.fewer_missing in (0, 1) and each.earlier_s >= 0 for each in found)
            unmet = {
                each.line_id for part in answer.incidents if part.incident_id == incident.id for each in part.unmet
            }
            assert unmet <= {each.line_id for each in found if each.fewer_missing} or not all(
                each.proved for each in found
            )


def test_a_total_that_is_covered_in_time_leaves_the_worth_proved_and_one_that_is_late_does_not() -> None:
    total = SumLine("people", "crew", 12)
    units = (unit("W", "WATER", {"A": 100}, crew=6), unit("L", "AERIAL", {"A": 600}, crew=6))
    problem = Problem((needs("A", count("WATER"), count("AERIAL"), total),), units)
    near = replace(problem, units=(*units, unit("X", "OTHER", {"A": 90}, crew=6)))
    assert worth(near) == (OneMore("AERIAL", 0, 500, 0, True),)
    far = replace(problem, units=(*units, unit("X", "OTHER", {"A": 400}, crew=6)))
    assert worth(far) == (OneMore("AERIAL", 0, 200, 0, False),)
