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

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from dispatch.optimizer.groups import Flags, Ints, Model
from dispatch.optimizer.score import PER_UNIT


@dataclass(frozen=True, slots=True)
class Flow:
    """A solved flow: `value` = combined price, `used` = units per column of the model, `missing` = units per slot."""

    value: int
    used: Ints
    missing: Ints
    levels: tuple[int, int, int, int]


class Network:
    """The flow network of a model; `solve` may be asked again under caps on the columns. Counts its solves."""

    def __init__(self, model: Model) -> None:
        columns = model.columns
        self.model = model
        self.solves = 0
        self.count = np.flatnonzero(columns.slot >= 0)
        self.sizes = np.array([len(group.unit_ids) for group in model.groups], dtype=np.int64)
        self.demand = np.array([slot.line.quantity for slot in model.slots], dtype=np.int64)
        self.weight = np.array([model.priority[s.incident] * s.line.weight for s in model.slots], dtype=np.int64)
        self.hard = np.array([slot.line.hard for slot in model.slots], dtype=bool)
        self.nodes = 1 + len(self.sizes) + len(self.demand)
        self.group_node = 1 + np.arange(len(self.sizes))
        self.slot_node = 1 + len(self.sizes) + np.arange(len(self.demand))
        group, slot = columns.group[self.count], columns.slot[self.count]
        self.arc_tail, self.arc_head = 1 + group, 1 + len(self.sizes) + slot
        self.arc_capacity = np.minimum(self.sizes[group], self.demand[slot])
        self._price(columns.late[self.count] * self.weight[slot], ~columns.exact[self.count])

    def _price(self, late: Ints, degraded: Flags) -> None:
        total = int(self.demand.sum()) + 1
        above_late = 1 + (int(late.max(initial=0)) * total)
        above_degraded = above_late * (total if degraded.any() else 1)
        soft = int((self.weight * self.demand)[~self.hard].sum())
        self.arc_price = late + degraded * above_late
        self.missing_price = self.weight * above_degraded * np.where(self.hard, 1 + soft, 1)

    def solve(self, allowed: Flags | None = None) -> Flow:
        """The least unmet need over the allowed columns (mask over the model's columns; None = all)."""
        arcs = self.count if allowed is None else self.count[allowed[self.count]]
        pick = slice(None) if allowed is None else np.flatnonzero(allowed[self.count])
        tail, head, capacity, price = self._arcs(pick)
        flows = self._run(tail, head, capacity, price, self._supplies())
        return self._answer(arcs, flows, int(price @ flows))

    def _arcs(self, pick: "slice | Ints") -> tuple[Ints, Ints, Ints, Ints]:
        source = np.zeros(len(self.sizes) + len(self.demand), dtype=np.int64)
        tail = np.concatenate([source, self.arc_tail[pick]])
        head = np.concatenate([self.group_node, self.slot_node, self.arc_head[pick]])
        capacity = np.concatenate([self.sizes, self.demand, self.arc_capacity[pick]])
        free = np.zeros(len(self.sizes), dtype=np.int64)
        price = np.concatenate([free, self.missing_price, self.arc_price[pick]])
        return tail, head, capacity, price

    def _supplies(self) -> Ints:
        supplies = np.zeros(self.nodes, dtype=np.int64)
        supplies[0] = self.demand.sum()
        supplies[self.slot_node] = -self.demand
        return supplies

    def _run(self, tail: Ints, head: Ints, capacity: Ints, price: Ints, supplies: Ints) -> Ints:
        self.solves += 1
        solver = min_cost_flow.SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, price)
        solver.set_nodes_supplies(np.arange(self.nodes), supplies)
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise RuntimeError(f"min-cost flow ended with {status}")
        return np.asarray(solver.flows(arcs), dtype=np.int64)

    def _answer(self, arcs: Ints, flows: Ints, value: int) -> Flow:
        first = len(self.sizes)
        missing = flows[first : first + len(self.demand)]
        used = np.zeros(len(self.model.columns.group), dtype=np.int64)
        used[arcs] = flows[first + len(self.demand) :]
        late = self.model.columns.late[arcs] * self.weight[self.model.columns.slot[arcs]]
        short = missing * self.weight * PER_UNIT
        levels = (
            int(short[self.hard].sum()),
            int(short[~self.hard].sum()),
            int(used[~self.model.columns.exact].sum()),
            int(late @ used[arcs]),
        )
        return Flow(value, used, missing, levels)

    def potentials(self, flow: Flow, allowed: Flags | None = None) -> Ints:
        """Shortest distances in the residual graph of an optimal flow (Bellman-Ford); they prove its optimality."""
        pick = slice(None) if allowed is None else np.flatnonzero(allowed[self.count])
        tail, head, capacity, price = self._arcs(pick)
        flows = self._flows(flow, pick)
        forward, backward = flows < capacity, flows > 0
        start = np.concatenate([tail[forward], head[backward]])
        end = np.concatenate([head[forward], tail[backward]])
        length = np.concatenate([price[forward], -price[backward]])
        distance = np.zeros(self.nodes, dtype=np.int64)
        for _ in range(self.nodes + 1):
            shorter = distance.copy()
            np.minimum.at(shorter, end, distance[start] + length)
            if np.array_equal(shorter, distance):
                return distance
            distance = shorter
        raise RuntimeError("the flow given is not optimal: its residual graph has a negative cycle")

    def _flows(self, flow: Flow, pick: "slice | Ints") -> Ints:
        on_arcs = flow.used[self.count]
        out = np.bincount(self.arc_tail - 1, weights=on_arcs, minlength=len(self.sizes)).astype(np.int64)
        return np.concatenate([out, flow.missing, on_arcs[pick]])

    def improving(self, distance: Ints, allowed: Flags) -> Ints:
        """Columns that are not allowed and whose reduced price is negative: only they could lessen the unmet need."""
        reduced = self.arc_price + distance[self.arc_tail] - distance[self.arc_head]
        return self.count[(reduced < 0) & ~allowed[self.count]]

    def earliest(self, flow: Flow, allowed: Flags | None = None) -> Flow:
        """Among all flows as good as `flow`, one of least arrival cost."""
        pick = slice(None) if allowed is None else np.flatnonzero(allowed[self.count])
        arcs = self.count[pick]
        tail, head, capacity, price = self._arcs(pick)
        distance = self.potentials(flow, allowed)
        reduced = price + distance[tail] - distance[head]
        forced = np.where(reduced < 0, capacity, 0)
        supplies = self._supplies()
        np.subtract.at(supplies, tail, forced)
        np.add.at(supplies, head, forced)
        rank, scale = self._tie_ranks()
        arrival = np.zeros(len(tail), dtype=np.int64)
        arrival[len(self.sizes) + len(self.demand) :] = self.model.columns.cost[arcs] * scale + rank[arcs]
        flows = self._run(tail, head, np.where(reduced == 0, capacity, 0), arrival, supplies)
        return self._answer(arcs, flows + forced, flow.value)

    def _tie_ranks(self) -> tuple[Ints, int]:
        """Among columns of equal arrival the lower id first; `scale` keeps the ranks below one unit of real cost."""
        columns = self.model.columns
        rank = tie_ranks(columns.incident, columns.time, columns.group)
        return rank, 1 + int(rank.max(initial=0)) * (1 + int(self.demand.sum()))


def tie_ranks(incident: Ints, time: Ints, group: Ints) -> Ints:
    """0, 1, 2 ... over the groups (in order of unit id) that reach the same incident at the same second."""
    rank = np.zeros(len(group), dtype=np.int64)
    seen: dict[tuple[int, int], dict[int, int]] = {}
    order = np.lexsort((group, time, incident))
    for at in order.tolist():
        ranks = seen.setdefault((int(incident[at]), int(time[at])), {})
        rank[at] = ranks.setdefault(int(group[at]), len(ranks))
    return rank
