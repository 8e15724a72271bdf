"""Caps are judged by a max flow as by the whole flow of least price, and what would have to open is named truly."""

from collections.abc import Callable

import numpy as np
import pytest

from dispatch.optimizer import Problem
from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.completion import within
from dispatch.optimizer.flow import Network
from dispatch.optimizer.groups import build
from dispatch.optimizer.problem import canonical
from dispatch.optimizer.reaching import Reaching
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.tables import Tables
from tests.unit.optimizer.town import city, count, needs, unit

Barrier = Callable[[Reaching, Flags], Ints | None]
DRAWS = 40


def network_of(problem: Problem) -> Network:
    tables = Tables(canonical(problem))
    return Network(build(tables, Scorer(tables)))


def scarce() -> Problem:
    """Nobody can do B at I1, so every optimum fills what three equal units alone can do."""
    lines = (needs("I0", count("A")), needs("I1", count("C"), count("B"), priority=3))
    return Problem(lines, tuple(unit(f"U{number}", "A C", {"I0": 300, "I1": 200}) for number in range(3)))


def wrongs(network: Network, seed: int, barrier: Barrier = Reaching.barrier) -> tuple[int, int]:
    """Of random caps: how many are judged wrongly, how many named columns could stay shut without loss."""
    least, rng = network.solve(), np.random.default_rng(seed)
    reaching, columns = Reaching(network, network.face(least)), network.model.columns
    misjudged = untrue = 0
    incidents = len(network.model.priority)
    for _ in range(DRAWS):
        caps = tuple(int(rng.choice([0, *columns.time[columns.incident == at]])) for at in range(incidents))
        allowed = within(network, caps)
        shut = barrier(reaching, allowed)
        misjudged += (shut is None) != (network.solve(allowed).value == least.value)
        if shut is not None:
            others = np.ones(len(columns.time), dtype=bool)
            others[shut] = False
            untrue += network.solve(others).value == least.value
    return misjudged, untrue


@pytest.mark.parametrize(
    "problem",
    [scarce(), city(0, 1), city(3, 2), city(4, 3), city(5, 3), city(6, 5)],
    ids=lambda each: len(each.incidents),
)
def test_caps_are_judged_as_by_the_whole_flow(problem: Problem) -> None:
    assert wrongs(network_of(problem), 1) == (0, 0)


def careless(reaching: Reaching, allowed: Flags) -> Ints | None:
    """The planted twin: what every optimum uses is taken for open."""
    reaching.forced = reaching.forced[:0]
    return Reaching.barrier(reaching, allowed)


def forgetful(reaching: Reaching, allowed: Flags) -> Ints | None:
    """The planted twin: one column that could help is left out of what is named."""
    shut = Reaching.barrier(reaching, allowed)
    return None if shut is None else shut[1:]


def test_planted_bugs_are_caught() -> None:
    assert wrongs(network_of(scarce()), 1, careless)[0] > 0
    assert wrongs(network_of(city(0, 3)), 1, forgetful)[1] > 0
