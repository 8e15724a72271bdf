"""Loads: the best of all ways to load the trucks, checked by trying every one."""

from itertools import product

import numpy as np
import pytest

from dispatch.optimizer import Budget, MaterialLine, Problem, Reach, Stockpile, Truck, amounts, faults, recommend
from dispatch.optimizer.materials import Load, cost, nearest_loads
from dispatch.optimizer.problem import canonical
from dispatch.optimizer.program import Meter
from dispatch.optimizer.trucks import best_loads
from tests.unit.optimizer.town import needs, plan_of


def two_depots() -> Problem:
    """Nearest first gives A the truck that only B depends on."""
    near = Stockpile("near", amounts({"SAND": 9}), (Truck("K", 9000),), (Reach("A", 100), Reach("B", 100)))
    far = Stockpile("far", amounts({"SAND": 9}), (Truck("K", 9000),), (Reach("A", 110), Reach("B", 1000)))
    incidents = (needs("A", MaterialLine("m", "SAND", 5), priority=5), needs("B", MaterialLine("m", "SAND", 5)))
    return Problem(incidents, (), (near, far), amounts({"SAND": 1_000_000}))


def test_the_nearer_truck_is_left_to_the_incident_that_depends_on_it() -> None:
    answer = recommend(two_depots())
    assert faults(two_depots(), answer) == ()
    (pick,) = plan_of(answer, "A").materials
    assert pick.stockpile_id == "far"
    assert (pick.nearer[0].unit_id, pick.nearer[0].why.code) == ("near", "truck_for")
    assert plan_of(answer, "B").materials[0].stockpile_id == "near"
    assert answer.provenance.materials == "proved"


def test_without_budget_the_loads_are_the_greedy_ones_and_say_so() -> None:
    answer = recommend(two_depots(), Budget(deterministic_s=0.0))
    assert faults(two_depots(), answer) == ()
    assert plan_of(answer, "A").materials[0].stockpile_id == "near"
    assert answer.provenance.materials == "greedy"


def every_way(problem: Problem) -> list[tuple[Load, ...]]:
    """All loads of all trucks that stock, payload and need allow; one line and one item an incident."""
    lines = {incident.id: incident.materials[0] for incident in problem.incidents}
    grams, choices = dict(problem.item_g), []
    for depot in problem.stockpiles:
        for truck in depot.trucks:
            loads: list[Load | None] = [None]
            for reach in depot.reach:
                line = lines[reach.incident_id]
                fits = truck.payload_kg * 1000 // grams[line.item] if truck.available else 0
                top = min(fits, line.quantity)
                loads += [Load(reach.incident_id, line.id, depot.id, truck.id, n) for n in range(1, top + 1)]
            choices.append(loads)
    ways = (tuple(sorted(load for load in picked if load)) for picked in product(*choices))
    return [way for way in ways if _allowed(problem, lines, way)]


def _allowed(problem: Problem, lines: dict[str, MaterialLine], way: tuple[Load, ...]) -> bool:
    for depot in problem.stockpiles:
        for item, have in depot.stock:
            mine = [load for load in way if load.stockpile_id == depot.id and lines[load.incident_id].item == item]
            if sum(load.quantity for load in mine) > have:
                return False
    brought = {name: sum(load.quantity for load in way if load.incident_id == name) for name in lines}
    return all(brought[name] <= line.quantity for name, line in lines.items())


def random_town(seed: int) -> Problem:
    rng = np.random.default_rng([5, seed])
    incidents = tuple(
        needs(
            name,
            MaterialLine("m", str(rng.choice(["P", "Q"])), int(rng.integers(1, 5))),
            priority=int(rng.integers(1, 4)),
        )
        for name in ("A", "B")
    )
    depots = []
    for number in range(2):
        reach = tuple(Reach(name, int(rng.integers(1, 9)) * 60, exact=bool(rng.random() > 0.1)) for name in ("A", "B"))
        trucks = tuple(
            Truck(f"K{at}", int(rng.integers(1, 5)) * 1000, bool(rng.random() > 0.15))
            for at in range(int(rng.integers(1, 3)))
        )
        stock = amounts({"P": int(rng.integers(0, 5)), "Q": int(rng.integers(0, 5))})
        depots.append(Stockpile(f"D{number}", stock, trucks, reach))
    return canonical(Problem(incidents, (), tuple(depots), amounts({"P": 1_000_000, "Q": 1_500_000})))


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_proved_loads_are_the_best_of_all_ways(first: int) -> None:
    for seed in range(first, first + 20):
        problem = random_town(seed)
        loads, claim = best_loads(problem, Meter(Budget()))
        assert claim == "proved"
        assert cost(problem, loads) == min(cost(problem, way) for way in every_way(problem)), seed


def test_trying_every_way_would_catch_nearest_first() -> None:
    """The planted twin: nearest first is not always the best."""
    worse = [seed for seed in range(60) if _beaten(random_town(seed))]
    assert worse


def _beaten(problem: Problem) -> bool:
    return cost(problem, nearest_loads(problem)) > cost(problem, best_loads(problem, Meter(Budget()))[0])
