"""S0 without sum lines: the least unmet need, as one min-cost flow.

  source --N_g--> group g --min(N_g, q_r)--> line r (demand q_r)        source --q_r at price of unmet--> line r
  minimise  sum unmet_r price_r  +  sum x_gr (late and degraded prices)

Count lines are a transportation problem: the flow is integral and exact (Ahuja, Magnanti, Orlin: Network Flows,
ch. 9; solver OR-Tools SimpleMinCostFlow, cost scaling). Levels of the objective become one price by factors larger
than any sum below them, integers throughout, so nothing is rounded.

Second objectives need no big factor: with potentials d of an optimum, an arc of positive reduced cost carries nothing
in any optimum and one of negative reduced cost is full in every optimum. Minimising arrival over what is left (the
optimal face) is exact lexicographic optimisation.
"""

from copy import copy
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.groups import Model
from dispatch.optimizer.score import PER_UNIT

OUT_OF_REACH = 2**62


@dataclass(frozen=True, slots=True)
class Flow:
    """A solved flow: `value` = combined price, `used` = units per column of the model, `missing` = units per slot."""

    value: int
    used: Ints
    missing: Ints
    levels: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs of one solve: source to groups, source to lines (unmet), then from `first` on one arc per column."""

    columns: Ints
    tail: Ints
    head: Ints
    capacity: Ints
    price: Ints
    first: int


@dataclass(frozen=True, slots=True)
class Face:
    """The optimal face: what may still vary (`capacity`), and what every optimum uses (`forced`)."""

    arcs: Arcs
    capacity: Ints
    forced: Ints

    def brought(self, nodes: int) -> Ints:
        """What the forced flow takes from each node (positive) and brings to it (negative)."""
        out = np.zeros(nodes, dtype=np.int64)
        np.add.at(out, self.arcs.tail, self.forced)
        np.subtract.at(out, self.arcs.head, self.forced)
        return out


class Network:
    """The flow network of a model; `solve` may be asked again under caps on the columns. Counts its solves."""

    def __init__(self, model: Model) -> None:
        columns = model.columns
        self.model = model
        self.solves = 0
        self.is_count = columns.slot >= 0
        self.sizes = model.sizes
        self.demand = np.array([slot.line.quantity for slot in model.slots], dtype=np.int64)
        self.weight = np.array([model.priority[s.incident] * s.line.weight for s in model.slots], dtype=np.int64)
        self.hard = np.array([slot.line.hard for slot in model.slots], dtype=bool)
        self.nodes = 1 + len(self.sizes) + len(self.demand)
        self.group_node = 1 + np.arange(len(self.sizes))
        self.slot_node = 1 + len(self.sizes) + np.arange(len(self.demand))
        self.ranks = tie_ranks(columns.incident, columns.time, columns.group)
        self.scale = 1 + int(self.ranks.max(initial=0)) * (1 + int(self.demand.sum()))
        self._lay_arcs()

    def _lay_arcs(self) -> None:
        """Column arcs, group to line. Columns for sum lines only have places in the arrays and are never arcs."""
        columns = self.model.columns
        self.tail = self.group_node[columns.group]
        self.head, self.most = np.zeros_like(self.tail), self.sizes[columns.group]
        slot = columns.slot[self.is_count]
        self.head[self.is_count] = self.slot_node[slot]
        self.most[self.is_count] = np.minimum(self.most[self.is_count], self.demand[slot])
        late = np.zeros_like(self.tail)
        late[self.is_count] = columns.late[self.is_count] * self.weight[slot]
        total = int(self.demand.sum()) + 1
        above_late = 1 + int(late.max(initial=0)) * total
        above_degraded = above_late * (total if (~columns.exact).any() else 1)
        soft = int((self.weight * self.demand)[~self.hard].sum())
        self.price = late + ~columns.exact * above_late
        self.missing_price = self.weight * above_degraded * np.where(self.hard, 1 + soft, 1)

    def beyond(self, column: int) -> "Network":
        """The network of what is left to decide once one unit goes in a column."""
        other, slot = copy(self), int(self.model.columns.slot[column])
        other.sizes, other.demand = self.sizes.copy(), self.demand.copy()
        other.sizes[self.model.columns.group[column]] -= 1
        if slot >= 0:
            other.demand[slot] -= 1
        other._lay_arcs()
        return other

    def _arcs(self, allowed: Flags | None) -> Arcs:
        """The arcs of the allowed columns (mask over the model's columns; None = all)."""
        at = np.flatnonzero(self.is_count if allowed is None else self.is_count & allowed)
        source = np.zeros(self.nodes - 1, dtype=np.int64)
        return Arcs(
            at,
            np.concatenate([source, self.tail[at]]),
            np.concatenate([self.group_node, self.slot_node, self.head[at]]),
            np.concatenate([self.sizes, self.demand, self.most[at]]),
            np.concatenate([np.zeros_like(self.sizes), self.missing_price, self.price[at]]),
            self.nodes - 1,
        )

    def solve(self, allowed: Flags | None = None) -> Flow:
        """The least unmet need over the allowed columns."""
        arcs = self._arcs(allowed)
        flows = self._run(arcs, arcs.capacity, arcs.price, self.supplies())
        return self._answer(arcs, flows, int(arcs.price @ flows))

    def supplies(self) -> Ints:
        """What each node gives (positive) or takes (negative)."""
        supplies = np.zeros(self.nodes, dtype=np.int64)
        supplies[0] = self.demand.sum()
        supplies[self.slot_node] = -self.demand
        return supplies

    def _run(self, arcs: Arcs, capacity: Ints, price: Ints, supplies: Ints) -> Ints:
        self.solves += 1
        solver = min_cost_flow.SimpleMinCostFlow()
        handles = solver.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, capacity, price)
        solver.set_nodes_supplies(np.arange(self.nodes), supplies)
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise RuntimeError(f"min-cost flow ended with {status}")
        return np.asarray(solver.flows(handles), dtype=np.int64)

    def _answer(self, arcs: Arcs, flows: Ints, value: int) -> Flow:
        columns = self.model.columns
        missing = flows[len(self.sizes) : arcs.first]
        used = np.zeros(len(columns.group), dtype=np.int64)
        used[arcs.columns] = flows[arcs.first :]
        short = missing * self.weight * PER_UNIT
        late = np.flatnonzero(columns.late & (used > 0))
        levels = (
            int(short[self.hard].sum()),
            int(short[~self.hard].sum()),
            int(used[~columns.exact].sum()),
            int(self.weight[columns.slot[late]] @ used[late]),
        )
        return Flow(value, used, missing, levels)

    def _distances(self, arcs: Arcs, capacity: Ints, price: Ints, flows: Ints) -> Ints:
        """Potentials: shortest distances over the residual arcs, from all nodes at once (Bellman-Ford)."""
        forward, backward = flows < capacity, flows > 0
        start = np.concatenate([arcs.tail[forward], arcs.head[backward]])
        end = np.concatenate([arcs.head[forward], arcs.tail[backward]])
        length = np.concatenate([price[forward], -price[backward]])
        distance = np.zeros(self.nodes, dtype=np.int64)
        for _ in range(self.nodes + 1):
            shorter = distance.copy()
            np.minimum.at(shorter, end, distance[start] + length)
            if np.array_equal(shorter, distance):
                return distance
            distance = shorter
        raise RuntimeError("the flow given is not optimal: its residual graph has a negative cycle")

    def _flows(self, flow: Flow, arcs: Arcs) -> Ints:
        on_columns = flow.used[arcs.columns]
        group = self.model.columns.group[arcs.columns]
        out = np.bincount(group, weights=on_columns, minlength=len(self.sizes)).astype(np.int64)
        return np.concatenate([out, flow.missing, on_columns])

    def earliest(self, flow: Flow, allowed: Flags | None = None) -> Flow:
        """Among all flows as good as `flow`, one of least arrival cost."""
        return self.earliest_on(self.face(flow, allowed), flow.value)

    def earliest_on(self, face: Face, value: int, allowed: Flags | None = None) -> Flow:
        """One of least arrival cost among the flows of a face, of that `value`, over the allowed of its columns."""
        at, capacity = face.arcs.columns, face.capacity
        if allowed is not None:
            capacity = capacity.copy()
            capacity[face.arcs.first :] *= allowed[at]
        price = np.zeros(len(face.arcs.tail), dtype=np.int64)
        price[face.arcs.first :] = self.model.columns.cost[at] * self.scale + self.ranks[at]
        supplies = self.supplies() - face.brought(self.nodes)
        return self._answer(face.arcs, self._run(face.arcs, capacity, price, supplies) + face.forced, value)

    def reduced(self, flow: Flow) -> Ints:
        """By how much using each column at least once raises the least arrival cost; `flow` = an `earliest` of all.

        A bound from below (the reduced cost of linear programming); a column of no optimal flow is out of reach.
        """
        face = self.face(flow)
        arcs, at = face.arcs, face.arcs.columns
        price = np.zeros(len(arcs.tail), dtype=np.int64)
        price[arcs.first :] = self.model.columns.cost[at] * self.scale + self.ranks[at]
        distance = self._distances(arcs, face.capacity, price, self._flows(flow, arcs) - face.forced)
        raised = self.model.columns.cost.copy()
        on_face = face.capacity[arcs.first :] + face.forced[arcs.first :] > 0
        column = price[arcs.first :] + distance[arcs.tail[arcs.first :]] - distance[arcs.head[arcs.first :]]
        raised[at] = np.where(on_face, np.maximum(column, 0) // self.scale, OUT_OF_REACH)
        return raised

    def face(self, flow: Flow, allowed: Flags | None = None) -> Face:
        """The optimal face that an optimal flow over the allowed columns proves."""
        arcs = self._arcs(allowed)
        distance = self._distances(arcs, arcs.capacity, arcs.price, self._flows(flow, arcs))
        reduced = arcs.price + distance[arcs.tail] - distance[arcs.head]
        return Face(arcs, np.where(reduced == 0, arcs.capacity, 0), np.where(reduced < 0, arcs.capacity, 0))


def tie_ranks(incident: Ints, time: Ints, group: Ints) -> Ints:
    """0, 1, 2 ... over the groups (in order of unit id) that reach the same incident at the same second."""
    rank = np.zeros(len(group), dtype=np.int64)
    if not len(group):
        return rank
    order = np.lexsort((group, time, incident))
    place = np.stack((incident[order], time[order]))
    starts = np.concatenate([[True], (place[:, 1:] != place[:, :-1]).any(axis=0)])
    changes = np.concatenate([[True], group[order][1:] != group[order][:-1]]) | starts
    number = np.cumsum(changes) - 1
    rank[order] = number - np.maximum.accumulate(np.where(starts, number, 0))
    return rank
