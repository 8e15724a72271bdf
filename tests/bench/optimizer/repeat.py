"""O11: the same call a thousand times, on an idle machine and on a loaded one, gives the same bytes.

A plan in which the wall clock ended a stage says so (`guard_fired`) and need not repeat.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from dispatch.optimizer import Problem, recommend
from tests.bench.optimizer.city import draw
from tests.bench.optimizer.exactness import REGIMES
from tests.rows import Options, Row, twin

REPEATS, CALLS = 1000, 20


def measure(options: Options) -> list[Row]:
    """O11, the share of calls in which the guard fired, and the twin."""
    problems = [_problem(options, number) for number in range(min(CALLS, options.count(REPEATS)))]
    first = [_bytes(problem) for problem in problems]
    half = max(len(problems), options.count(REPEATS) // 2)
    seen = _repeat(problems, half)
    with load():
        seen += _repeat(problems, half)
    fired = sum(guard for _, _, guard in seen)
    kept = [(number, text) for number, text, guard in seen if not guard and not first[number][1]]
    differ = sum(text != first[number][0] for number, text in kept)
    what = f"repeats that differ, of {len(kept)} without the wall guard, {len(problems)} calls of 1 to 3 incidents"
    what = f"{what}; half of them beside {os.cpu_count()} busy processes"
    return [
        Row(
            "O11",
            what,
            differ,
            "repeats",
            must=0,
            seed=options.seed,
        ),
        Row("O11_guard", "repeats ended by the wall guard", 100 * fired / len(seen), "%", must=0.1, seed=options.seed),
        twin("O11", "one unit turns out a second later in each repeat", _planted(problems, first), options.seed),
    ]


def _problem(options: Options, number: int) -> Problem:
    regime, incidents = REGIMES[number % len(REGIMES)]
    return draw(options.seed * 10_000 + number, regime, incidents, full=True).problem


def _bytes(problem: Problem) -> tuple[str, bool]:
    answer = recommend(problem)
    return answer.to_json(), answer.provenance.guard_fired


def _repeat(problems: list[Problem], count: int) -> list[tuple[int, str, bool]]:
    return [(number % len(problems), *_bytes(problems[number % len(problems)])) for number in range(count)]


def _planted(problems: list[Problem], first: list[tuple[str, bool]]) -> int:
    caught = 0
    for problem, (text, _) in zip(problems, first, strict=True):
        slower = replace(problem.units[0], turnout_s=problem.units[0].turnout_s + 1)
        caught += _bytes(replace(problem, units=(slower, *problem.units[1:])))[0] != text
    return caught


@contextmanager
def load() -> Iterator[None]:
    """As many processes that compute without end as there are cores."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()
