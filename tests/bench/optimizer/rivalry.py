"""O_rivals: the two nearest open rivals' rules on random draws of several incidents at once.

Time to full force is compared per incident where neither lacks anything; cover lost and unmet need on every draw.
"""

from typing import NamedTuple

import numpy as np

from dispatch.optimizer import recommend
from tests.bench.optimizer.city import Regime, draw
from tests.bench.optimizer.judging import Worth, worth
from tests.bench.optimizer.rivals import by_card_order, by_labels
from tests.rows import Options, Row

SEEDS = 500
REGIMES: tuple[tuple[Regime, int], ...] = (("mixed", 2), ("contended", 2), ("mixed", 4), ("contended", 3))


class Beside(NamedTuple):
    """One draw, three plans."""

    ours: Worth
    order: Worth
    labels: Worth


def measure(options: Options) -> list[Row]:
    """One row that must hold, and per rival what it loses."""
    draws = [beside(options.seed * 10_000 + number, number) for number in range(options.count(SEEDS))]
    worse = sum(each.ours.unmet > min(each.order.unmet, each.labels.unmet) for each in draws)
    what = f"of {len(draws)} draws of 2 to 4 incidents, those in which ours lacks more than either rival"
    own = f"ours: unmet need in {_unmet([each.ours for each in draws]):.1f} % of draws, cover lost "
    own += f"{100 * np.mean([each.ours.lost for each in draws]):.2f} %"
    rows = [Row("O_rivals", f"{what}; {own}", worse, "draws", must=0, seed=options.seed)]
    for side, title in (("order", "card order by straight line"), ("labels", "labels by priority")):
        rows += _rows(side, title, [(each.ours, getattr(each, side)) for each in draws], options)
    return rows


def _rows(side: str, title: str, pairs: list[tuple[Worth, Worth]], options: Options) -> list[Row]:
    peers, name, seed = [peer for _, peer in pairs], f"O_rivals_{side}", options.seed
    lacking = np.mean([sum(each.unmet_units for each in peer.figures) for peer in peers])
    what = (
        f"rule of {title}: draws in which something is unmet, {lacking:.1f} places on average; cover lost "
        f"{100 * np.mean([peer.lost for peer in peers]):.2f} %; "
        f"{np.mean([peer.units - ours.units for ours, peer in pairs]):+.1f} units"
    )
    rows = [Row(f"{name}_unmet", what, _unmet(peers), "%", seed=seed, peer=_unmet([ours for ours, _ in pairs]))]
    later = [seconds for ours, peer in pairs for seconds in _later(ours, peer)]
    if later:
        what = f"its full force later than ours, mean of {len(later)} incidents where neither lacks anything; "
        what = f"{what}worst {max(later)} s, best {min(later)} s"
        rows.append(Row(f"{name}_later", what, float(np.mean(later)), "s", seed=seed))
    return rows


def _later(ours: Worth, peer: Worth) -> list[int]:
    """Seconds per incident that both serve in full."""
    return [
        (b.completion_s or 0) - (a.completion_s or 0)
        for a, b in zip(ours.figures, peer.figures, strict=True)
        if not any((a.unmet_units, a.unmet_sums, b.unmet_units, b.unmet_sums))
    ]


def _unmet(plans: list[Worth]) -> float:
    return 100 * sum(any(plan.unmet) for plan in plans) / len(plans)


def beside(seed: int, number: int) -> Beside:
    """The three plans of one draw."""
    regime, incidents = REGIMES[number % len(REGIMES)]
    drawn = draw(seed, regime, incidents)
    order, labels = by_card_order(drawn.problem, drawn.straight_m), by_labels(drawn.problem)
    return Beside(
        worth(drawn.problem, recommend(drawn.problem).roles),
        worth(drawn.problem, order.roles, order.idle),
        worth(drawn.problem, labels.roles, labels.idle),
    )
