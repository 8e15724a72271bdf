"""O1: three incidents at once, ours against greedy with an eye on cover: risk uncovered, full force, unmet need."""

from dataclasses import dataclass

import numpy as np

from dispatch.optimizer import recommend
from tests.bench.optimizer.city import draw
from tests.bench.optimizer.judging import Worth, worth
from tests.bench.optimizer.thrifty import TIE_S, nearest_thrifty
from tests.bench.optimizer.timing import median, percentile
from tests.rows import Options, Row

SEEDS, INCIDENTS = 100, 3


@dataclass(frozen=True, slots=True)
class Pair:
    """One draw: both plans' worth, and the seconds by which the area rule may delay ours."""

    ours: Worth
    peer: Worth
    tolerance_s: int

    @property
    def earlier_s(self) -> float:
        """Full force of ours before the peer's, weighted by priority; compared where both lack the same."""
        return self.peer.full_s - self.ours.full_s


def measure(options: Options) -> list[Row]:
    """O1 and its three further figures."""
    pairs = [pair(options.seed * 10_000 + number) for number in range(options.count(SEEDS))]
    ours, peer = ([100 * getattr(each, side).lost for each in pairs] for side in ("ours", "peer"))
    alike = [each for each in pairs if each.ours.unmet == each.peer.unmet]
    worse = sum(each.ours.unmet > each.peer.unmet for each in pairs)
    late = sum(each.earlier_s < -each.tolerance_s for each in alike)
    gained = [each.earlier_s for each in alike]
    units = median([each.peer.units - each.ours.units for each in pairs])
    seeds = (
        f"{len(pairs)} draws of {INCIDENTS} heavy calls near one another, peer: nearest, least cover within {TIE_S} s"
    )
    lost = f"covered risk lost by ours, median; {seeds}; mean {np.mean(ours):.2f} against {np.mean(peer):.2f}"
    seed = options.seed
    return [
        Row("O1", lost, median(ours), "%", must=1.0, aim=0.5, seed=seed, peer=median(peer)),
        Row("O1_p95", "the same, p95", percentile(ours, 95), "%", must=3.0, seed=seed, peer=percentile(peer, 95)),
        Row(
            "O1_difference",
            "points of covered risk that ours keeps and the peer loses, mean",
            float(np.mean(np.subtract(peer, ours))),
            "points",
            must=5,
            aim=10,
            sense=">=",
            seed=seed,
        ),
        Row(
            "O1_earlier",
            f"full force earlier, mean of {len(alike)} draws with equal unmet; worst {min(gained, default=0):.0f} s, "
            f"best {max(gained, default=0):.0f} s; the peer sends {units:g} more units (median)",
            float(np.mean(gained)) if gained else 0.0,
            "s",
            must=40,
            aim=60,
            sense=">=",
            seed=seed,
        ),
        Row(
            "O1_never_worse",
            f"draws in which ours lacks more ({worse}) or is full later than the area rule may cost ({late})",
            worse + late,
            "draws",
            must=0,
            seed=seed,
        ),
    ]


def pair(seed: int) -> Pair:
    """Both plans of one draw."""
    problem = draw(seed, "contended", INCIDENTS).problem
    ours, peer = recommend(problem).roles, nearest_thrifty(problem)
    return Pair(worth(problem, ours), worth(problem, peer), problem.policy.area_price_s)
