"""Sum lines after the count lines: topped up from units still free, with bounds on what cannot be avoided.

Top-up, most urgent line first: free units of the nearest sites, within a site the strongest first, until the total is
reached; whoever comes adds to all sum lines of its incident. Where a final plan misses something it is tried again,
led by the flow of divisible.py, which also bounds what any top-up of that plan must miss. Over all plans holds:
  covered_r <= min(total_r, all that could reach r in time),  sum of covered of an attribute <= all that reach any
a fractional knapsack per attribute, filled by weight (Dantzig 1957). Both stand apart from the count lines' proof.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.national.divisible import Division, divide
from dispatch.optimizer.national.near import Near
from dispatch.optimizer.national.problem import Demand, Fleet, SumReport, Taken

FIRST_SITES = 24


def top_up(fleet: Fleet, demand: Demand, rows: Near, taken: Taken, final: bool) -> SumReport:
    """What the units of `taken` reach on the sum lines, topped up by free ones; second try and its bound if `final`."""
    there = np.zeros((len(demand.priority), fleet.adds.shape[1]), dtype=np.int64)
    np.add.at(there, demand.incident[taken.line], taken.count[:, None] * fleet.adds[taken.klass])
    left = fleet.available.copy()
    np.subtract.at(left, (taken.site, taken.klass), taken.count)
    nearest = _send(fleet, demand, rows, left, there, [])
    if not nearest.weighted_missing:
        return nearest
    at_least = missing_at_least(fleet, demand, rows)
    if not final:
        return replace(nearest, missing_at_least=at_least)
    divisions = [_divide(fleet, demand, rows, left, there, attribute) for attribute in range(fleet.adds.shape[1])]
    led = _send(fleet, demand, rows, left, there, divisions)
    best = min(nearest, led, key=lambda report: report.weighted_missing)
    here = sum(division.missing for division in divisions)
    return replace(best, missing_at_least=at_least, missing_at_least_here=here)


def _divide(fleet: Fleet, demand: Demand, rows: Near, left: Ints, there: Ints, attribute: int) -> Division:
    lack = np.maximum(0, demand.sums.total - there[demand.sums.incident, attribute])
    mine = np.where(demand.sums.attribute == attribute, lack, 0)
    return divide(demand, rows, _price(demand), mine, left @ fleet.adds[:, attribute])


def _send(
    fleet: Fleet, demand: Demand, rows: Near, left: Ints, there: Ints, divisions: Sequence[Division]
) -> SumReport:
    """Free units, first as the divisions say, then line by line the nearest. Bounds are left at zero."""
    sums, left, there, sent = demand.sums, left.copy(), there.copy(), list[tuple[int, Ints, Ints]]()
    urgent = np.argsort(-_price(demand), kind="stable")

    def send(line: int, site: Ints, units: Ints) -> None:
        left[site] -= units
        there[sums.incident[line]] += units.sum(axis=0) @ fleet.adds
        sent.append((line, site, units))

    def lack(line: int) -> int:
        return int(sums.total[line] - there[sums.incident[line], sums.attribute[line]])

    for division in divisions:
        for line, site, amount in division.parts():
            in_time = fleet.travel_s[sums.incident[line], site] + fleet.turnout_s <= demand.horizon_s
            most = min(amount, lack(line))
            units = _strongest(left[site] * in_time, fleet.adds[:, sums.attribute[line]], most)
            send(line, np.array([site]), units[None])
    for line in urgent.tolist():
        if lack(line) > 0:
            send(line, *_nearest(fleet, demand, rows, left, line, lack(line)))
    reached = there[sums.incident, sums.attribute]
    missing = int(_price(demand) @ np.maximum(0, sums.total - reached))
    return SumReport(_merged(sent), reached, missing, 0, 0)


def _merged(sent: list[tuple[int, Ints, Ints]]) -> Taken:
    """Rows of units that were sent in parts, one for each line, site and class."""
    if not sent:
        return Taken(*(np.zeros(0, dtype=np.int64) for _ in range(4)))
    line = np.concatenate([np.full(len(site), line) for line, site, _ in sent])
    at, klass = np.nonzero(units := np.concatenate([units for _, _, units in sent]))
    site = np.concatenate([site for _, site, _ in sent])
    keys, place = np.unique(np.stack([line[at], site[at], klass]), axis=1, return_inverse=True)
    count = np.bincount(place.reshape(-1), units[at, klass], keys.shape[1]).astype(np.int64)
    return Taken(keys[0], keys[1], keys[2], count)


def _price(demand: Demand) -> Ints:
    return np.asarray(demand.sums.weight * demand.priority[demand.sums.incident], dtype=np.int64)


def _nearest(fleet: Fleet, demand: Demand, rows: Near, left: Ints, line: int, lack: int) -> tuple[Ints, Ints]:
    """Sites, and units of each class from them, that cover `lack`, or all that can come. A short look, then all."""
    near, adds = rows.in_time, fleet.adds[:, demand.sums.attribute[line]]
    incident = int(demand.sums.incident[line])
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
    chosen, each = [0] * len(units), adds.tolist()
    held = [(-each[klass], klass, count) for klass, count in enumerate(units.tolist()) if count and each[klass]]
    for less, klass, count in sorted(held):
        if lack <= 0:
            break
        chosen[klass] = min(count, -(lack // less))
        lack += chosen[klass] * less
    return np.array(chosen, dtype=np.int64)


def missing_at_least(fleet: Fleet, demand: Demand, rows: Near) -> int:
    """A lower bound on sum weight x priority x missing over all plans."""
    sums, price = demand.sums, _price(demand)
    per_incident, overall = _reach(fleet, demand, rows)
    most = np.minimum(sums.total, per_incident[sums.incident, sums.attribute])
    bound = int(price @ (sums.total - most))
    for attribute in range(fleet.adds.shape[1]):
        mine = np.flatnonzero(sums.attribute == attribute)
        order = mine[np.argsort(-price[mine], kind="stable")]
        covered = np.diff(np.minimum(np.cumsum(most[order]), overall[attribute]), prepend=0)
        bound += int(price[order] @ (most[order] - covered))
    return bound


def _reach(fleet: Fleet, demand: Demand, rows: Near) -> tuple[Ints, Ints]:
    """Per incident and attribute all that could come in time; per attribute all that could reach any of its lines.

    Every class is let go as late as the quickest: at the rim that is more than can come, so the bound stays a bound.
    """
    near, (incidents, sites) = rows.in_time, fleet.travel_s.shape
    amount = fleet.available @ fleet.adds
    per_incident, overall = np.zeros((incidents, amount.shape[1]), dtype=np.int64), []
    for attribute in range(amount.shape[1]):
        per_incident[:, attribute] = np.bincount(near.incident, amount[near.site, attribute], incidents)
        asks = np.zeros(incidents, dtype=bool)
        asks[demand.sums.incident[demand.sums.attribute == attribute]] = True
        reached = np.zeros(sites, dtype=bool)
        reached[near.site[asks[near.incident]]] = True
        overall.append(int(amount[reached, attribute].sum()))
    return per_incident, np.array(overall, dtype=np.int64)
