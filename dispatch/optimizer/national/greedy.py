"""The peer and the floor: line after line takes the nearest qualified free units in time, never revised.

Nothing is cut short: every line sees all rows. Two orders are tried, the order of report and the order of priority.
"""

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.national.near import Near
from dispatch.optimizer.national.problem import Demand

FIRST_LOOK = 24


def greedy(demand: Demand, rows: Near, order: Ints) -> tuple[Ints, Ints, Ints]:
    """Lines served in `order`: parallel arrays line, row of `rows`, units taken."""
    left, start = rows.free.copy(), rows.start.tolist()
    first, links = [*rows.link_first.tolist(), len(rows.link_pair)], rows.link_pair.tolist()
    quantity, taken = demand.quantity.tolist(), list[tuple[int, int, int]]()
    open_from = start[:-1]
    for line in order.tolist():
        found: list[tuple[int, int]] = []
        for pair in links[first[line] : first[line + 1]]:
            found += _free(rows, left, open_from, pair, start[pair + 1], quantity[line])
        found.sort()
        need = quantity[line]
        for _, row in found:
            group = rows.group[row]
            count = min(need, int(left[group]))
            left[group] -= count
            taken.append((line, row, count))
            need -= count
            if not need:
                break
    table = np.array(taken, dtype=np.int64).reshape(-1, 3).T
    return table[0], table[1], table[2]


def _free(rows: Near, left: Ints, open_from: list[int], pair: int, end: int, most: int) -> list[tuple[int, int]]:
    """The nearest rows of a pair with free units, at most `most`, as (price, row); a short look first, then all."""
    begin = open_from[pair]
    if begin >= end:
        return []
    short = min(end, begin + FIRST_LOOK)
    at = left[rows.group[begin:short]].nonzero()[0][:most]
    if len(at) < most and short < end:
        at = left[rows.group[begin:end]].nonzero()[0][:most]
    open_from[pair] = begin + int(at[0]) if len(at) else end
    at += begin
    return list(zip(rows.price[at].tolist(), at.tolist(), strict=True))
