"""Prices of a solved flow, and the proof that no row left out could improve it.

Shortest residual distances (Bellman-Ford) give a price to everything:
  u(group) = 0 where a unit is free, else the least of y(pair) - price over the pairs that it serves
  y(pair)  = the least of price + u(group) over its listed rows, and of v(line) over the lines that it serves
  v(line)  = the least of the price of a missing unit and y(pair) over its pairs
A row that is not listed can only help where price + u(group) < v(line). If none is left, the plan is optimal over all
units. At any time, raising u until no row violates gives feasible prices and so a lower bound on every plan
(weak duality; Ahuja, Magnanti, Orlin ch. 9.4; Desrosiers and Luebbecke 2005 on pricing).
"""

from dataclasses import dataclass

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.national.flow import Flow
from dispatch.optimizer.national.near import Near
from dispatch.optimizer.national.problem import MOST, Certificate, Demand

AT_ONCE = 60
SLACK = 3000


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Of one more unit at each line, of one unit of each group."""

    line: Ints
    scarcity: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """What pricing all rows says: a bound on every plan, and the rows that the next flow should also see."""

    certificate: Certificate
    rows: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """What the equations range over. Groups that are used up ("tight") change their price, free ones stay at 0.

    `base` = y over free groups; tight listed rows sorted by pair, `first` = where each pair's begin; used tight rows;
    links in use.
    """

    base: Ints
    first: Ints
    tight: Ints
    used: Ints
    links: Ints


def prices(rows: Near, flow: Flow, missing: Ints) -> Prices:
    """The fixpoint of the equations above, from above. Raises RuntimeError where the flow is not optimal."""
    graph = _residual(rows, flow)
    scarcity = np.zeros(len(rows.free), dtype=np.int64)
    scarcity[rows.group[graph.tight]] = MOST
    lines = np.unique(rows.link_line)
    begins, pairs = rows.link_first[lines], rows.pair[graph.tight[graph.first]]
    tight_price, tight_group = rows.price[graph.tight], rows.group[graph.tight]
    used_price, used_pair, used_group = rows.price[graph.used], rows.pair[graph.used], rows.group[graph.used]
    y, v = graph.base.copy(), missing
    for _ in range(2 + len(pairs) + len(missing) + len(graph.used)):
        if len(pairs):
            y[pairs] = np.minimum(y[pairs], np.minimum.reduceat(tight_price + scarcity[tight_group], graph.first))
        after = missing.copy()
        if len(lines):
            after[lines] = np.minimum(missing[lines], np.minimum.reduceat(y[rows.link_pair], begins))
        np.minimum.at(y, rows.link_pair[graph.links], after[rows.link_line[graph.links]])
        before = scarcity.copy()
        np.minimum.at(scarcity, used_group, y[used_pair] - used_price)
        if np.array_equal(after, v) and np.array_equal(before, scarcity):
            return Prices(v, scarcity)
        v = after
    raise RuntimeError("the flow given is not optimal: its residual graph has a negative cycle")


def _residual(rows: Near, flow: Flow) -> Residual:
    group = rows.group[flow.columns]
    busy = np.bincount(group, flow.used, len(rows.free)).astype(np.int64)
    full = (busy == rows.free)[group]
    free, tight = flow.columns[~full], flow.columns[full]
    base = np.full(len(rows.need), MOST)
    np.minimum.at(base, rows.pair[free], rows.price[free])
    first = np.flatnonzero(np.diff(rows.pair[tight], prepend=-1))
    return Residual(base, first, tight, flow.columns[full & (flow.used > 0)], np.flatnonzero(flow.on_link))


def offer(demand: Demand, rows: Near, listed: Ints, priced: Prices) -> Offer:
    """Prices all rows: the bound they prove, and per pair the worst rows left out (none violates: nothing to add).

    Rows a little dearer than needed come along with the violating ones: they are the next round's violations.
    """
    worth = np.zeros(len(rows.need), dtype=np.int64)
    np.maximum.at(worth, rows.link_pair, priced.line[rows.link_line])
    reduced = rows.price + priced.scarcity[rows.group] - worth[rows.pair]
    violating = np.flatnonzero(reduced < 0)
    over = np.zeros(len(rows.free), dtype=np.int64)
    np.minimum.at(over, rows.group[violating], reduced[violating])
    scarcity = priced.scarcity - over
    line = np.where(demand.quantity > 0, priced.line, 0)
    bound = int(demand.quantity @ line) - int(rows.free @ scarcity)
    certificate = Certificate(line, scarcity.reshape(-1, rows.sites).T, bound)
    if not len(violating):
        return Offer(certificate, violating)
    eager = reduced < SLACK
    eager[listed] = False
    return Offer(certificate, _worst(rows, reduced, np.flatnonzero(eager)))


def _worst(rows: Near, reduced: Ints, among: Ints) -> Ints:
    """At most AT_ONCE rows of each pair, those of least reduced price."""
    order = among[np.lexsort((reduced[among], rows.pair[among]))]
    first = np.flatnonzero(np.diff(rows.pair[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    return order[place < AT_ONCE]
