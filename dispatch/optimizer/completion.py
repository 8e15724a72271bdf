"""S1: the least weighted completion sum p_i T_i at the least unmet need, exact by best-first search over flows.

T_i = arrival of the last unit sent to i. In a flow, T is not a variable but a cap: columns with t > T_i are left out.
  floor    T0_i = least cap of i alone, all others uncapped, at which the flow still reaches the least unmet need
           (binary search). Unmet need only grows when columns go, so T0 is a lower bound of every optimal T,
  component by component. search   take the vector of least sum p_i T_i; if its flow reaches the least unmet need it
           is the optimum. Else the potentials of its flow name the only columns that could lessen it (negative
           reduced price); until one of them opens, the same potentials prove that nothing changes. That is a clause:
           some incident that has such a column must wait at least for the earliest of them. It holds for every
           vector, so it is learnt (logic-based Benders cuts, Hooker and Ottosson 2003), and a vector that breaks a
           known clause is branched on without a flow.
The start, the test and the branching are valid with unmet need as well as without. After `nodes` flows the search
gives way to a dive: always the cheapest way out of a clause, then each cap lowered as far as the others allow.
"""

import heapq
from dataclasses import dataclass

import numpy as np

from dispatch.optimizer.arrays import Flags
from dispatch.optimizer.flow import Flow, Network

Caps = tuple[int, ...]
Clause = tuple[tuple[int, int], ...]  # incidents with seconds: one of them cannot be complete before
POPS, FOR_EVER = 5_000, 2**40


@dataclass(frozen=True, slots=True)
class Completion:
    """`caps` = T; `floor` = T0; `bound` = proven lower bound of sum p T; `proved` = caps reach it; what was learnt."""

    caps: Caps
    floor: Caps
    bound: int
    proved: bool
    flow: Flow
    clauses: tuple[Clause, ...]


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
    clauses: list[Clause] = []
    best, bound = _best_first(network, least.value, tuple(floor), ceiling, nodes, clauses)
    if best is None:
        dived = _lowered(network, least.value, _dived(network, least.value, tuple(floor), clauses))
        best = min((ceiling, dived), key=lambda caps: (weigh(network, caps), caps))
    allowed = within(network, best)
    flow = network.earliest(network.solve(allowed), allowed)
    return Completion(best, tuple(floor), bound, bound == weigh(network, best), flow, tuple(clauses))


def alone(network: Network, least: Flow, incident: int, caps: Caps) -> Caps:
    """Caps with the least of one incident where the others keep theirs; where they cannot, they are last as `least`."""
    if network.solve(within(network, (*caps[:incident], FOR_EVER, *caps[incident + 1 :]))).value != least.value:
        caps = last_arrivals(network, network.earliest(least))
    fixed = {other: cap for other, cap in enumerate(caps) if other != incident}
    own = _least_cap(network, least.value, incident, FOR_EVER, fixed)
    return (*caps[:incident], own, *caps[incident + 1 :])


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


def _best_first(
    network: Network, value: int, floor: Caps, ceiling: Caps, nodes: int, clauses: list[Clause]
) -> tuple[Caps | None, int]:
    """The optimal caps and the bound; None where the limit came first. Adds what it learns to `clauses`."""
    worst = weigh(network, ceiling)
    heap, seen = [(weigh(network, floor), floor)], {floor}
    for _ in range(POPS):
        if not heap or heap[0][0] >= worst:
            return ceiling, worst
        bound, caps = heap[0]
        clause = next((each for each in clauses if all(caps[at] < least_s for at, least_s in each)), None)
        if clause is None:
            if len(clauses) == nodes:
                break
            allowed = within(network, caps)
            flow = network.solve(allowed)
            if flow.value == value:
                return caps, bound
            clause = _clause(network, flow, allowed)
            clauses.append(clause)
        heapq.heappop(heap)
        for at, least_s in clause:
            child = (*caps[:at], least_s, *caps[at + 1 :])
            if child not in seen:
                seen.add(child)
                heapq.heappush(heap, (weigh(network, child), child))
    return None, heap[0][0] if heap else worst


def _dived(network: Network, value: int, caps: Caps, clauses: list[Clause]) -> Caps:
    """Caps that reach the value, found by always taking the cheapest way out of a clause."""
    priority = network.model.priority
    for _ in range(POPS):
        clause = next((each for each in clauses if all(caps[at] < least_s for at, least_s in each)), None)
        if clause is None:
            allowed = within(network, caps)
            flow = network.solve(allowed)
            if flow.value == value:
                return caps
            clause = _clause(network, flow, allowed)
        at, least_s = min(clause, key=lambda each: (priority[each[0]] * (each[1] - caps[each[0]]), each))
        caps = (*caps[:at], least_s, *caps[at + 1 :])
    raise RuntimeError("a dive without an end")


def _lowered(network: Network, value: int, caps: Caps) -> Caps:
    """The caps lowered one after the other, the dearest first, as far as the others allow."""
    for at in sorted(range(len(caps)), key=lambda each: (-network.model.priority[each], each)):
        fixed = {other: cap for other, cap in enumerate(caps) if other != at}
        caps = (*caps[:at], _least_cap(network, value, at, caps[at], fixed), *caps[at + 1 :])
    return caps


def _clause(network: Network, flow: Flow, allowed: Flags) -> Clause:
    """Who would have to wait, and for how long, before the unmet need of a flow can lessen."""
    columns = network.model.columns
    improving = network.improving(network.potentials(flow, allowed), allowed)
    waits: dict[int, int] = {}
    for at, seconds in zip(columns.incident[improving].tolist(), columns.time[improving].tolist(), strict=True):
        waits[at] = min(seconds, waits.get(at, seconds))
    return tuple(sorted(waits.items()))
