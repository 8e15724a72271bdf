"""Whoever comes last is spared, relieved or changes places, and nothing above the full force is given up for it."""

import numpy as np
import pytest

from dispatch.optimizer import Problem, SumLine
from dispatch.optimizer.flow import Network
from dispatch.optimizer.groups import Model, build
from dispatch.optimizer.hasten import _Search, hastened
from dispatch.optimizer.plan import EXTRA, Role, Roles
from dispatch.optimizer.problem import canonical
from dispatch.optimizer.repair import to_roles, to_used
from dispatch.optimizer.score import Cost, Scorer
from dispatch.optimizer.tables import Tables
from tests.unit.optimizer.town import city, count, needs, unit


def model_of(problem: Problem) -> tuple[Model, Scorer]:
    tables = Tables(canonical(problem))
    scorer = Scorer(tables)
    return build(tables, scorer), scorer


def after(problem: Problem, *roles: tuple[str, str, str]) -> Roles:
    """The plan that a plan of these roles becomes."""
    model, _ = model_of(problem)
    return to_roles(model, hastened(model, to_used(model, tuple(Role(*role) for role in roles))))


def test_a_unit_that_adds_nothing_is_spared() -> None:
    crew = needs("I0", count("A"), SumLine("people", "crew", 6))
    problem = Problem((crew,), (unit("U0", "A", {"I0": 60}, crew=6), unit("U1", "A", {"I0": 900}, crew=6)))
    assert after(problem, ("I0", "A", "U0"), ("I0", EXTRA, "U1")) == (Role("I0", "A", "U0"),)


def test_a_free_neighbour_relieves_the_last() -> None:
    crew = needs("I0", SumLine("people", "crew", 60))
    units = [unit("near", "B", {"I0": 60}, crew=6), unit("far", "B", {"I0": 900}, crew=6)]
    fewer = unit("small", "B", {"I0": 30}, crew=3)
    assert after(Problem((crew,), (*units, fewer)), ("I0", EXTRA, "far")) == (Role("I0", EXTRA, "near"),)


def test_two_units_change_places_where_both_are_in_time() -> None:
    problem = Problem(
        (needs("I0", count("A")), needs("I1", count("A"), count("C"))),
        (
            unit("U0", "A", {"I0": 900, "I1": 300}),
            unit("U1", "A", {"I0": 200, "I1": 100}),
            unit("U2", "C", {"I1": 400}),
        ),
    )
    hasty = after(problem, ("I0", "A", "U0"), ("I1", "A", "U1"), ("I1", "C", "U2"))
    assert hasty == (Role("I0", "A", "U1"), Role("I1", "A", "U0"), Role("I1", "C", "U2"))


def test_two_that_would_make_the_other_incident_later_stay() -> None:
    problem = Problem(
        (needs("I0", count("A")), needs("I1", count("A"))),
        (unit("U0", "A", {"I0": 900, "I1": 300}), unit("U1", "A", {"I0": 200, "I1": 100})),
    )
    roles = (("I0", "A", "U0"), ("I1", "A", "U1"))
    assert after(problem, *roles) == tuple(Role(*role) for role in roles)


def costs(seed: int) -> tuple[Cost, Cost]:
    """Of a plan that fills the lines at random, before and after."""
    model, scorer = model_of(city(seed, 3))
    rng, columns = np.random.default_rng(seed), model.columns
    used = np.zeros(len(columns.group), dtype=np.int64)
    left, open_ = model.sizes.copy(), Network(model).demand.copy()
    for at in rng.permutation(len(used)).tolist():
        group, slot = columns.group[at], columns.slot[at]
        if left[group] and (open_[slot] if slot >= 0 else rng.random() < 0.1):
            used[at] += 1
            left[group] -= 1
            open_[slot] -= slot >= 0
    return scorer.cost(to_roles(model, used)), scorer.cost(to_roles(model, hastened(model, used)))


@pytest.mark.parametrize("seed", range(6))
def test_random_plans_get_earlier_and_lose_nothing_above(seed: int) -> None:
    before, now = costs(seed)
    assert all(ours <= theirs for ours, theirs in zip(now[:4], before[:4], strict=True))
    assert now.complete < before.complete


def test_a_search_that_forgets_the_totals_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted twin: whatever it costs the totals is as good."""
    monkeypatch.setattr(_Search, "_as_whole", lambda _, brought: np.ones(brought.shape[1], dtype=bool))
    assert any(now[:2] > before[:2] for before, now in map(costs, range(6)))
