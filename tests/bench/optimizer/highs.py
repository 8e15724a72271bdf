"""A mixed-integer model in HiGHS, row by row: what the bench's monolith and referee are written in.

One thread, no output, the exact optimum (no relative gap). HiGHS does not keep its time limit tightly (its issues 885,
947, 1501, 2226), so callers keep models small and give generously.
"""

import ctypes
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import highspy
import numpy as np

Terms = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Solved:
    """`value` of the objective and the variables; `optimal` = proved so."""

    value: float
    x: np.ndarray
    optimal: bool


@dataclass
class Mip:
    """Variables are numbers 0, 1, 2 …; all are at least 0."""

    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def variable(self, upper: float, *, whole: bool = True) -> int:
        """A further variable between 0 and `upper`."""
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.upper) - 1

    def row(self, terms: Terms, low: float = -highspy.kHighsInf, high: float = highspy.kHighsInf) -> None:
        """low <= sum of terms <= high."""
        self.index += [number for number, _ in terms]
        self.value += [coefficient for _, coefficient in terms]
        self.starts.append(len(self.index))
        self.low.append(low)
        self.high.append(high)

    def solve(self, objective: Terms, limit_s: float, gap: float = 0.0) -> Solved | None:
        """The least value of the objective; None where nothing was found."""
        _print_banner_nowhere()
        solver = highspy.Highs()
        solver.silent()
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("time_limit", limit_s)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.setOptionValue("mip_abs_gap", 0.5 if gap == 0.0 else 1e-6)
        solver.passModel(self._lp(objective))
        solver.run()
        if solver.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        x = np.array(solver.getSolution().col_value)
        optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return Solved(solver.getInfo().objective_function_value, x, optimal)

    def _lp(self, objective: Terms) -> highspy.HighsLp:
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.upper), len(self.low)
        cost = np.zeros(len(self.upper))
        for number, coefficient in objective:
            cost[number] += coefficient
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(len(self.upper)), np.array(self.upper)
        lp.row_lower_, lp.row_upper_ = np.array(self.low), np.array(self.high)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(self.starts)
        lp.a_matrix_.index_, lp.a_matrix_.value_ = np.array(self.index), np.array(self.value)
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[whole] for whole in self.whole]
        return lp


@cache
def _print_banner_nowhere() -> None:
    """The first solver of a process prints its licence whatever its options say; the rows' JSON may go to stdout."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        highspy.Highs()
        ctypes.CDLL(None).fflush(None)
    os.dup2(kept, 1)
    os.close(kept)
