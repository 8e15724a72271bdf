"""Sum lines as if units could be divided: the least that they must miss, and which site would serve which line.

  minimise  F sum_r price_r missing_r  +  sum_rs travel_rs y_rs
  sum_r y_rs <= amount_s        sum_s y_rs + missing_r = lack_r

One min-cost flow per attribute (a transportation problem). What it misses bounds from below whatever whole units do,
since every sending of whole units is a y as well; its y tells the top-up whom to send where units are scarce.
"""

from dataclasses import dataclass

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.national.flow import run
from dispatch.optimizer.national.near import Near
from dispatch.optimizer.national.problem import Demand


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """`missing` weighted by price; so much of the attribute goes from each site to each sum line (nearest first)."""

    missing: int
    line: Ints
    site: Ints
    amount: Ints

    def parts(self) -> list[tuple[int, int, int]]:
        """Line, site, amount of each part."""
        return list(zip(self.line.tolist(), self.site.tolist(), self.amount.tolist(), strict=True))


def divide(demand: Demand, rows: Near, price: Ints, lack: Ints, amount: Ints) -> Division:
    """`lack` and `price` per sum line (lack 0 = not of this attribute, or covered); `amount` = what each site can give.

    Every class is let go as late as the quickest: at the rim that is more than can come, so the bound stays a bound.
    """
    lines, near = np.flatnonzero(lack), rows.in_time
    number = np.full(len(demand.priority), -1)
    number[demand.sums.incident[lines]] = np.arange(len(lines))
    arcs = np.flatnonzero((number[near.incident] >= 0) & (amount[near.site] > 0))
    line, site = number[near.incident[arcs]], near.site[arcs]
    sites, site_at = np.unique(site, return_inverse=True)
    wanted, given = lack[lines], amount[sites]
    line_node, site_node = 1 + np.arange(len(lines)), 1 + len(lines) + np.arange(len(sites))
    above = 1 + int(wanted.sum()) * demand.horizon_s
    flows = run(
        np.concatenate([line_node, site_node, line_node[line]]),
        np.concatenate([np.zeros(len(lines) + len(sites), dtype=np.int64), site_node[site_at]]),
        np.concatenate([wanted, given, np.minimum(wanted[line], given[site_at])]),
        np.concatenate([price[lines] * above, np.zeros_like(given), near.travel_s[arcs]]),
        np.concatenate([[-int(wanted.sum())], wanted, np.zeros_like(given)]),
    )
    served = flows[len(lines) + len(sites) :]
    used = np.flatnonzero(served)
    return Division(int(price[lines] @ flows[: len(lines)]), lines[line[used]], site[used], served[used])
