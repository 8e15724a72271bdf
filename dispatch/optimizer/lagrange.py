"""Sum lines as prices: a bound for the final stage that flows can compute, and the columns that it proves useless.

  L(m) = min over flows on the optimal face  sum (c_x - sum_s m_s a_xs) x  +  sum_s m_s Q_s          (m_s >= 0)
Every m gives a lower bound of the least arrival cost with the sum rows (Lagrangian relaxation; Geoffrion 1974). A
unit sent for totals alone is an arc from its group back to the source. m climbs by Polyak's subgradient step. With
the best m, a column whose reduced price exceeds what lies between the bound and the known plan is in no better plan:
the integer program that remains is small. Each flow on the way is also repaired into a plan, which often beats the
one known before. Prices are integers, hundredths of the arrival cost, so that the bound is exact.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dispatch.optimizer.flow import Flow, Network
from dispatch.optimizer.groups import Flags, Ints

STEPS = 12
HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Bound:
    """`value` = proven least arrival cost; `useful` = columns that a plan no dearer than the known one may use."""

    value: int
    useful: Flags


class Relaxation:
    """The final stage of a network on the optimal face of `flow`, inside the allowed columns."""

    def __init__(self, network: Network, flow: Flow, allowed: Flags) -> None:
        model = network.model
        self.network, self.allowed = network, allowed
        self.face = network.face(flow, network.arcs(allowed, extras=True))
        columns = self.face.arcs.columns
        self.needed = np.array([row.needed for row in model.sums], dtype=np.int64)
        amounts = [np.array(row.amounts, dtype=np.int64)[model.columns.group[columns]] for row in model.sums]
        here = [model.columns.incident[columns] == row.incident for row in model.sums]
        self.adds = np.array([np.where(at, adds, 0) for at, adds in zip(here, amounts, strict=True)], dtype=np.int64)
        self.cost = model.columns.cost[columns] * HUNDREDTHS

    def bound(self, known: int, improve: Callable[[Ints], int]) -> Bound:
        """The best bound of a few steps. `improve` is given each flow's columns and answers the cost now known."""
        prices = np.zeros(len(self.needed))
        best, best_prices, best_flows = -1, self._whole(prices), np.zeros(0, dtype=np.int64)
        for step in range(STEPS):
            whole = self._whole(prices)
            flows, value = self._solve(whole)
            if value > best:
                best, best_prices, best_flows = value, whole, flows
            used = flows[self.face.arcs.first :]
            known = improve(self._on_columns(used))
            lack = (self.needed - self.adds @ used) / self.needed
            lack[(lack < 0) & (prices <= 0)] = 0.0
            norm = float(lack @ lack)
            if norm == 0.0 or best >= known * HUNDREDTHS:
                break
            stride = (1.0 if step < STEPS // 2 else 0.5) * (known * HUNDREDTHS - value) / norm
            prices = np.maximum(0.0, prices + stride * lack)
        spare = known * HUNDREDTHS - best
        return Bound(-(-best // HUNDREDTHS), self._useful(best_prices, best_flows, spare))

    def _whole(self, prices: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> Ints:
        """Price per unit of attribute as an integer, from the price of the whole line."""
        return np.asarray(prices / self.needed, dtype=np.int64)

    def _arc_prices(self, prices: Ints) -> Ints:
        discounted = self.cost - prices @ self.adds
        return np.concatenate([np.zeros(self.face.arcs.first, dtype=np.int64), discounted])

    def _solve(self, prices: Ints) -> tuple[Ints, int]:
        arc_prices = self._arc_prices(prices)
        flows = self.network.run_on(self.face, arc_prices)
        return flows, int(arc_prices @ flows) + int(prices @ self.needed)

    def _on_columns(self, used: Ints) -> Ints:
        whole = np.zeros(len(self.network.model.columns.group), dtype=np.int64)
        whole[self.face.arcs.columns] = used
        return whole

    def _useful(self, prices: Ints, flows: Ints, spare: int) -> Flags:
        face, arcs = self.face, self.face.arcs
        arc_prices = self._arc_prices(prices)
        distance = self.network.distances(arcs, face.capacity, arc_prices, flows - face.forced)
        reduced = (arc_prices + distance[arcs.tail] - distance[arcs.head])[arcs.first :]
        may_vary = (face.capacity[arcs.first :] > 0) & (reduced <= spare)
        keep = np.zeros(len(self.allowed), dtype=bool)
        keep[arcs.columns] = may_vary | (flows[arcs.first :] > 0)
        return keep
