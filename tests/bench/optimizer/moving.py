"""Move-ups against the common rule: after four contended dispatches the emptied stations are covered again."""

import time
from collections.abc import Sequence

import numpy as np

from dispatch.optimizer import warm_up
from dispatch.optimizer.ground import Ground, MoveRules
from dispatch.optimizer.movecheck import faults_of_moves
from dispatch.optimizer.moveup import MoveUp, best_moves
from tests.bench.optimizer.valley import after_dispatches, valley
from tests.forces import Floats
from tests.rows import Options, Row

INSTANCES = 60
TIMED = 3


def measure(options: Options) -> Sequence[Row]:
    """`O10` = value of our moves / value of the nearest-backfill rule's; `O10_ms` = CPU of one whole answer."""
    warm_up()
    answers, spent_ms, faults = [], [], 0
    for number in range(options.count(INSTANCES)):
        seed = 1000 * options.seed + number
        ground = after_dispatches(valley(seed), seed)
        answer, ms = _timed(ground)
        faults += len(faults_of_moves(ground, MoveRules(), answer))
        answers.append(answer)
        spent_ms.append(ms)
    ours, rules = (np.array(values, dtype=np.float64) for values in zip(*map(_values, answers), strict=True))
    ratios = ours / np.maximum(rules, 1.0)
    worse = int((ours < rules).sum()) + faults
    figure = 0.0 if worse else float(ratios.mean())
    told = f"CPU of one move-up answer, 25 stations, 900 zones; p99 {np.quantile(spent_ms, 0.99):.0f} ms"
    return [
        Row("O10", _told(answers, ratios, worse), figure, "x", must=1.2, sense=">=", seed=options.seed),
        Row("O10_ms", told, float(np.median(spent_ms)), "ms", must=60, aim=15, seed=options.seed),
    ]


def _timed(ground: Ground) -> tuple[MoveUp, float]:
    """The answer and the least CPU milliseconds of a few runs."""
    spent = []
    for _ in range(TIMED):
        begun = time.process_time()
        answer = best_moves(ground)
        spent.append((time.process_time() - begun) * 1000)
    return answer, min(spent)


def _values(answer: MoveUp) -> tuple[int, int]:
    return answer.proposal.value_ppm, answer.rule.value_ppm


def _told(answers: list[MoveUp], ratios: Floats, worse: int) -> str:
    ours, rules = (sum(values) for values in zip(*map(_values, answers), strict=True))
    within = np.array(
        [[state.within_ppm[0] for state in (a.before, a.proposal.after, a.rule.after)] for a in answers], dtype=np.int64
    )
    before, after, by_rule = (within.mean(axis=0) / 10_000).tolist()
    return (
        f"net worth gained by at most {MoveRules().most_moves} moves, ours / nearest backfill, mean of {len(answers)}; "
        f"sum / sum {ours / rules:.3f}, least {ratios.min():.3f}, most {ratios.max():.2f}, worse on {worse}; "
        f"risk within 5 min {before:.1f} -> {after:.1f} %, rule {by_rule:.1f} % "
        f"(less than the rule's on {int((within[:, 1] < within[:, 2]).sum())}); "
        f"{sum(a.proved for a in answers)} proved"
    )
