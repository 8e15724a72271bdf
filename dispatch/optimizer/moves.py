"""The arithmetic of moves: which are allowed, what a set of them is worth, the greedy set, the common rule.

A set of moves is a matrix `flow`, flow[a, b] = units that go from place a to place b. Its value, in risk-millionths:

  value = worth(free - out + in) - worth(free) - sum price[a, b] flow[a, b]

Allowed: at most `most_moves`, none longer than `longest_s`, out[a] <= free[a] - floor[a], nobody who is bound for a
place already, and no place both gives and receives (a crew that leaves while another comes is two moves for nothing).
Zones with the same covering places are one.

The exact effect of one more move from a to b, for all pairs at once: zones covered only by b gain a cover, zones
covered only by a lose one, zones covered by both see no change.
"""

from dataclasses import dataclass

import numpy as np

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.coverage import COVERS, steps, worth
from dispatch.optimizer.ground import Ground, MoveRules, free_units


@dataclass(frozen=True, eq=False)
class Chart:
    """A ground under rules as arrays: places x places `may` and `price`, places x merged zones `covers` (0 or 1)."""

    rules: MoveRules
    free: Ints
    spare: Ints
    may: Flags
    price: Ints
    covers: Ints
    risk: Ints

    def value(self, flow: Ints) -> int:
        """The net value of a set of moves."""
        return self.worth(self.after(flow)) - self.worth(self.free) - int((self.price * flow).sum())

    def worth(self, free: Ints) -> int:
        """The worth of so many free units per place."""
        return worth(free @ self.covers, self.risk, self.rules.busy_pct)

    def after(self, flow: Ints) -> Ints:
        """Free units per place once the moves are done."""
        return np.asarray(self.free - flow.sum(axis=1) + flow.sum(axis=0), dtype=np.int64)


def chart(ground: Ground, rules: MoveRules) -> Chart:
    """The arrays of a ground that is in order."""
    free, total = free_units(ground), int(ground.risk.sum())
    own = np.array([len(place.unit_ids) for place in ground.places], dtype=np.int64)
    floor = np.array([place.floor for place in ground.places], dtype=np.int64)
    spare = np.clip(free - floor, 0, own)
    reached = ground.drive_s + ground.turnout_s <= rules.limit_s
    covers, risk = merge(reached, ground.risk)
    may = (ground.move_s <= rules.longest_s) & ~np.eye(len(free), dtype=np.bool_)
    price = total * (rules.move_price_ppm + rules.second_price_ppm * np.where(may, ground.move_s, 0))
    return Chart(rules, free, spare, may, price, covers, risk)


def merge(rows: Flags | Ints, risk: Ints) -> tuple[Ints, Ints]:
    """Columns that are equal become one with the sum of their risk; columns of nothing are left out."""
    useful = rows.any(axis=0) & (risk > 0)
    columns = np.ascontiguousarray(rows[:, useful].T)
    if not columns.size:
        return np.zeros((len(rows), 0), dtype=np.int64), np.zeros(0, dtype=np.int64)
    whole = columns.view(np.dtype((np.void, columns.itemsize * len(rows)))).reshape(-1)
    _, first, which = np.unique(whole, return_index=True, return_inverse=True)
    sums = np.zeros(len(first), dtype=np.int64)
    np.add.at(sums, which, risk[useful])
    return columns[first].T.astype(np.int64), sums


def none_of(chart: Chart) -> Ints:
    """The empty set of moves."""
    return np.zeros_like(chart.price)


def greedy(chart: Chart) -> Ints:
    """The best single move, again and again, until none is worth its price."""
    flow = none_of(chart)
    for _ in range(chart.rules.most_moves):
        gains = np.where(allowed(chart, flow), effects(chart, chart.after(flow)) - chart.price, 0)
        best = int(gains.argmax()) if gains.size else 0
        if gains.size == 0 or gains.flat[best] <= 0:
            break
        flow.flat[best] += 1
    return flow


def allowed(chart: Chart, flow: Ints) -> Flags:
    """Which single moves may be added to a set."""
    out, come = flow.sum(axis=1), flow.sum(axis=0)
    gives = (out < chart.spare) & (come == 0)
    return np.asarray(chart.may & gives[:, None] & (out == 0)[None, :], dtype=np.bool_)


def effects(chart: Chart, free: Ints) -> Ints:
    """The change of worth by one more move from each place to each, its price not counted."""
    first, second = steps(chart.rules.busy_pct)
    counts = free @ chart.covers
    more = chart.risk * np.select([counts == 0, counts == 1], [first, second], 0)
    less = chart.risk * np.select([counts == 1, counts == COVERS], [first, second], 0)
    both = (chart.covers * (less - more)) @ chart.covers.T
    return np.asarray(both + (chart.covers @ more)[None, :] - (chart.covers @ less)[:, None], dtype=np.int64)


def backfill(chart: Chart, ground: Ground) -> Ints:
    """The common rule: an emptied station is filled from the nearest that keeps one (and its floor).

    Stations in the order in which they were emptied, then by id; the same limits as for any move.
    """
    flow = none_of(chart)
    emptied = [at for at, place in enumerate(ground.places) if place.strength > 0 and chart.free[at] == 0]
    for to in sorted(emptied, key=lambda at: (ground.places[at].emptied, at)):
        left = chart.free - flow.sum(axis=1)
        gives = allowed(chart, flow)[:, to] & (left > 1)
        if gives.any() and flow.sum() < chart.rules.most_moves:
            flow[int(np.where(gives, ground.move_s[:, to], np.iinfo(np.int64).max).argmin()), to] += 1
    return flow
