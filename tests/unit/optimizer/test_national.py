"""A country's force: proved plans equal the optimum over every column, and what is claimed is true."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from dispatch.optimizer.national import (
    Demand,
    Fleet,
    NationalPlan,
    Taken,
    answers,
    faults,
    optimum,
    proof_faults,
)
from tests.bench.optimizer.nation import nation
from tests.unit.optimizer.country import country, least_missing, least_value, plain_greedy, without_sums

SEEDS = range(70)


@pytest.fixture
def short_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists so short that even a small country takes several rounds."""
    monkeypatch.setattr("dispatch.optimizer.national.refine.NEAREST", 1)
    monkeypatch.setattr("dispatch.optimizer.national.pricing.AT_ONCE", 1)
    monkeypatch.setattr("dispatch.optimizer.national.pricing.SLACK", 0)


def all_faults(fleet: Fleet, demand: Demand, plan: NationalPlan) -> tuple[str, ...]:
    return faults(fleet, demand, plan) + proof_faults(fleet, demand, plan)


def test_the_last_answer_is_the_optimum_over_every_column(short_lists: None) -> None:
    rounds = set()
    for seed in SEEDS:
        fleet, demand = country(seed)
        plan = optimum(fleet, demand)
        assert plan.proved
        assert plan.value == least_value(fleet, demand), seed
        assert not all_faults(fleet, demand, plan), seed
        rounds.add(plan.rounds)
    assert len(rounds) > 2, "the lists were never too short"


def test_the_first_answer_is_the_better_greedy_and_none_is_worse_than_the_one_before(short_lists: None) -> None:
    gained = 0
    for seed in SEEDS:
        fleet, demand = country(seed)
        plans = list(answers(fleet, demand))
        values = [plan.value for plan in plans]
        assert values[0] == min(plain_greedy(fleet, demand, False), plain_greedy(fleet, demand, True)), seed
        assert all(late < early for early, late in pairwise(values[:-1])), seed
        assert values[-1] <= min(values)
        assert [plan.proved for plan in plans] == [False] * (len(plans) - 1) + [True]
        gained += values[-1] < values[0]
    assert gained > len(SEEDS) // 4, "greedy was hardly ever worse: these countries test nothing"


@pytest.mark.parametrize("kind", ["quake", "spread"])
def test_every_answer_of_a_drawn_country_passes_the_checkers(kind: str) -> None:
    fleet, demand = nation(kind, 3, stations=1000, incidents=60)
    plans = list(answers(fleet, demand))
    for plan in plans:
        assert not all_faults(fleet, demand, plan)
    assert plans[-1].value <= plans[1].value < plans[0].value
    bounds = [plan.certificate.bound for plan in plans if plan.certificate]
    assert max(bounds) == bounds[-1] == plans[-1].value


def test_a_list_too_short_without_a_proof_is_caught(short_lists: None) -> None:
    """The planted bugs: answers on the way that say they are proved, and proofs over the two nearest sites alone."""
    early = blind = 0
    for seed in SEEDS:
        fleet, demand = country(seed)
        least = least_value(fleet, demand)
        for plan in list(answers(fleet, demand))[:-1]:
            assert proof_faults(fleet, demand, replace(plan, proved=True))
            early += plan.value > least
        nearest = np.argsort(fleet.travel_s, axis=1, kind="stable")[:, :2]
        travel = np.full_like(fleet.travel_s, -1)
        np.put_along_axis(travel, nearest, np.take_along_axis(fleet.travel_s, nearest, axis=1), axis=1)
        short = optimum(replace(fleet, travel_s=travel), demand)
        assert bool(proof_faults(fleet, demand, short)) >= (short.value > least)
        blind += short.value > least
    assert min(early, blind) > 20


def test_answers_do_not_depend_on_anything_but_the_arrays() -> None:
    fleet, demand = nation("quake", 5, stations=800, incidents=50)
    first, second = optimum(fleet, demand), optimum(fleet, demand)
    for name in ("line", "site", "klass", "count"):
        assert getattr(first.taken, name).tobytes() == getattr(second.taken, name).tobytes()


def _taken(plan: NationalPlan, **changes: object) -> NationalPlan:
    return replace(plan, taken=replace(plan.taken, **changes))


def _moved(array: np.ndarray, by: int) -> np.ndarray:
    return np.concatenate([array[:1] + by, array[1:]])


FAULTS: dict[str, Callable[[NationalPlan], NationalPlan]] = {
    "more units sent": lambda plan: _taken(plan, count=_moved(plan.taken.count, 99)),
    "beyond its quantity": lambda plan: _taken(plan, count=_moved(plan.taken.count, 9)),
    "cannot fill": lambda plan: _taken(plan, klass=(plan.taken.klass + 5) % 12),
    "after the horizon": lambda plan: _taken(plan, site=_moved(0 * plan.taken.site, 799)),
    "sends no unit": lambda plan: _taken(plan, count=0 * plan.taken.count),
    "given twice": lambda plan: replace(plan, taken=_twice(plan.taken)),
    "unmet need": lambda plan: replace(plan, weighted_unmet=plan.weighted_unmet + 1),
    "not what the rows leave": lambda plan: replace(plan, unmet=_moved(plan.unmet, 1)),
    "sum of its parts": lambda plan: replace(plan, arrival=plan.arrival - 1, value=plan.value - 1),
    "reach what is claimed": lambda plan: replace(plan, sums=replace(plan.sums, reached=_moved(plan.sums.reached, 1))),
    "bound on sum lines": lambda plan: replace(plan, sums=replace(plan.sums, missing_at_least=10**9)),
}


def _twice(taken: Taken) -> Taken:
    return Taken(*(np.repeat(part, 2) for part in (taken.line, taken.site, taken.klass, taken.count)))


@pytest.mark.parametrize("says", FAULTS)
def test_planted_faults_are_caught(says: str) -> None:
    fleet, demand = nation("quake", 5, stations=800, incidents=50)
    plan = next(answers(fleet, demand))
    assert not faults(fleet, demand, plan)
    assert any(says in found for found in faults(fleet, demand, FAULTS[says](plan)))


def test_planted_faults_of_a_proof_are_caught() -> None:
    fleet, demand = nation("quake", 5, stations=800, incidents=50)
    plan = optimum(fleet, demand)
    sound = plan.certificate
    assert sound
    planted = {
        "cheaper than its line's price": replace(sound, scarcity=sound.scarcity // 2),
        "below zero": replace(sound, scarcity=sound.scarcity - 1),
        "above that of a missing unit": replace(sound, line=sound.line + 10**12),
        "not the sum of its prices": replace(sound, bound=sound.bound + 1),
        "does not follow": replace(sound, bound=sound.bound - 1),
    }
    for says, certificate in planted.items():
        assert any(says in found for found in proof_faults(fleet, demand, replace(plan, certificate=certificate)))
    assert proof_faults(fleet, demand, replace(plan, proved=False))
    assert proof_faults(fleet, demand, replace(plan, certificate=None))


def left_by(fleet: Fleet, demand: Demand, taken: Taken) -> tuple[Fleet, Demand]:
    """The units and the sum lines that count lines leave."""
    available, there = fleet.available.copy(), np.zeros((len(demand.priority), 2), dtype=np.int64)
    np.subtract.at(available, (taken.site, taken.klass), taken.count)
    np.add.at(there, demand.incident[taken.line], taken.count[:, None] * fleet.adds[taken.klass])
    open_ = np.maximum(0, demand.sums.total - there[demand.sums.incident, demand.sums.attribute])
    return replace(fleet, available=available), replace(demand, sums=replace(demand.sums, total=open_))


def test_no_plan_misses_less_of_the_sum_lines_than_the_bound() -> None:
    tight = loose = 0
    for seed in SEEDS[:50]:
        fleet, demand = country(seed)
        if not len(demand.sums.total):
            continue
        least = least_missing(fleet, demand)
        for plan in answers(fleet, demand):
            assert plan.sums
            assert plan.sums.missing_at_least <= least <= plan.sums.weighted_missing, seed
            assert plan.sums.missing_at_least_here <= least_missing(*left_by(fleet, demand, plan.taken)), seed
            assert plan.sums.missing_at_least_here <= plan.sums.weighted_missing, seed
            tight += plan.sums.missing_at_least == plan.sums.weighted_missing > 0
            loose += plan.sums.weighted_missing > plan.sums.missing_at_least
    assert tight > 10
    assert loose > 0


def test_sum_lines_take_from_the_count_lines_nothing() -> None:
    fleet, demand = nation("quake", 3, stations=800, incidents=50)
    with_sums, alone = optimum(fleet, demand), optimum(fleet, without_sums(demand))
    assert with_sums.value == alone.value
    assert with_sums.sums
    assert with_sums.sums.extras.count.sum() > 0
    assert alone.sums
    assert not alone.sums.extras.count.sum()


def test_what_cannot_be_served_is_an_answer_too() -> None:
    fleet, demand = country(1)
    nobody = replace(fleet, available=0 * fleet.available)
    nowhere = replace(fleet, travel_s=0 * fleet.travel_s - 1)
    nothing = replace(demand, quantity=0 * demand.quantity)
    for force, need in ((nobody, demand), (nowhere, demand), (fleet, nothing), (nobody, without_sums(nothing))):
        plan = optimum(force, need)
        assert plan.proved
        assert not len(plan.taken.line)
        assert plan.missing_units == need.quantity.sum()
        assert not all_faults(force, need, plan)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("priority", np.array([0])),
        ("incident", np.array([7])),
        ("weight", np.array([10**15])),
        ("quantity", np.array([-1])),
        ("eligible", np.ones((1, 5), dtype=bool)),
        ("quantity", np.array([2], dtype=np.int32)),
        ("horizon_s", 2**40),
    ],
)
def test_contradictions_are_refused(name: str, value: object) -> None:
    fleet = Fleet(np.array([[60, 90]]), np.array([[1], [2]]), np.array([30]), np.array([[6]]))
    one = np.array([1])
    demand = Demand(600, one, np.array([0]), one, one, np.ones((1, 1), dtype=bool))
    assert optimum(fleet, demand).value == 90
    with pytest.raises(ValueError, match=name if name != "weight" else "overflow"):
        next(answers(fleet, replace(demand, **{name: value})))
