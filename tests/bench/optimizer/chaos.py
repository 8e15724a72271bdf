"""O13: broken solvers, no budget and hostile problems: every call must answer, whole and valid by the checker.

Hostile = nothing in supply, everything at the same second, units that fit every line, needs beyond all supply, absurd
quantities, committed, shareable, unreachable and estimated units, deadlines, empty stockpiles, trucks without payload.
Mishaps = the n-th solve of a kind raises, gives nothing, or there is no time at all.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
from ortools.graph.python import min_cost_flow
from ortools.sat.python import cp_model

from dispatch.optimizer import (
    AVAILABLE,
    Budget,
    CountLine,
    Incident,
    MaterialLine,
    Policy,
    Problem,
    Reach,
    Recommendation,
    Standing,
    Stockpile,
    SumLine,
    Truck,
    Unit,
    amounts,
    faults,
    recommend,
)
from dispatch.optimizer.linear import Linear
from dispatch.optimizer.problem import Reserve, Zone
from tests.rows import Options, Row, bound, twin

CALLS = 10_000
CODES = ("A", "B", "C", "D")
QUANTITIES = (0, 1, 1, 2, 3, 8, 1_000_000)
TOTALS = (0, 1, 100, 1_000_000_000)
SECONDS = (0, 60, 60, 60, 300, 301, 7 * 24 * 3600)
TAG = 13
BUDGETS = (Budget(), Budget(), Budget(deterministic_s=0.0), Budget(deterministic_s=0.0, flow_nodes=0), Budget(1e-6))


def measure(options: Options) -> list[Row]:
    """O13 and its twin."""
    calls = options.count(CALLS)
    empty: list[str] = []
    invalid: list[str] = []
    for number in range(calls):
        found = trial([TAG, options.seed, number])
        (empty if found.startswith("empty") else invalid).extend([f"call {number}: {found}"] if found else [])
    told = f"{'; '.join([*empty, *invalid][:5])[:600]}" if empty or invalid else bound(calls)
    what = f"of {calls} hostile calls, half with a mishap, those without an answer ({len(empty)}) or an invalid one"
    return [
        Row("O13", f"{what} ({len(invalid)}); {told}", len(empty) + len(invalid), "calls", must=0, seed=options.seed),
        twin("O13", "one unit more in a plan than there is", planted(options), options.seed),
    ]


def trial(seed: list[int]) -> str:
    """One call: what is wrong with the answer, or nothing."""
    rng = np.random.default_rng(seed)
    problem, budget = hostile(rng), BUDGETS[int(rng.integers(len(BUDGETS)))]
    mishap = MISHAPS[int(rng.integers(len(MISHAPS)))] if rng.random() < 0.5 else None
    after = int(rng.integers(0, 4))
    try:
        if mishap is None:
            return verdict(problem, recommend(problem, budget))
        with mishap(after):
            return verdict(problem, recommend(problem, budget))
    except Exception as failure:  # whatever escapes is a call without an answer
        return f"empty: {type(failure).__name__} {failure}"


def verdict(problem: Problem, answer: Recommendation) -> str:
    """Faults of an answer; `empty` where it has nobody although the greedy plan beside it has."""
    if len(answer.incidents) != len(problem.incidents) or (answer.greedy.roles and not answer.roles):
        return "empty: nobody is sent"
    return "; ".join(faults(problem, answer)[:2])


def hostile(rng: np.random.Generator) -> Problem:
    """A small problem with everything that may go wrong."""
    names = [f"I{number}" for number in range(int(rng.integers(0, 5)))]
    incidents = tuple(_incident(rng, name, number) for number, name in enumerate(names))
    units = tuple(_unit(rng, number, names) for number in range(int(rng.choice([0, 1, 4, 8, 14]))))
    piles = tuple(_pile(rng, number, names) for number in range(int(rng.integers(0, 4))))
    zones = tuple(Zone(f"Z{n}", int(rng.choice([0, 1, 10**6])), ("P0", f"P{n}")[: n + 1]) for n in range(3))
    weights = amounts({"X": int(rng.choice([0, 1, 10**9]))}) if rng.random() < 0.5 else ()
    reserve = Reserve(str(rng.choice(["", "S0", "none"])), "A", int(rng.choice([0, 1, 10**6])), 50_000)
    policy = Policy(reserves=(reserve,)) if _coin(rng) else Policy()
    return Problem(incidents, units, piles, weights, policy, zones)


def _incident(rng: np.random.Generator, name: str, number: int) -> Incident:
    counts = tuple(_count(rng, f"c{at}") for at in range(int(rng.integers(0, 5))))
    sums = tuple(
        SumLine(f"s{at}", str(rng.choice(["p", "A"])), int(rng.choice(TOTALS)), _coin(rng), _weight(rng))
        for at in range(int(rng.integers(0, 3)))
    )
    materials = tuple(
        MaterialLine(
            f"m{at}", str(rng.choice(["X", "Y"])), int(rng.choice([0, 1, 50, 10**9])), _coin(rng), _weight(rng)
        )
        for at in range(int(rng.integers(0, 2)))
    )
    area = ("S0",) if _coin(rng) else ()
    return Incident(name, int(rng.choice([1, 5, 9])), counts, sums, materials, area, number // 2)


def _count(rng: np.random.Generator, name: str) -> CountLine:
    codes = tuple(sorted({str(code) for code in rng.choice(CODES, 2)}))
    due = int(rng.choice([0, 60, 300])) if rng.random() < 0.3 else None
    quantity, least = int(rng.choice(QUANTITIES)), int(rng.choice([0, 1, 1, 2]))
    parameters = amounts({"p": 5}) if rng.random() < 0.3 else ()
    return CountLine(name, codes, quantity, least, parameters, due, _coin(rng), _weight(rng))


def _unit(rng: np.random.Generator, number: int, names: list[str]) -> Unit:
    able = CODES if rng.random() < 0.2 else {str(code) for code in rng.choice(CODES, 2)}
    reach = tuple(
        Reach(name, None if rng.random() < 0.15 else int(rng.choice(SECONDS)), exact=bool(rng.random() < 0.8))
        for name in names
        if rng.random() < 0.9
    )
    capabilities, parameters = amounts({code: int(rng.integers(1, 3)) for code in sorted(able)}), _parameters(rng)
    station, standing = f"S{number % 3}", _standing(rng, names)
    tier = "first_aid" if rng.random() < 0.1 else "main"
    return Unit(
        f"U{number}",
        station,
        capabilities,
        parameters,
        reach,
        0,
        standing,
        tier,
        _coin(rng, 0.1),
        place=f"P{number % 3}",
    )


def _parameters(rng: np.random.Generator) -> tuple[tuple[str, int], ...]:
    return amounts({"p": int(rng.choice([0, 1, 7, 10**6]))}) if _coin(rng) else ()


def _standing(rng: np.random.Generator, names: list[str]) -> Standing:
    if rng.random() < 0.7 or not names:
        return AVAILABLE
    where = str(rng.choice([*names, "elsewhere"]))
    bound_to = (Standing("enroute", where, 120), Standing("committed", where), Standing("out_of_service", reason="-"))
    return (*bound_to, Standing("outside", reason="-"))[int(rng.integers(4))]


def _pile(rng: np.random.Generator, number: int, names: list[str]) -> Stockpile:
    trucks = tuple(
        Truck(f"K{at}", int(rng.choice([0, 1, 10_000])), _coin(rng), "away") for at in range(int(rng.integers(0, 3)))
    )
    stock = amounts({"X": int(rng.choice([0, 3, 10**9])), "Y": int(rng.integers(0, 5))})
    reach = tuple(Reach(name, int(rng.choice(SECONDS)), exact=_coin(rng)) for name in names)
    return Stockpile(f"D{number}", stock, trucks, reach, 60)


def _coin(rng: np.random.Generator, share: float = 0.5) -> bool:
    return bool(rng.random() < share)


def _weight(rng: np.random.Generator) -> int:
    return int(rng.choice([1, 3, 100]))


@contextmanager
def _breaks(owner: Any, after: int, fault: Callable[[], Any]) -> Iterator[None]:
    """The solves of a kind work `after` times, then never again."""
    real, left = owner.solve, [after]

    def solve(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        return real(*given, **named) if left[0] >= 0 else fault()

    with patch.object(owner, "solve", solve):
        yield


def _dies() -> Any:
    raise RuntimeError("solver died")


MISHAPS = (
    lambda after: _breaks(Linear, after, _dies),
    lambda after: _breaks(Linear, after, lambda: None),
    lambda after: _breaks(cp_model.CpSolver, after, _dies),
    lambda after: _breaks(cp_model.CpSolver, after, lambda: cp_model.UNKNOWN),
    lambda after: _breaks(min_cost_flow.SimpleMinCostFlow, after, _dies),
    lambda after: _breaks(min_cost_flow.SimpleMinCostFlow, after, lambda: None),
)


def planted(options: Options, tries: int = 50) -> int:
    """A plan that also sends a unit which does not exist is faulted each time."""
    caught = 0
    for number in range(tries):
        problem = hostile(np.random.default_rng([TAG, options.seed, number]))
        answer = recommend(problem)
        fewer = Problem(problem.incidents, tuple(u for u in problem.units if u.id != _one_of(answer)))
        caught += bool(answer.roles) and bool(verdict(fewer, answer))
    return caught


def _one_of(answer: Recommendation) -> str:
    return answer.roles[0].unit_id if answer.roles else ""
