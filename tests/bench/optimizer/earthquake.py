"""O6 and O8: an earthquake over a country, from arrays in memory to the proof over all units; ours against greedy.

The peer is the better of nearest-qualified in order of report and in order of priority, with full lists. Every answer
passes the independent checkers before a figure counts.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.optimizer.national import NationalPlan, answers, faults, proof_faults
from tests.bench.optimizer.nation import Kind, nation
from tests.rows import Options, Row


@dataclass(frozen=True)
class Run:
    """The answers of one country with the CPU seconds at which each was there, and how many units there were."""

    plans: tuple[NationalPlan, ...]
    at_s: tuple[float, ...]
    units: int

    @property
    def ratio(self) -> float:
        """Weighted unmet need of greedy over ours; 1 where nothing is unmet."""
        greedy, ours = self.plans[0].weighted_unmet, self.plans[-1].weighted_unmet
        return greedy / ours if ours else 1.0 if not greedy else float("inf")

    @property
    def falls(self) -> bool:
        """Whether no answer is worse than the one before."""
        values = [plan.value for plan in self.plans]
        return values == sorted(values, reverse=True)


def measure(options: Options) -> Sequence[Row]:
    """O6 (proof), O6_first (first answer), O6_spread (no earthquake) and O8 (unmet need against greedy)."""
    count = options.count(10)
    run("spread", options.seed)
    quakes = [run("quake", seed) for seed in range(options.seed, options.seed + count)]
    spread = [run("spread", seed) for seed in range(options.seed, options.seed + options.count(3))]
    proof_s, first_ms = _times(quakes)
    ratios = sorted(each.ratio for each in quakes)
    scale = f"{min(each.units for each in quakes):,} units, 10,000 stations, 300 incidents, {count} earthquakes"
    return [
        Row(
            "O6",
            f"{scale}: median CPU from arrays to the proof over all units, sum lines included; "
            f"worst {max(each.at_s[-1] for each in quakes):.2f} s; {_rounds(quakes)}",
            proof_s,
            "s",
            must=1.8,
            aim=0.6,
            seed=options.seed,
        ),
        Row(
            "O6_first",
            f"{scale}: median CPU to the first answer, the better of two full-list greedy plans, topped up; "
            f"worst {1000 * max(each.at_s[0] for each in quakes):.0f} ms; no later answer worse on "
            f"{sum(each.falls for each in quakes)} of {count}",
            first_ms,
            "ms",
            must=200,
            aim=60,
            seed=options.seed,
        ),
        Row(
            "O6_spread",
            f"the same without an earthquake, median of {len(spread)}: proof; first answer {_times(spread)[1]:.0f} ms",
            _times(spread)[0],
            "s",
            seed=options.seed,
        ),
        Row(
            "O8",
            f"{scale}: weighted unmet of the better full-list greedy over ours (proved), least of all seeds; "
            f"median {statistics.median(ratios):.2f}x (aim 1.8x), most {ratios[-1]:.2f}x; {_sums(quakes)}",
            ratios[0],
            "x",
            must=1.1,
            sense=">=",
            seed=options.seed,
        ),
    ]


def run(kind: Kind, seed: int) -> Run:
    """All answers for one seed. Raises AssertionError where a checker finds a fault."""
    fleet, demand = nation(kind, seed)
    plans, at_s, spent_s = list[NationalPlan](), list[float](), 0.0
    began = time.process_time()
    for plan in answers(fleet, demand):
        spent_s += time.process_time() - began
        plans.append(plan)
        at_s.append(spent_s)
        began = time.process_time()
    for plan in plans:
        found = faults(fleet, demand, plan) + proof_faults(fleet, demand, plan)
        assert not found, f"{kind} {seed}: {found}"
    return Run(tuple(plans), tuple(at_s), int(fleet.available.sum()))


def _times(runs: Sequence[Run]) -> tuple[float, float]:
    """Median seconds to the proof, median milliseconds to the first answer."""
    proof_s = statistics.median(each.at_s[-1] for each in runs)
    return proof_s, 1000 * statistics.median(each.at_s[0] for each in runs)


def _rounds(runs: Sequence[Run]) -> str:
    rounds, columns = (statistics.median(getattr(each.plans[-1], name) for each in runs) for name in _COUNTED)
    return f"{rounds:.0f} rounds, {columns:,.0f} columns at the end (medians)"


_COUNTED = ("rounds", "columns")


def _sums(runs: Sequence[Run]) -> str:
    """How the sum lines stand, which the proof does not cover."""
    reports = [report for report in (each.plans[-1].sums for each in runs) if report]
    open_ = [report for report in reports if report.weighted_missing]
    bounds = ", ".join(
        f"{report.weighted_missing:,} (no less than {report.missing_at_least_here:,})" for report in open_
    )
    return f"sum lines wholly covered on {len(reports) - len(open_)}" + (f", else missing {bounds}" if open_ else "")
