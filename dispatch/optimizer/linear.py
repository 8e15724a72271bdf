"""A small integer program as arrays, solved to proof: relaxation first, then CP-SAT on what the relaxation leaves open.

  min c x    L <= A x <= U    0 <= x <= u    all integer
  relaxation  GLOP, in floating point: it only suggests prices y
  bound       for ANY integer y:  sum_r (y_r > 0 ? y_r L_r : y_r U_r) + sum_j min(0, d_j) u_j,  d = c - y A
              in exact integers (Lagrangian relaxation, Geoffrion 1974), so rounding y cannot make it wrong; where
              costs are small c and y are counted in FINE parts of one, or rounding would leave no bound at all
  fixing      x_j >= 1 costs at least bound + d_j: beyond the known plan's value x_j is 0; for d_j < 0 likewise u_j
  search      CP-SAT over the variables left, or nothing where the known plan or the rounded relaxation meets the bound

One worker, fixed seed, linearization_level 2 (the default level was up to 45 times slower on such models; 0 where most
variables are switches: there it proved half as many again in less time), no presolve (fixing has done its work; it took
half of the time), limits in deterministic time; the wall clock is only a guard and
its firing is recorded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from ortools.linear_solver.python import model_builder_helper
from ortools.sat.python import cp_model
from scipy.sparse import csr_matrix

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.problem import Budget

FREE = 2**60  # no bound on this side of a row
FINE, COARSE_FROM = 1024, 2**30
ITERATIONS = 10_000  # many times what a city takes; on numbers far apart GLOP may go round for ever


@dataclass
class Meter:
    """What a call has used of its budget."""

    budget: Budget
    deterministic_s: float = 0.0
    guard_fired: bool = False
    failure: str = ""

    @property
    def left_s(self) -> float:
        return max(0.0, self.budget.deterministic_s - self.deterministic_s)

    @contextmanager
    def share(self, most_s: float) -> Iterator["Meter"]:
        """A meter over at most so much of what is left; what it uses is used of this one."""
        part = Meter(replace(self.budget, deterministic_s=min(most_s, self.left_s)))
        yield part
        self.deterministic_s += part.deterministic_s
        self.guard_fired |= part.guard_fired


@dataclass(frozen=True, slots=True)
class Solved:
    """A feasible point with its value and the proven bound (equal = optimal)."""

    x: Ints
    value: int
    bound: int


@dataclass(frozen=True, slots=True)
class Linear:
    """The arrays: a sparse matrix with least and greatest sum of each row (+-FREE = none), upper bounds from zero."""

    matrix: csr_matrix
    low: Ints
    high: Ints
    upper: Ints

    def feasible(self, x: Ints) -> bool:
        """Whether a point keeps every row and bound."""
        sums = self.matrix @ x
        inside = (sums >= self.low).all() and (sums <= self.high).all()
        return bool(inside and (x >= 0).all() and (x <= self.upper).all())

    def bound(self, cost: Ints, prices: Ints) -> tuple[int, Ints]:
        """A lower bound of every feasible point's cost, and by how much one more of each variable raises it.

        All in one unit: a cost in FINE parts has a bound in FINE parts.
        """
        prices = np.where((prices > 0) & (self.low == -FREE), 0, prices)
        prices = np.where((prices < 0) & (self.high == FREE), 0, prices)
        reduced = cost - self.matrix.T @ prices
        rows = np.where(prices > 0, self.low, np.where(prices < 0, self.high, 0)) @ prices
        return int(rows + np.minimum(reduced, 0) @ self.upper), reduced

    def solve(
        self, cost: Ints, meter: Meter, known: Ints | None = None, *, relaxed: bool = True, lean: bool = False
    ) -> Solved | None:
        """Minimise within what the meter has left; `known` = a point to beat. None = nothing found in time.

        Not `relaxed` = search at once, where the relaxation's bound is known to be too far off to fix anything;
        `lean` = search without relaxations of its own, which is quicker where most variables are switches.
        """
        if meter.left_s <= 0.0:
            return None
        best = known if known is not None and self.feasible(known) else None
        fine = FINE if int(np.abs(cost).max(initial=0)) < COARSE_FROM else 1
        point, prices = self._relaxation(cost, fine) if relaxed else (np.zeros_like(cost), np.zeros_like(self.low))
        exact, reduced = self.bound(cost * fine, prices)
        bound = -(-exact // fine)
        if self.feasible(point) and (best is None or cost @ point < cost @ best):
            best = point
        if best is not None and int(cost @ best) <= bound:
            return Solved(best, int(cost @ best), bound)
        room = int(cost @ best) * fine - exact if best is not None else FREE
        found = self._search(cost, meter, (reduced > room, reduced < -room), best, lean=lean)
        bound = bound if found is None else max(bound, found.bound)
        if best is not None and (found is None or cost @ best < found.value):
            return Solved(best, int(cost @ best), bound)
        return found and Solved(found.x, found.value, bound)

    def _relaxation(self, cost: Ints, fine: int) -> tuple[Ints, Ints]:
        """The relaxation's point and row prices, the prices in parts of one; both rounded."""
        model: Any = model_builder_helper.ModelBuilderHelper()
        low = np.where(self.low == -FREE, -np.inf, self.low.astype(float))
        high = np.where(self.high == FREE, np.inf, self.high.astype(float))
        upper, nought = self.upper.astype(float), np.zeros(len(self.upper))
        model.fill_model_from_sparse_data(nought, upper, cost.astype(float), low, high, self.matrix.astype(float))
        solver = model_builder_helper.ModelSolverHelper("glop")
        solver.enable_output(False)
        solver.set_solver_specific_parameters(f"max_number_of_iterations: {ITERATIONS}")
        solver.solve(model)
        if not solver.has_solution():
            return np.zeros_like(self.upper), np.zeros_like(self.low)
        point, prices = solver.variable_values(), np.asarray(solver.dual_values()) * fine
        return np.rint(point).astype(np.int64), np.rint(prices).astype(np.int64)

    def _search(
        self, cost: Ints, meter: Meter, fixed: tuple[Flags, Flags], hint: Ints | None, *, lean: bool
    ) -> Solved | None:
        """CP-SAT over what is not fixed; `fixed` = variables that are nought, variables that are at their bound."""
        none, every = fixed
        left = np.flatnonzero(~none)
        model = self._model(cost, left, every, hint)
        solver = cp_model.CpSolver()
        set_limits(solver, meter)
        solver.parameters.cp_model_presolve = False
        if lean:
            solver.parameters.linearization_level = 0
        status = solver.solve(model)
        charge(solver, status, meter)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        found = np.zeros_like(self.upper)
        found[left] = solver.response_proto.solution
        value = int(cost @ found)
        bound = value if status == cp_model.OPTIMAL else int(np.ceil(solver.best_objective_bound - 1e-6))
        return Solved(found, value, bound)

    def _model(self, cost: Ints, left: Ints, every: Flags, hint: Ints | None) -> Any:
        """The program over the variables left, written field by field: expressions took four times as long."""
        model = cp_model.CpModel()
        proto, part = model.proto, self.matrix[:, left]
        for least, most in zip(np.where(every, self.upper, 0)[left].tolist(), self.upper[left].tolist(), strict=True):
            proto.variables.add().domain.extend((least, most))
        ends, columns, values = part.indptr.tolist(), part.indices.tolist(), part.data.tolist()
        for row, bounds in enumerate(zip(self.low.tolist(), self.high.tolist(), strict=True)):
            linear = proto.constraints.add().linear
            linear.vars.extend(columns[ends[row] : ends[row + 1]])
            linear.coeffs.extend(values[ends[row] : ends[row + 1]])
            linear.domain.extend(bounds)
        proto.objective.vars.extend(range(len(left)))
        proto.objective.coeffs.extend(cost[left].tolist())
        if hint is not None:
            proto.solution_hint.vars.extend(range(len(left)))
            proto.solution_hint.values.extend(hint[left].tolist())
        return model


def set_limits(solver: Any, meter: Meter) -> None:
    """The deterministic settings of every CP-SAT call."""
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    solver.parameters.max_presolve_iterations = 1
    solver.parameters.max_deterministic_time = meter.left_s
    solver.parameters.max_time_in_seconds = meter.budget.wall_guard_s


def charge(solver: Any, status: Any, meter: Meter) -> None:
    """Book what a call used; a stop by the wall clock alone is recorded, because such a plan may not be repeatable."""
    meter.deterministic_s += float(solver.response_proto.deterministic_time)
    stopped = status not in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    if stopped and meter.left_s > 0.0 and solver.wall_time >= meter.budget.wall_guard_s:
        meter.guard_fired = True


def warm_up() -> None:
    """Load the solvers: the first solve of a process costs 100 to 200 ms, which no caller should pay."""
    one = np.ones(1, dtype=np.int64)
    program = Linear(csr_matrix(np.array([[2]])), one, one * FREE, one)
    program.solve(one, Meter(Budget()))
