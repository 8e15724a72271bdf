"""Local search on the full force: whoever comes last to an incident is spared, relieved, or changes places.

Where totals are short no flow proves a floor, and a plan that is only known to lack the least may send a unit from the
far end of the city where a neighbour would do. While it lowers some T_i and raises none, at no level above:
  spare     a unit sent for totals alone that are reached without it
  relieve   a free unit that comes earlier takes its place
  change    a unit of another incident takes its place and it takes the other's, where it is in time
"""

import numpy as np

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.groups import Model
from dispatch.optimizer.score import per_missing


def hastened(model: Model, used: Ints) -> Ints:
    """`used` with earlier last arrivals; never worse on a level above, no area's unit given up."""
    if not used.any():
        return used
    search = _Search(model, used.copy())
    while any(search.improve(incident) for incident in range(len(model.priority))):
        pass
    return search.used


class _Search:
    def __init__(self, model: Model, used: Ints) -> None:
        columns, places = model.columns, len(model.slots)
        self.model, self.used, self.columns = model, used, columns
        self.left = model.sizes - model.sent(used)
        self.place = np.where(columns.slot >= 0, columns.slot, places + columns.incident)
        self.column = np.full((len(model.sizes), places + len(model.priority)), -1, dtype=np.int64)
        self.column[columns.group, self.place] = np.arange(len(used))
        rows = model.sums
        self.row_incident: Ints = np.array([row.incident for row in rows], dtype=np.int64)
        self.adds: Ints = np.array([row.amounts for row in rows], dtype=np.int64).reshape(len(rows), len(model.sizes))
        price = [per_missing(row.line) * model.priority[row.incident] * row.line.weight for row in rows]
        hard = np.array([row.line.hard for row in rows], dtype=bool)
        self.price = np.array(price, dtype=np.int64) * np.array([hard, ~hard])
        on_row = self.adds[:, columns.group] * (self.row_incident[:, None] == columns.incident)
        self.lack: Ints = np.array([row.needed for row in rows], dtype=np.int64) - on_row @ used

    def improve(self, incident: int) -> bool:
        """Gives up one of the last arrivals of an incident if that is possible; whether it was."""
        mine = np.flatnonzero((self.used > 0) & (self.columns.incident == incident))
        if not len(mine):
            return False
        times = self.columns.time[mine]
        last = mine[times == times.max()].tolist()
        return any(self._spare(old) or self._relieve(old) or self._change(old) for old in last if self._is_free(old))

    def _is_free(self, column: int) -> bool:
        return bool(self.model.free[self.columns.group[column]])

    def _spare(self, old: int) -> bool:
        none = np.zeros((len(self.lack), 1), dtype=np.int64)
        if self.columns.slot[old] >= 0 or self.columns.area[old] or not self._as_whole(none - self._brought(old))[0]:
            return False
        self._move(old, -1)
        return True

    def _relieve(self, old: int) -> bool:
        rivals = np.flatnonzero((self.place == self.place[old]) & (self.columns.time < self.columns.time[old]))
        rivals = rivals[(self.left[self.columns.group[rivals]] > 0) & self._as_good(rivals, old)]
        rivals = rivals[self._as_whole(self._brought(rivals) - self._brought(old))]
        if not len(rivals):
            return False
        self._move(old, int(rivals[self.columns.time[rivals].argmin()]))
        return True

    def _change(self, old: int) -> bool:
        columns, group = self.columns, self.columns.group[old]
        others = np.flatnonzero((self.used > 0) & (columns.incident != columns.incident[old]))
        mine, theirs = self.column[columns.group[others], self.place[old]], self.column[group, self.place[others]]
        known = (mine >= 0) & (theirs >= 0) & self.model.free[columns.group[others]]
        others, mine, theirs = others[known], mine[known], theirs[known]
        last = self.model.last_arrivals(self.used)
        well = columns.time[theirs] < np.maximum(last[columns.incident[others]], columns.time[others] + 1)
        well &= columns.time[mine] < columns.time[old]
        well &= self._as_good(mine, old) & self._as_good(theirs, others)
        others, mine, theirs = others[well], mine[well], theirs[well]
        brought = self._brought(mine) - self._brought(old) + self._brought(theirs) - self._brought(others)
        whole = np.flatnonzero(self._as_whole(brought))
        if not len(whole):
            return False
        best = whole[columns.time[mine[whole]].argmin()]
        self._move(old, int(mine[best]))
        self._move(int(others[best]), int(theirs[best]))
        return True

    def _as_good(self, new: Ints, old: Ints | int) -> Flags:
        columns = self.columns
        as_good = (columns.exact[new] >= columns.exact[old]) & (columns.late[new] <= columns.late[old])
        return np.asarray(as_good & (columns.area[new] >= columns.area[old]))

    def _brought(self, at: Ints | int) -> Ints:
        """What a unit in each of these columns adds to every total (rows x columns)."""
        at = np.atleast_1d(at)
        return np.asarray(
            self.adds[:, self.columns.group[at]] * (self.row_incident[:, None] == self.columns.incident[at])
        )

    def _as_whole(self, brought: Ints) -> Flags:
        """Whether the totals lack no more when so much more is brought (rows x cases)."""
        after = self.price @ np.maximum(self.lack[:, None] - brought, 0)
        return np.asarray((after <= (self.price @ np.maximum(self.lack, 0))[:, None]).all(axis=0))

    def _move(self, old: int, new: int) -> None:
        self.used[old] -= 1
        self.left[self.columns.group[old]] += 1
        self.lack += self._brought(old)[:, 0]
        if new >= 0:
            self.used[new] += 1
            self.left[self.columns.group[new]] -= 1
            self.lack -= self._brought(new)[:, 0]
