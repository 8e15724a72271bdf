"""S1: the least weighted completion sum p_i T_i at the least unmet need, exact by best-first search over max flows.

T_i = arrival of the last unit sent to i. In a flow, T is not a variable but a cap: columns with t > T_i are left out,
and whether the least unmet need is still reached is a max flow on the optimal face (reaching.py).
  floor    T0_i = least cap of i alone, all others uncapped, at which it is (binary search). Unmet need only grows when
           columns go, so T0 is a lower bound of every optimal T, component by component.
  search   take the vector of least sum p_i T_i; if it reaches the least unmet need it is the optimum. Else the least
           cut names the only columns that could help; until one of them opens, the same cut proves that nothing
           changes. That is a clause: some incident that has such a column must wait at least for the earliest of
           them. It holds for every vector, so it is learnt (logic-based Benders cuts, Hooker and Ottosson 2003), and a
           vector that breaks a known clause is branched on without a flow.
The start, the test and the branching are valid with unmet need as well as without. After `nodes` flows the search
gives way to a dive: always the cheapest way out of a clause, then each cap lowered as far as the others allow.
"""

import heapq
from dataclasses import dataclass

import numpy as np

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.flow import Flow, Network
from dispatch.optimizer.reaching import Reaching

Caps = tuple[int, ...]
POPS, FOR_EVER = 1_500, 2**40


@dataclass(frozen=True, slots=True)
class Completion:
    """`caps` = T; `floor` = T0; `bound` = proven lower bound of sum p T; `proved` = caps reach it.

    `clauses` (clauses x incidents) = of each row, some incident is not complete before these seconds.
    """

    caps: Caps
    floor: Caps
    bound: int
    proved: bool
    flow: Flow
    clauses: Ints


def within(network: Network, caps: Caps) -> Flags:
    """Mask of the columns that arrive inside the caps."""
    columns = network.model.columns
    return columns.time <= np.array(caps, dtype=np.int64)[columns.incident]


def last_arrivals(network: Network, flow: Flow) -> Caps:
    """T_i of a flow."""
    return tuple(network.model.last_arrivals(flow.used).tolist())


def weigh(network: Network, caps: Caps) -> int:
    """sum p_i T_i."""
    return sum(priority * cap for priority, cap in zip(network.model.priority, caps, strict=True))


def complete(network: Network, least: Flow, nodes: int) -> Completion:
    """Caps of least weighted completion for the least unmet need `least` (an uncapped optimal flow)."""
    face = network.face(least)
    reaching = Reaching(network, face)
    ceiling = last_arrivals(network, network.earliest_on(face, least.value))
    floor = tuple(_least_cap(reaching, incident, most, {}) for incident, most in enumerate(ceiling))
    learnt = Learnt(reaching)
    best, bound = _best_first(learnt, floor, ceiling, nodes)
    if best is None:
        dived = _lowered(reaching, _dived(learnt, floor))
        best = min((ceiling, dived), key=lambda caps: (weigh(network, caps), caps))
    flow = network.earliest_on(face, least.value, within(network, best))
    return Completion(best, floor, bound, bound == weigh(network, best), flow, learnt.rows)


def earliest_alone(network: Network, incident: int, caps: Caps) -> Flow:
    """Least unmet need with the least cap of one incident where the others keep theirs; else where they take none."""
    least = network.solve()
    face = network.face(least)
    reaching = Reaching(network, face)
    if reaching.barrier(within(network, _with(caps, incident, FOR_EVER))) is not None:
        caps = last_arrivals(network, network.earliest_on(face, least.value))
    fixed = {other: cap for other, cap in enumerate(caps) if other != incident}
    caps = _with(caps, incident, _least_cap(reaching, incident, FOR_EVER, fixed))
    return network.earliest_on(face, least.value, within(network, caps))


def _with(caps: Caps, at: int, seconds: int) -> Caps:
    return (*caps[:at], seconds, *caps[at + 1 :])


def _least_cap(reaching: Reaching, incident: int, highest: int, fixed: dict[int, int]) -> int:
    """Least cap of one incident by binary search over its own arrival times; incidents not in `fixed` are uncapped."""
    columns = reaching.network.model.columns
    mine = (columns.incident == incident) & (columns.slot >= 0)
    others = ~mine
    for other, cap in fixed.items():
        others &= (columns.incident != other) | (columns.time <= cap)
    times = [0, *np.unique(columns.time[mine & (columns.time > 0) & (columns.time <= highest)]).tolist()]
    low, high = 0, len(times) - 1
    while low < high:
        middle = (low + high) // 2
        if reaching.barrier(others | (mine & (columns.time <= times[middle]))) is None:
            high = middle
        else:
            low = middle + 1
    return int(times[low])


class Learnt:
    """Clauses as rows: seconds from which an incident satisfies the clause, FOR_EVER where it cannot."""

    def __init__(self, reaching: Reaching) -> None:
        self.reaching, self.columns = reaching, reaching.network.model.columns
        self.priority = np.array(reaching.network.model.priority, dtype=np.int64)
        self.rows = np.empty((0, len(self.priority)), dtype=np.int64)

    def broken(self, caps: Caps) -> Ints | None:
        """Of the known clauses that these caps break the one whose cheapest way out is the dearest."""
        lacking = self.rows - np.array(caps, dtype=np.int64)
        broken = np.flatnonzero((lacking > 0).all(axis=1))
        if not len(broken):
            return None
        dearest = np.argmax((lacking[broken] * self.priority).min(axis=1))
        return np.asarray(self.rows[broken[dearest]])

    def known_or_new(self, caps: Caps) -> Ints | None:
        """A clause that these caps break; None where they reach the least unmet need."""
        known = self.broken(caps)
        return self.learn(caps) if known is None else known

    def learn(self, caps: Caps) -> Ints | None:
        """A new clause that these caps break; None where they reach the least unmet need."""
        barrier = self.reaching.barrier(within(self.reaching.network, caps))
        if barrier is None:
            return None
        row = np.full(len(caps), FOR_EVER, dtype=np.int64)
        np.minimum.at(row, self.columns.incident[barrier], self.columns.time[barrier])
        self.rows = np.vstack([self.rows, row])
        return row


def _ways_out(caps: Caps, clause: Ints) -> list[Caps]:
    """The caps with one incident each waiting as long as the clause asks."""
    return [_with(caps, at, int(clause[at])) for at in np.flatnonzero(clause < FOR_EVER).tolist()]


def _best_first(learnt: Learnt, floor: Caps, ceiling: Caps, nodes: int) -> tuple[Caps | None, int]:
    """The optimal caps and the bound; None where the limit came first."""
    network = learnt.reaching.network
    worst = weigh(network, ceiling)
    heap, seen = [(weigh(network, floor), floor)], {floor}
    for _ in range(POPS):
        if not heap or heap[0][0] >= worst:
            return ceiling, worst
        bound, caps = heap[0]
        clause = learnt.broken(caps)
        if clause is None:
            if len(learnt.rows) == nodes:
                break
            clause = learnt.learn(caps)
            if clause is None:
                return caps, bound
        heapq.heappop(heap)
        for child in _ways_out(caps, clause):
            if child not in seen:
                seen.add(child)
                heapq.heappush(heap, (weigh(network, child), child))
    return None, heap[0][0] if heap else worst


def _dived(learnt: Learnt, caps: Caps) -> Caps:
    """Caps that reach the least unmet need, found by always taking the cheapest way out of a clause."""
    while (clause := learnt.known_or_new(caps)) is not None:
        caps = min(_ways_out(caps, clause), key=lambda each: (weigh(learnt.reaching.network, each), each))
    return caps


def _lowered(reaching: Reaching, caps: Caps) -> Caps:
    """The caps lowered one after the other, the dearest first, as far as the others allow."""
    priority = reaching.network.model.priority
    for at in sorted(range(len(caps)), key=lambda each: (-priority[each], each)):
        fixed = {other: cap for other, cap in enumerate(caps) if other != at}
        caps = _with(caps, at, _least_cap(reaching, at, caps[at], fixed))
    return caps
