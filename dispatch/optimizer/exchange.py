"""Local search before any program: a unit of a line for another of the same line, while the last level falls.

The flow cannot see what stays behind; most of what coverage gains is a neighbour sent instead. Each exchange keeps
the levels above: no later than the caps (the columns given), no less exact, no later than a deadline, no smaller
contribution to a total, no area's or first unit given up. Sweeps until none helps.
"""

import numpy as np

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.groups import Model, held_by
from dispatch.optimizer.score import Scorer

SWEEPS = 4


def exchanged(model: Model, scorer: Scorer, used: Ints) -> Ints:
    """`used` after exchanges; never worse at the last level."""
    search = _Search(model, scorer, used.copy())
    for _ in range(SWEEPS):
        if not sum([search.improve(old) for old in np.flatnonzero(search.used).tolist()]):
            break
    return search.used


class _Search:
    def __init__(self, model: Model, scorer: Scorer, used: Ints) -> None:
        self.model, self.used, keep = model, used, scorer.keep
        priced = np.flatnonzero(scorer.guard_prices)
        self.held = held_by(model, keep)[:, priced]
        self.price, self.spare, self.step = scorer.guard_prices[priced], keep.spare[priced], keep.step[priced]
        self.sent = model.sent(used)
        adds = [row.amounts for row in model.sums]
        self.adds: Ints = np.array(adds, dtype=np.int64).reshape(len(adds), len(model.sizes))
        self.first = [first if first is not None else -1 for first in scorer.limits.first]

    def improve(self, old: int) -> bool:
        """Exchanges one unit of a column if that helps; whether it did."""
        columns, group = self.model.columns, int(self.model.columns.group[old])
        if not self.used[old] or not self.model.free[group]:
            return False
        rivals = np.flatnonzero(self._may_replace(old))
        taken = self.sent @ self.held - self.held[group]
        after = self._behind(taken + self.held[columns.group[rivals]]) + columns.cost[rivals]
        before = int(self._behind(taken + self.held[group])) + int(columns.cost[old])
        if not len(rivals) or after.min() >= before:
            return False
        new = int(rivals[after.argmin()])
        self.used[old] -= 1
        self.used[new] += 1
        self.sent[group] -= 1
        self.sent[columns.group[new]] += 1
        return True

    def _behind(self, taken: Ints) -> Ints:
        return np.asarray(-(-np.maximum(self.spare + taken, 0) // self.step) @ self.price)

    def _may_replace(self, old: int) -> Flags:
        columns = self.model.columns
        place = (columns.slot == columns.slot[old]) & (columns.incident == columns.incident[old])
        left = ((self.sent < self.model.sizes) & self.model.free)[columns.group]
        as_good = (columns.exact >= columns.exact[old]) & (columns.late <= columns.late[old])
        adds = (self.adds[:, columns.group] >= self.adds[:, [columns.group[old]]]).all(axis=0)
        first = self.first[columns.incident[old]]
        in_time = (columns.time <= first) | (columns.time[old] > first)
        return np.asarray(place & left & as_good & adds & in_time & (columns.area >= columns.area[old]))
