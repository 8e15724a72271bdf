"""The list of reason codes is closed: the source gives no other, and plans carry no other parameters."""

import ast
from collections.abc import Iterator
from pathlib import Path

from dispatch import optimizer
from dispatch.optimizer import CODES, Problem, SumLine, recommend, why_not
from dispatch.optimizer.plan import Reason, Recommendation
from tests.unit.optimizer.town import city, count, needs, plan_of, unit

STANDINGS = {"out_of_service", "outside"}


def written_codes() -> set[str]:
    """Every literal given to Reason(...) in the optimizer's source."""
    found: set[str] = set()
    for path in Path(optimizer.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Reason"
                and node.args
            ):
                literals = [part for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
                found |= {part.value for part in literals if isinstance(part.value, str)}
    return found


def reasons(answer: Recommendation) -> Iterator[Reason]:
    for part in answer.incidents:
        for pick in part.picks:
            yield from pick.why
            yield from (near.why for near in pick.nearer)
        yield from (near.why for pick in part.materials for near in pick.nearer)
        yield from (unmet.why for unmet in part.unmet)
        if part.area_departure:
            yield part.area_departure.why


def test_the_list_and_the_source_name_the_same_codes() -> None:
    assert written_codes() | STANDINGS == set(CODES)


def test_plans_of_a_city_carry_only_listed_parameters() -> None:
    for seed in range(3):
        problem = city(seed, 2)
        answer = recommend(problem)
        asked = [reason for one in problem.units[::40] for reason in why_not(problem, answer, one.id, "I0")]
        for reason in (*reasons(answer), *asked):
            assert {name for name, _ in reason.data} <= set(CODES[reason.code])


def test_a_line_left_empty_for_the_sake_of_a_total_says_so() -> None:
    """U0 could fill the soft line, but then the people of the graver incident would be one crew short."""
    units = (
        unit("U0", "A B", {"I0": 90, "I1": 90}, crew=6),
        unit("U1", "C", {"I1": 90}, crew=9),
        unit("U3", "B", {"I1": 120}, crew=3),
    )
    incidents = (
        needs("I0", count("A", hard=False)),
        needs("I1", count("B"), SumLine("people", "crew", 13), priority=2),
    )
    (unmet,) = plan_of(recommend(Problem(incidents, units)), "I0").unmet
    assert (unmet.why.code, unmet.competing) == ("kept_for_totals", ())
