"""Who is near: for every incident and class that it can use, all sites with free units, nearest first.

A row is (incident, class, site) within the horizon. Only the pairs of incident and site within the horizon are ever
sorted, once for all classes (a class's turnout moves every time alike and keeps the order); keys hold incident, time
and site in one integer, so that ties fall to the lower site and one plain sort suffices.
"""

from dataclasses import dataclass

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.national.problem import BITS, Demand, Fleet


@dataclass(frozen=True, slots=True, eq=False)
class InTime:
    """Pairs of incident and site within the horizon, sorted by incident, time, site; `start` bounds each incident."""

    start: Ints
    incident: Ints
    site: Ints
    travel_s: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Rows sorted by pair, time, site. Pair = class x incidents + incident; group = class x sites + site.

    `start` bounds the rows of each pair; `price` = priority x (travel + turnout); `need` = units each pair can use.
    `link_line`, `link_pair` = which pairs serve which lines, sorted by line; `link_first` = first link of each line.
    `free` = units of each group.
    """

    sites: int
    in_time: InTime
    start: Ints
    pair: Ints
    site: Ints
    group: Ints
    price: Ints
    need: Ints
    link_line: Ints
    link_pair: Ints
    link_first: Ints
    free: Ints


def near(fleet: Fleet, demand: Demand) -> Near:
    """All rows of a problem."""
    incidents, sites = fleet.travel_s.shape
    classes = len(fleet.turnout_s)
    link_line, link_class = np.nonzero(demand.eligible & (demand.quantity > 0)[:, None])
    link_pair = link_class * incidents + demand.incident[link_line]
    need = np.bincount(link_pair, demand.quantity[link_line], classes * incidents).astype(np.int64)
    free = np.ascontiguousarray(fleet.available.T).reshape(-1)
    in_time = _in_time(fleet, demand)
    chunks = []
    for klass in range(classes):
        useful = need[klass * incidents : (klass + 1) * incidents] > 0
        held = free[klass * sites : (klass + 1) * sites] > 0
        turnout = int(fleet.turnout_s[klass])
        at = np.flatnonzero(
            held[in_time.site] & useful[in_time.incident] & (in_time.travel_s <= demand.horizon_s - turnout)
        )
        incident, site = in_time.incident[at], in_time.site[at]
        price = (in_time.travel_s[at] + turnout) * demand.priority[incident]
        chunks.append((klass * incidents + incident, site, klass * sites + site, price))
    pair, site, group, price = (np.concatenate(parts) for parts in zip(*chunks, strict=True))
    start = np.concatenate([[0], np.cumsum(np.bincount(pair, minlength=classes * incidents))])
    first = np.searchsorted(link_line, np.arange(len(demand.quantity)))
    return Near(sites, in_time, start, pair, site, group, price, need, link_line, link_pair, first, free)


def _in_time(fleet: Fleet, demand: Demand) -> InTime:
    incidents, sites = fleet.travel_s.shape
    latest = demand.horizon_s - int(fleet.turnout_s.min())
    found = np.flatnonzero((fleet.travel_s <= latest) & (fleet.travel_s >= 0))
    incident, site = np.divmod(found, sites)
    key = (incident << 2 * BITS) | (fleet.travel_s.reshape(-1)[found].astype(np.int64) << BITS) | site
    key.sort()
    incident = key >> 2 * BITS
    start = np.searchsorted(incident, np.arange(incidents + 1))
    return InTime(start, incident, key & (2**BITS - 1), (key >> BITS) & (2**BITS - 1))
