"""S1: the least weighted completion sum p_i T_i at the least unmet need, exact by best-first search over flows.

T_i = arrival of the last unit sent to i. In a flow, T is not a variable but a cap: columns with t > T_i are left out.
  floor    T0_i = least cap of i alone, all others uncapped, at which the flow still reaches the least unmet need
           (binary search). Unmet need only grows when columns go, so T0 is a lower bound of every optimal T,
  component by component. search   take the vector of least sum p_i T_i; if its flow reaches the least unmet need it
           is the optimum. Else the potentials of its flow name the only columns that could lessen it (negative
           reduced price); until one of them opens, the same potentials prove that nothing changes. So branch: for
           each incident that has such a column, raise T_i to the earliest of them.
The start, the test and the branching are valid with unmet need as well as without. After `nodes` vectors the search
gives way to the priority-lexicographic rule: least T of the most urgent incident, then of the next (one binary search
each).
"""

import heapq
from dataclasses import dataclass

import numpy as np

from dispatch.optimizer.arrays import Flags
from dispatch.optimizer.flow import Flow, Network

Caps = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """`caps` = T; `floor` = T0; `bound` = proven lower bound of sum p T; `proved` = caps reach it."""

    caps: Caps
    floor: Caps
    bound: int
    proved: bool
    flow: Flow


def within(network: Network, caps: Caps) -> Flags:
    """Mask of the columns that arrive inside the caps."""
    columns = network.model.columns
    return columns.time <= np.array(caps, dtype=np.int64)[columns.incident]


def last_arrivals(network: Network, flow: Flow) -> Caps:
    """T_i of a flow."""
    columns, latest = network.model.columns, np.zeros(len(network.model.priority), dtype=np.int64)
    used = flow.used > 0
    np.maximum.at(latest, columns.incident[used], columns.time[used])
    return tuple(latest.tolist())


def weigh(network: Network, caps: Caps) -> int:
    """sum p_i T_i."""
    return sum(priority * cap for priority, cap in zip(network.model.priority, caps, strict=True))


def complete(network: Network, least: Flow, nodes: int) -> Completion:
    """Caps of least weighted completion for the least unmet need `least` (an uncapped optimal flow)."""
    start = network.earliest(least)
    ceiling = last_arrivals(network, start)
    floor = list(ceiling)
    for incident in range(len(ceiling)):
        floor[incident] = _least_cap(network, least.value, incident, ceiling[incident], {})
    best, bound = _best_first(network, least.value, tuple(floor), ceiling, nodes)
    if best is None:
        lexical = _lexicographic(network, least.value, ceiling)
        best = min((ceiling, lexical), key=lambda caps: (weigh(network, caps), caps))
    allowed = within(network, best)
    flow = network.earliest(network.solve(allowed), allowed)
    return Completion(best, tuple(floor), bound, bound == weigh(network, best), flow)


def _least_cap(network: Network, value: int, incident: int, highest: int, fixed: dict[int, int]) -> int:
    """Least cap of one incident by binary search over its own arrival times; incidents not in `fixed` are uncapped."""
    columns = network.model.columns
    mine = (columns.incident == incident) & (columns.slot >= 0)
    others = ~mine
    for other, cap in fixed.items():
        others &= (columns.incident != other) | (columns.time <= cap)
    times = [0, *np.unique(columns.time[mine & (columns.time > 0) & (columns.time <= highest)]).tolist()]
    low, high = 0, len(times) - 1
    while low < high:
        middle = (low + high) // 2
        if network.solve(others | (mine & (columns.time <= times[middle]))).value == value:
            high = middle
        else:
            low = middle + 1
    return int(times[low])


def _best_first(network: Network, value: int, floor: Caps, ceiling: Caps, nodes: int) -> tuple[Caps | None, int]:
    """The optimal caps and the bound; None where the limit came first."""
    worst = weigh(network, ceiling)
    heap, seen = [(weigh(network, floor), floor)], {floor}
    for _ in range(nodes):
        if not heap or heap[0][0] >= worst:
            return ceiling, worst
        bound, caps = heapq.heappop(heap)
        allowed = within(network, caps)
        flow = network.solve(allowed)
        if flow.value == value:
            return caps, bound
        for child in _raised(network, flow, allowed, caps):
            if child not in seen:
                seen.add(child)
                heapq.heappush(heap, (weigh(network, child), child))
    return None, heap[0][0] if heap else worst


def _raised(network: Network, flow: Flow, allowed: Flags, caps: Caps) -> list[Caps]:
    columns = network.model.columns
    improving = network.improving(network.potentials(flow, allowed), allowed)
    children = []
    for incident in sorted(set(columns.incident[improving].tolist())):
        opens = int(columns.time[improving[columns.incident[improving] == incident]].min())
        children.append((*caps[:incident], opens, *caps[incident + 1 :]))
    return children


def _lexicographic(network: Network, value: int, ceiling: Caps) -> Caps:
    fixed: dict[int, int] = {}
    order = sorted(range(len(ceiling)), key=lambda incident: (-network.model.priority[incident], incident))
    for incident in order:
        columns = network.model.columns
        highest = int(columns.time[columns.incident == incident].max(initial=0))
        fixed[incident] = _least_cap(network, value, incident, highest, fixed)
    return tuple(fixed[incident] for incident in range(len(ceiling)))
