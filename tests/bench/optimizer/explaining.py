"""O12: what the explanation of a plan of thirty units and more costs: reasons for and against, figures, the peer.

The plan is decided once; what is measured is everything after the decision, and what one more unit would buy.
"""

from importlib import import_module
from unittest.mock import patch

from dispatch.optimizer import one_more, recommend, why_not
from dispatch.optimizer.assemble import Parts, assemble
from dispatch.optimizer.problem import Problem
from tests.bench.optimizer.city import draw
from tests.bench.optimizer.timing import median, percentile, spent
from tests.rows import Options, Row

PLANS, UNITS, ASKED = 60, 30, 40
CALL = import_module("dispatch.optimizer.recommend")


def measure(options: Options) -> list[Row]:
    """O12: p99 over plans, median beside it."""
    times, units, asked, worth = [], [], [], []
    for number in range(options.count(PLANS)):
        problem = draw(options.seed * 10_000 + number, "contended", 3, full=True).problem
        parts = decided(problem)
        if len(parts.roles) >= UNITS:
            answer, ms = spent(assemble, parts)
            worth.append(max(spent(one_more, problem, answer, each.id)[1] for each in problem.incidents))
            times.append(ms + worth[-1])
            units.append(len(answer.roles))
            free = [unit.id for unit in problem.units if unit.tier == "main"][:: max(1, len(problem.units) // ASKED)]
            incident = problem.incidents[0].id
            asked += [spent(why_not, problem, answer, unit, incident)[1] for unit in free]
    what = (
        f"CPU of the whole explanation of {len(times)} plans of {min(units)} to {max(units)} units, p99; "
        f"p50 {median(times):.1f} ms, of which what one more unit would buy {median(worth):.1f} ms; "
        f"why one unit of the city is not sent: {median(asked):.1f} ms (median)"
    )
    return [Row("O12", what, percentile(times, 99), "ms", must=150, seed=options.seed)]


def decided(problem: Problem) -> Parts:
    """What the stages decided, before it is explained."""
    with patch.object(CALL, "assemble", wraps=assemble) as seen:
        recommend(problem)
    parts: Parts = seen.call_args.args[0]
    return parts
