"""The best plan over some of the rows, as one min-cost flow.

  line -> pair (incident, class) -> group (site, class) -> sink        line -> sink at the price of a missing unit

All lines of an incident that a class can serve share one arc to each of its sites. Two contractions change nothing
but the solver's work, by a third to nine tenths: a pair that serves a single line is that line, and a group that has
units for everybody who lists it is the sink. The flow is integral and exact over its columns (Ahuja, Magnanti, Orlin:
Network Flows, ch. 9; solver OR-Tools SimpleMinCostFlow, cost scaling).
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.national.near import Near
from dispatch.optimizer.national.problem import Demand


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """`columns` = rows listed, sorted; units on each of them, on each link from line to pair, and unmet per line."""

    columns: Ints
    used: Ints
    on_link: Ints
    unmet: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """The node of each line, pair and group; `shared` = links whose pair is a node of its own, `scarce` = groups."""

    line: Ints
    pair: Ints
    group: Ints
    shared: Flags
    scarce: Ints
    count: int


def solve(demand: Demand, rows: Near, columns: Ints, missing: Ints) -> Flow:
    """The least value over the listed rows; `missing` = price of a missing unit per line."""
    group, pair = rows.group[columns], rows.pair[columns]
    most = np.minimum(rows.free[group], rows.need[pair])
    nodes = _nodes(demand, rows, np.bincount(group, most, len(rows.free)).astype(np.int64))
    free, wanted = rows.free[nodes.scarce], demand.quantity[rows.link_line[nodes.shared]]
    sinks = np.zeros(len(nodes.scarce) + len(nodes.line), dtype=np.int64)
    tail = np.concatenate(
        [nodes.group[nodes.scarce], nodes.line, nodes.line[rows.link_line[nodes.shared]], nodes.pair[pair]]
    )
    head = np.concatenate([sinks, nodes.pair[rows.link_pair[nodes.shared]], nodes.group[group]])
    price = np.concatenate([np.zeros_like(free), missing, np.zeros_like(wanted), rows.price[columns]])
    supplies = np.zeros(nodes.count, dtype=np.int64)
    supplies[nodes.line], supplies[0] = demand.quantity, -int(demand.quantity.sum())
    flows = run(tail, head, np.concatenate([free, demand.quantity, wanted, most]), price, supplies)
    _, unmet, linked, used = np.split(flows, np.cumsum([len(free), len(missing), len(wanted)]))
    on_link = np.bincount(pair, used, len(rows.need)).astype(np.int64)[rows.link_pair]
    on_link[nodes.shared] = linked
    return Flow(columns, used, on_link, unmet)


def _nodes(demand: Demand, rows: Near, wanted: Ints) -> Nodes:
    """Numbers for what needs a node of its own; `wanted` = units that the listed rows could take of each group."""
    line = 1 + np.arange(len(demand.quantity))
    shared = (np.bincount(rows.link_pair, minlength=len(rows.need)) > 1)[rows.link_pair]
    pair = np.zeros(len(rows.need), dtype=np.int64)
    pair[rows.link_pair] = line[rows.link_line]
    pairs = np.unique(rows.link_pair[shared])
    pair[pairs] = 1 + len(line) + np.arange(len(pairs))
    scarce = np.flatnonzero(wanted > rows.free)
    group = np.zeros(len(rows.free), dtype=np.int64)
    group[scarce] = 1 + len(line) + len(pairs) + np.arange(len(scarce))
    return Nodes(line, pair, group, shared, scarce, 1 + len(line) + len(pairs) + len(scarce))


def run(tail: Ints, head: Ints, capacity: Ints, price: Ints, supplies: Ints) -> Ints:
    """The flow of least price on each arc. Raises RuntimeError where the solver finds none."""
    solver = min_cost_flow.SimpleMinCostFlow()
    handles = solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, price)
    solver.set_nodes_supplies(np.arange(len(supplies)), supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"min-cost flow ended with {status}")
    return np.asarray(solver.flows(handles), dtype=np.int64)


def to_lines(rows: Near, flow: Flow) -> tuple[Ints, Ints, Ints]:
    """Which row serves which line: parallel arrays line, row, units. Nearer rows of a pair go to its earlier lines."""
    into = np.repeat(flow.columns, flow.used)
    link = np.repeat(np.arange(len(flow.on_link)), flow.on_link)
    out = link[np.argsort(rows.link_pair[link], kind="stable")]
    units, count = np.unique(rows.link_line[out] * len(rows.pair) + into, return_counts=True)
    return units // len(rows.pair), units % len(rows.pair), count.astype(np.int64)
