"""Sum lines after the count lines: topped up from units still free, with a bound on what no plan can avoid missing.

Top-up, most urgent line first: free units of the nearest sites, within a site the strongest first, until the total is
reached; whoever comes adds to all sum lines of its incident. It is a heuristic; how far it can be from the best is
shown, apart from the count proof, by a relaxation:
  covered_r <= min(wanted_r, all that could reach r in time),  sum of covered of an attribute <= all that reach any
a fractional knapsack per attribute, filled by weight (Dantzig 1957). With all units and totals it bounds every plan;
with the units still free and what the count lines leave open, every top-up of this plan.
"""

import numpy as np

from dispatch.optimizer.national.near import Near
from dispatch.optimizer.national.problem import Demand, Fleet, Ints, SumReport, Taken

FIRST_SITES = 24


def top_up(fleet: Fleet, demand: Demand, rows: Near, taken: Taken, at_least: int) -> SumReport:
    """What the units of `taken` reach on the sum lines, topped up by free ones; `at_least` bounds all plans."""
    sums = demand.sums
    there = np.zeros((len(demand.priority), fleet.adds.shape[1]), dtype=np.int64)
    np.add.at(there, demand.incident[taken.line], taken.count[:, None] * fleet.adds[taken.klass])
    left = fleet.available.copy()
    np.subtract.at(left, (taken.site, taken.klass), taken.count)
    open_ = np.maximum(0, sums.total - there[sums.incident, sums.attribute])
    here = missing_at_least(fleet, demand, rows, left, open_)
    extras = _send(fleet, demand, rows, left, there)
    reached = there[sums.incident, sums.attribute]
    missing = int(_price(demand) @ np.maximum(0, sums.total - reached))
    return SumReport(extras, reached, missing, at_least, here)


def _send(fleet: Fleet, demand: Demand, rows: Near, left: Ints, there: Ints) -> Taken:
    """Sends free units line by line; `left` and `there` change with them."""
    sums, extras = demand.sums, list[Ints]()
    for line in np.argsort(-_price(demand), kind="stable").tolist():
        incident, attribute = int(sums.incident[line]), int(sums.attribute[line])
        lack = int(sums.total[line] - there[incident, attribute])
        if lack <= 0:
            continue
        site, units = _nearest(fleet, demand, rows, left, incident, attribute, lack)
        left[site] -= units
        there[incident] += units.sum(axis=0) @ fleet.adds
        at, klass = np.nonzero(units)
        extras.append(np.stack([np.full(len(at), line), site[at], klass, units[at, klass]]))
    return Taken(*np.concatenate([np.zeros((4, 0), dtype=np.int64), *extras], axis=1))


def _price(demand: Demand) -> Ints:
    return np.asarray(demand.sums.weight * demand.priority[demand.sums.incident], dtype=np.int64)


def _nearest(
    fleet: Fleet, demand: Demand, rows: Near, left: Ints, incident: int, attribute: int, lack: int
) -> tuple[Ints, Ints]:
    """Sites, and units of each class from them, that cover `lack`, or all that can come. A short look, then all."""
    near, adds = rows.in_time, fleet.adds[:, attribute]
    begin, end = int(near.start[incident]), int(near.start[incident + 1])
    for until in (min(end, begin + FIRST_SITES), end):
        site, travel = near.site[begin:until], near.travel_s[begin:until]
        units = left[site] * (adds > 0)
        if until > begin and int(travel[-1] + fleet.turnout_s.max()) > demand.horizon_s:
            units *= travel[:, None] + fleet.turnout_s <= demand.horizon_s
        total = np.cumsum(units @ adds)
        last = int(total.searchsorted(lack))
        if last < len(total):
            units[last] = _strongest(units[last], adds, lack - int(total[last - 1] if last else 0))
            break
    return site[: last + 1], units[: last + 1]


def _strongest(units: Ints, adds: Ints, lack: int) -> Ints:
    """Of one site the fewest units that cover `lack`: the strongest classes first."""
    chosen = np.zeros_like(units)
    for klass in np.argsort(-adds, kind="stable").tolist():
        if lack <= 0:
            break
        if units[klass]:
            chosen[klass] = min(int(units[klass]), -(-lack // int(adds[klass])))
            lack -= int(chosen[klass] * adds[klass])
    return chosen


def missing_at_least(fleet: Fleet, demand: Demand, rows: Near, free: Ints, wanted: Ints) -> int:
    """A lower bound on sum weight x priority x missing, whichever of the `free` units cover what is `wanted`."""
    sums, price = demand.sums, _price(demand)
    per_incident, overall = _reach(fleet, demand, rows, free)
    most = np.minimum(wanted, per_incident[sums.incident, sums.attribute])
    bound = int(price @ (wanted - most))
    for attribute in range(fleet.adds.shape[1]):
        mine = np.flatnonzero(sums.attribute == attribute)
        order = mine[np.argsort(-price[mine], kind="stable")]
        covered = np.diff(np.minimum(np.cumsum(most[order]), overall[attribute]), prepend=0)
        bound += int(price[order] @ (most[order] - covered))
    return bound


def _reach(fleet: Fleet, demand: Demand, rows: Near, free: Ints) -> tuple[Ints, Ints]:
    """Per incident and attribute all that could come in time; per attribute all that could reach any of its lines.

    Every class is let go as late as the quickest: at the rim that is more than can come, so the bound stays a bound.
    """
    near, (incidents, sites) = rows.in_time, fleet.travel_s.shape
    amount = free @ fleet.adds
    per_incident, overall = np.zeros((incidents, amount.shape[1]), dtype=np.int64), []
    for attribute in range(amount.shape[1]):
        per_incident[:, attribute] = np.bincount(near.incident, amount[near.site, attribute], incidents)
        asks = np.zeros(incidents, dtype=bool)
        asks[demand.sums.incident[demand.sums.attribute == attribute]] = True
        reached = np.zeros(sites, dtype=bool)
        reached[near.site[asks[near.incident]]] = True
        overall.append(int(amount[reached, attribute].sum()))
    return per_incident, np.array(overall, dtype=np.int64)
