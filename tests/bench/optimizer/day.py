"""Does keeping cover pay? Days of a city's calls, dispatched nearest-first and by the optimizer.

Each pair of days has its own city and its own calls; both dispatchers get the same (common random numbers), so that
only their choices differ. Calls come at random by the hour and by risk; a unit is busy until its work is done and it
is home again. A call is late if its first unit comes more than 300 s after the order, turnout included.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np

from dispatch.optimizer import warm_up
from dispatch.optimizer.problem import COVERED
from tests.bench.optimizer.choosers import nearest, recommended
from tests.bench.optimizer.town_day import LIMIT_S, Lived, calls_of, live, town
from tests.rows import Options, Row

DAYS, NORMAL_95 = 200, 1.96


def measure(options: Options) -> Sequence[Row]:
    """Upper end of the 95 % interval of the difference in late first arrivals a day, against nearest-first.

    `O14` = the plan that is recommended, `O14_covered` = its alternative that keeps the city covered.
    """
    warm_up()
    days = options.count(DAYS)
    lived = [_day(10_000 * options.seed + number) for number in range(days)]
    names = ("O14", "O14_covered")
    return [_row(name, [(day[0], day[at]) for day in lived], options.seed) for at, name in enumerate(names, 1)]


def _day(seed: int) -> tuple[Lived, Lived, Lived]:
    """A day dispatched nearest-first, as recommended, and by the alternative."""
    place = town(seed)
    calls = calls_of(place, seed)
    covered = partial(recommended, style=COVERED)
    return live(place, calls, nearest), live(place, calls, recommended), live(place, calls, covered)


def _row(name: str, pairs: list[tuple[Lived, Lived]], seed: int) -> Row:
    days = len(pairs)
    late = np.array([[ours.late, theirs.late] for theirs, ours in pairs], dtype=np.float64)
    theirs, ours = (partial(_pooled, [pair[side] for pair in pairs]) for side in (0, 1))
    difference = late[:, 0] - late[:, 1]
    half = NORMAL_95 * float(difference.std(ddof=1) / np.sqrt(days)) if days > 1 else float("inf")
    told = (
        f"late first arrivals a day (> {LIMIT_S} s), ours less nearest-first, {days} paired days "
        f"of {len(ours('first_s')) / days:.0f} calls: "
        f"{late[:, 0].mean():.2f} and {late[:, 1].mean():.2f}, difference {difference.mean():+.2f} +- {half:.2f}; "
        f"{1 - late[:, 0].sum() / late[:, 1].sum():.1%} fewer; "
        f"first arrival P90 {_ratio(ours, theirs, 'first_s', 90):.3f}x, mean {_ratio(ours, theirs, 'first_s'):.3f}x; "
        f"full force mean {_ratio(ours, theirs, 'full_s'):.3f}x; figure: upper end of the 95 % interval"
    )
    return Row(name, told, float(difference.mean()) + half, "late/day", must=0.0, seed=seed)


def _pooled(days: list[Lived], what: str) -> np.ndarray:
    return np.concatenate([getattr(day, what) for day in days])


def _ratio(ours: partial, theirs: partial, what: str, percentile: float | None = None) -> float:
    pair = [side(what) for side in (ours, theirs)]
    first, second = (side.mean() if percentile is None else np.percentile(side, percentile) for side in pair)
    return float(first / second)
