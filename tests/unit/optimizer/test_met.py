"""An incident whose needs are met by what is committed takes no part: leaving it out changes nothing for the others."""

from dataclasses import replace

import pytest

from dispatch.optimizer import Problem, SumLine, is_met, recommend
from tests.unit.optimizer.town import city, committed, count, needs, plan_of, unit


def test_committed_units_meet_lines_only_one_each() -> None:
    both = unit("U1", "FOAM HAZMAT", {"I": 10})
    assert is_met(needs("I", count("FOAM")), [both])
    assert not is_met(needs("I", count("FOAM"), count("HAZMAT")), [both])


def test_a_unit_moves_to_the_line_that_only_it_can_fill() -> None:
    """The first would take the foam line, and the second could do nothing else."""
    lines = needs("I", count("FOAM"), count("HAZMAT"))
    assert is_met(lines, [unit("U1", "FOAM HAZMAT", {}), unit("U2", "FOAM", {})])
    assert is_met(lines, [unit("U2", "FOAM", {}), unit("U1", "FOAM HAZMAT", {})])


def test_totals_and_thresholds_count() -> None:
    people = needs("I", count("WATER", parameters=(("pump_lps", 60),)), SumLine("people", "crew", 10))
    strong, weak = unit("U1", "WATER", {}, pump_lps=80, crew=6), unit("U2", "WATER", {}, pump_lps=40, crew=6)
    assert is_met(people, [strong, weak])
    assert not is_met(people, [strong])
    assert not is_met(people, [weak, weak])


@pytest.mark.parametrize("seed", range(12))
def test_leaving_out_a_met_incident_changes_nothing(seed: int) -> None:
    problem = city(seed, 2)
    first = recommend(problem)
    going = {role.unit_id for role in first.roles if role.incident_id == "I0"}
    units = tuple(replace(each, standing=committed("I0", 60)) if each.id in going else each for each in problem.units)
    i0, i1 = problem.incidents
    i0 = replace(i0, materials=())
    lacking = any(part.unmet or any(s.brought < s.needed for s in part.sums) for part in first.incidents[:1])
    assert is_met(i0, [each for each in units if each.id in going]) is not lacking
    if not lacking:
        together = Problem((i0, i1), units, problem.stockpiles, problem.item_g)
        alone = replace(together, incidents=(i1,))
        assert plan_of(recommend(together), "I1").figures == plan_of(recommend(alone), "I1").figures
