"""The checker, with a planted twin for each bug that it must catch."""

from dataclasses import replace

import pytest

from dispatch.optimizer import (
    MaterialLine,
    Problem,
    Reach,
    Recommendation,
    Stockpile,
    SumLine,
    Truck,
    amounts,
    faults,
    recommend,
)
from dispatch.optimizer.plan import EXTRA, FirstAid, IncidentPlan, Role
from tests.unit.optimizer.town import committed, count, needs, out, unit

DEPOT = Stockpile(
    "D", amounts({"SAND": 50}), (Truck("K1", 1000), Truck("K2", 1000, False)), (Reach("A", 60), Reach("B", 60))
)


def town() -> Problem:
    incidents = (
        needs(
            "A",
            count("WATER", 2),
            count("FOAM"),
            SumLine("people", "crew", 15),
            MaterialLine("sand", "SAND", 30),
            area="S",
        ),
        needs("B", count("AERIAL", 2)),
    )
    units = (
        unit("U1", "WATER", {"A": 100, "B": 100}, crew=6),
        unit("U2", "WATER", {"A": 150, "B": 100}, crew=6),
        unit("U3", "FOAM", {"A": 200, "B": 100}, crew=6),
        unit("L1", "AERIAL", {"A": 300, "B": 100}),
        unit("X1", "WATER", {"A": 10}, standing=out("workshop")),
        unit("C1", "AERIAL", {"A": 10, "B": 20}, standing=committed("B")),
        unit("N1", "WATER", {"A": None}),
        unit("M1", "WATER", {"A": 60}, tier="first_aid"),
    )
    return Problem(incidents, units, (DEPOT,), amounts({"SAND": 30000}))


def with_roles(plan: Recommendation, *roles: Role, without: str = "") -> Recommendation:
    kept = tuple(role for role in plan.roles if role.unit_id != without)
    return replace(plan, roles=tuple(sorted((*kept, *roles))))


def with_part(plan: Recommendation, **claims: object) -> Recommendation:
    first: IncidentPlan = replace(plan.incidents[0], **claims)
    return replace(plan, incidents=(first, *plan.incidents[1:]))


def test_a_sound_plan_has_no_fault() -> None:
    assert faults(town(), recommend(town())) == ()


@pytest.mark.parametrize(
    ("role", "without", "says"),
    [
        (Role("B", "AERIAL", "U1"), "", "does not qualify"),
        (Role("B", "AERIAL", "U1"), "", "used 2 times"),
        (Role("A", "WATER", "U3"), "U1", "does not qualify"),
        (Role("A", "WATER", "X1"), "U1", "cannot be sent"),
        (Role("A", "WATER", "N1"), "U1", "cannot be sent"),
        (Role("A", "WATER", "M1"), "U1", "first-aid"),
        (Role("A", "FOAM", "C1"), "U3", "cannot be sent"),
        (Role("A", EXTRA, "L1"), "L1", "for nothing"),
        (Role("A", "WATER", "ghost"), "U1", "names nothing"),
    ],
)
def test_an_impossible_role_is_caught(role: Role, without: str, says: str) -> None:
    found = faults(town(), with_roles(recommend(town()), role, without=without))
    assert any(says in fault for fault in found), found


def test_a_line_filled_beyond_its_need_is_caught() -> None:
    problem = town()
    more = replace(problem, units=(*problem.units, unit("U9", "WATER", {"A": 900})))
    found = faults(more, with_roles(recommend(town()), Role("A", "WATER", "U9")))
    assert found == ("line A/WATER needs 2 and holds 3",)


def test_false_unmet_arithmetic_is_caught() -> None:
    problem = replace(town(), units=town().units[1:])
    plan = recommend(problem)
    assert faults(problem, plan) == ()
    assert faults(problem, with_part(plan, unmet=()))
    figures = plan.incidents[0].figures
    assert faults(problem, with_part(plan, figures=replace(figures, unmet_units=0)))
    assert faults(problem, with_part(plan, figures=replace(figures, unmet_sums=0)))


def test_false_totals_and_times_are_caught() -> None:
    plan = recommend(town())
    part = plan.incidents[0]
    assert faults(town(), with_part(plan, sums=(replace(part.sums[0], brought=99),)))
    assert faults(town(), with_part(plan, picks=(replace(part.picks[0], eta_s=1), *part.picks[1:])))
    assert faults(town(), with_part(plan, picks=part.picks[1:]))
    assert faults(town(), with_part(plan, figures=replace(part.figures, completion_s=1)))
    assert faults(town(), with_part(plan, figures=replace(part.figures, first_due_s=1)))


def test_a_hidden_departure_from_the_area_is_caught() -> None:
    units = (unit("own", "WATER", {"A": 500}, "OWN"), unit("other", "WATER", {"A": 120}, "OTHER"))
    problem = Problem((needs("A", count("WATER"), area="OWN"),), units)
    plan = recommend(problem)
    assert plan.incidents[0].area_departure is not None
    assert "hides" in faults(problem, with_part(plan, area_departure=None))[0]
    claimed = with_part(recommend(town()), area_departure=plan.incidents[0].area_departure)
    assert "claims" in faults(town(), claimed)[0]


def test_a_micro_station_out_of_reach_or_sent_twice_is_caught() -> None:
    plan = recommend(town())
    (aid,) = plan.incidents[0].first_aid
    assert faults(town(), with_part(plan, first_aid=(aid, aid)))
    assert faults(town(), with_part(plan, first_aid=(replace(aid, eta_s=5),)))
    assert faults(town(), with_part(plan, first_aid=(FirstAid("U1", 100, "road"),)))


def test_impossible_loads_are_caught() -> None:
    plan = recommend(town())
    (pick,) = plan.incidents[0].materials
    assert faults(town(), with_part(plan, materials=(replace(pick, truck_id="K2"),)))
    assert faults(town(), with_part(plan, materials=(replace(pick, quantity=60),)))
    assert faults(town(), with_part(plan, materials=()))
    assert faults(town(), with_part(plan, unmet_materials=(("sand", 1),)))
    elsewhere = replace(plan.incidents[1], materials=(replace(pick, quantity=1),))
    assert faults(town(), replace(plan, incidents=(plan.incidents[0], elsewhere)))
