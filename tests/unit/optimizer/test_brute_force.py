"""Whatever is claimed as proved equals the best of all plans, found by trying every one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.optimizer import CountLine, Incident, Problem, Reach, Standing, SumLine, Unit, amounts, faults, recommend
from dispatch.optimizer.problem import canonical
from tests.unit.optimizer.brute import Tried, try_all
from tests.unit.optimizer.town import count, needs, unit

CODES = ("A", "B", "C")
TIMES = st.sampled_from([None, 60, 90, 90, 120, 150, 200, 300, 450])


@st.composite
def units(draw: st.DrawFn, number: int) -> Unit:
    codes = draw(st.sets(st.sampled_from(CODES), min_size=1, max_size=3))
    reach = tuple(Reach(incident, draw(TIMES), exact=draw(st.integers(0, 5)) > 0) for incident in ("I0", "I1"))
    standing = draw(
        st.sampled_from([Standing()] * 6 + [Standing("committed", "I0", 30), Standing("out_of_service", reason="x")])
    )
    crew = amounts({"crew": draw(st.sampled_from([3, 6, 9]))})
    station = f"S{draw(st.integers(0, 2))}"
    return Unit(f"U{number}", station, amounts(dict.fromkeys(codes, 1)), crew, reach, standing=standing)


@st.composite
def incidents(draw: st.DrawFn, name: str) -> Incident:
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=2, unique=True))
    lines: list[CountLine | SumLine] = []
    for code in codes:
        deadline = draw(st.sampled_from([None, None, None, 100]))
        hard = draw(st.integers(0, 4)) > 0
        lines.append(
            count(code, draw(st.integers(1, 2)), deadline_s=deadline, hard=hard, weight=draw(st.integers(1, 3)))
        )
    if draw(st.booleans()):
        lines.append(SumLine("people", "crew", draw(st.integers(5, 25))))
    area = draw(st.sampled_from(["", "S0", "S1 S2"]))
    return needs(name, *lines, priority=draw(st.integers(1, 3)), area=area)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    how_many = draw(st.integers(1, 7))
    return Problem(
        tuple(draw(incidents(name)) for name in ("I0", "I1")), tuple(draw(units(number)) for number in range(how_many))
    )


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(problems())
def test_what_is_proved_is_the_best_of_all_plans(problem: Problem) -> None:
    """Least on every level; on the last, among plans in which no incident is complete later than in ours."""
    answer = recommend(problem)
    assert faults(problem, answer) == ()
    assert answer.provenance.unmet == answer.provenance.completion == answer.provenance.final == "proved"
    tried = try_all(canonical(problem))
    ours = next(plan for plan in tried if plan.roles == answer.roles)
    assert ours.cost[:5] == min(plan.cost[:5] for plan in tried)
    rivals = [plan.cost.arrival for plan in tried if plan.cost[:5] == ours.cost[:5] and no_later(plan, ours)]
    assert ours.cost.arrival == min(rivals)


def no_later(plan: Tried, ours: Tried) -> bool:
    return all(theirs <= mine for theirs, mine in zip(plan.last_s, ours.last_s, strict=True))


def test_brute_force_would_catch_a_greedy_optimizer() -> None:
    """The planted twin: the greedy plan handed in as the answer is not the best of all plans."""
    problem = Problem(
        (needs("I0", count("A")), needs("I1", count("B"))),
        (unit("U0", "A B", {"I0": 60, "I1": 90}), unit("U1", "A", {"I0": 90, "I1": 90})),
    )
    answer, tried = recommend(problem), try_all(canonical(problem))
    costs = {plan.roles: plan.cost for plan in tried}
    assert costs[answer.roles] == min(costs.values())
    assert costs[answer.greedy.roles] > min(costs.values())
