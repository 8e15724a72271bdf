"""The small integer program over columns that the later stages share (CP-SAT), with room for further rows and terms.

  x_c in 0..min(N_g, q_r)   units of group g in line r, or extra for sum lines
  u_r, v_s >= 0             what count line r and sum line s lack
  (cap)   sum_{c of g} x_c <= N_g                      one role per unit
  (count) sum_{c of r} x_c + u_r  = q_r                equality: nobody is sent for nothing
  (sum)   sum_{c of i} a_g x_c + v_s >= Q_s - committed
  (row)   sum_k a_k x_k + z >= b, z priced             any further row: station areas now, coverage or floors likewise

Time is never a variable here but a cap (left-out columns), except in the window program of S1, where T_i may take
only the few arrival times between a proven floor and a known plan: ordered booleans "T_i >= tau".
One worker, fixed seed, linearization_level 2 (the default level was up to 45 times slower on such models), one short
round of presolve (groups leave no symmetry to find; probing cost a third of the time), limits in
deterministic time; the wall clock is only a guard and its firing is recorded.
"""

from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from dispatch.optimizer.groups import Flags, Ints, Model
from dispatch.optimizer.problem import Budget
from dispatch.optimizer.score import PER_UNIT, per_missing

SOLVER = f"ortools {version('ortools')}; optimizer 1"
FAILURES = (RuntimeError, ValueError, OverflowError, MemoryError)
LEVELS = ("hard", "soft", "degraded", "late")


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


@dataclass(frozen=True, slots=True)
class Row:
    """sum coefficients x[columns] >= at_least, short by at most `slack`, each missing unit at `price`."""

    columns: Ints
    coefficients: Ints
    at_least: int
    price: int
    slack: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Units per column, the objective's value and proven bound (equal = optimal)."""

    used: Ints
    value: int
    bound: int

    @property
    def proved(self) -> bool:
        return self.value == self.bound


@dataclass
class Program:
    """A program under construction over the columns of `mask`; the parts of the objective are linear expressions."""

    model: Model
    mask: Flags
    rows: tuple[Row, ...] = ()
    cp: Any = field(default_factory=cp_model.CpModel)
    x: dict[int, Any] = field(default_factory=dict)
    levels: dict[str, Any] = field(default_factory=dict)
    row_price: Any = 0

    def __post_init__(self) -> None:
        columns, sizes = self.model.columns, [len(group.unit_ids) for group in self.model.groups]
        for at in np.flatnonzero(self.mask).tolist():
            slot, size = int(columns.slot[at]), sizes[int(columns.group[at])]
            most = min(size, self.model.slots[slot].line.quantity) if slot >= 0 else size
            self.x[at] = self.cp.new_int_var(0, most, f"x{at}")
        for group, members in self._by(columns.group).items():
            if len(members) > 1:
                self.cp.add(self._sum(members) <= sizes[group])
        missing = [*self._count_rows(), *self._sum_rows()]
        for hard, name in ((True, "hard"), (False, "soft")):
            priced = [(variable, price) for variable, price, is_hard in missing if is_hard == hard]
            self.levels[name] = self._weighted(priced)
        self._flag_levels()
        self.row_price = self._weighted([self._add_row(row) for row in self.rows])

    def _by(self, key: Ints) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for at in self.x:
            found.setdefault(int(key[at]), []).append(at)
        return found

    def _sum(self, columns: list[int]) -> Any:
        return cp_model.LinearExpr.sum([self.x[at] for at in columns])

    def _weighted(self, terms: list[tuple[Any, int]]) -> Any:
        return cp_model.LinearExpr.weighted_sum([term[0] for term in terms], [int(term[1]) for term in terms])

    def _count_rows(self) -> list[tuple[Any, int, bool]]:
        by_slot, missing = self._by(self.model.columns.slot), []
        for number, slot in enumerate(self.model.slots):
            short = self.cp.new_int_var(0, slot.line.quantity, f"u{number}")
            self.cp.add(self._sum(by_slot.get(number, [])) + short == slot.line.quantity)
            price = PER_UNIT * self.model.priority[slot.incident] * slot.line.weight
            missing.append((short, price, slot.line.hard))
        return missing

    def _sum_rows(self) -> list[tuple[Any, int, bool]]:
        by_incident, group, missing = self._by(self.model.columns.incident), self.model.columns.group, []
        for number, row in enumerate(self.model.sums):
            adding = [(at, row.amounts[group[at]]) for at in by_incident.get(row.incident, [])]
            terms = [(self.x[at], amount) for at, amount in adding if amount > 0]
            short = self.cp.new_int_var(0, row.needed, f"v{number}")
            self.cp.add(self._weighted(terms) + short >= row.needed)
            price = per_missing(row.line) * self.model.priority[row.incident] * row.line.weight
            missing.append((short, price, row.line.hard))
        return missing

    def _flag_levels(self) -> None:
        columns, late = self.model.columns, []
        for at in self.x:
            if columns.late[at]:
                weight = self.model.slots[columns.slot[at]].line.weight
                late.append((self.x[at], self.model.priority[columns.incident[at]] * weight))
        self.levels["degraded"] = self._sum([at for at in self.x if not self.model.columns.exact[at]])
        self.levels["late"] = self._weighted(late)

    def _add_row(self, row: Row) -> tuple[Any, int]:
        terms = [
            (self.x[at], a)
            for at, a in zip(row.columns.tolist(), row.coefficients.tolist(), strict=True)
            if at in self.x
        ]
        slack = self.cp.new_int_var(0, row.slack, "z")
        self.cp.add(self._weighted(terms) + slack >= row.at_least)
        return slack, row.price

    def limit(self, levels: tuple[int, ...]) -> None:
        """Allow no more than these values of the first levels (hard, soft, degraded, late)."""
        for name, most in zip(LEVELS, levels, strict=False):
            self.cp.add(self.levels[name] <= most)

    def completion_terms(self, floor: tuple[int, ...]) -> Any:
        """sum p_i (T_i - floor_i) over booleans "T_i >= tau" for each arrival time beyond the floor."""
        terms: list[tuple[Any, int]] = []
        for incident, members in sorted(self._by(self.model.columns.incident).items()):
            by_time: dict[int, list[int]] = {}
            for at in members:
                if self.model.columns.time[at] > floor[incident]:
                    by_time.setdefault(int(self.model.columns.time[at]), []).append(at)
            before, last = None, floor[incident]
            for time in sorted(by_time):
                reached = self.cp.new_bool_var(f"t{incident}_{time}")
                for at in by_time[time]:
                    self.cp.add(self.x[at] == 0).only_enforce_if(~reached)
                if before is not None:
                    self.cp.add_implication(reached, before)
                terms.append((reached, self.model.priority[incident] * (time - last)))
                before, last = reached, time
        return self._weighted(terms)

    def arrival_terms(self, ranks: Ints) -> Any:
        """The mean-arrival level, with tie ranks below one unit of it (lower id first)."""
        scale = 1 + int(ranks.max(initial=0)) * sum(slot.line.quantity for slot in self.model.slots)
        costs = self.model.columns.cost
        return self._weighted([(self.x[at], int(costs[at]) * scale + int(ranks[at])) for at in self.x])

    def solve(self, objective: Any, meter: Meter, hint: Ints | None = None) -> Answer | None:
        """Minimise within what the meter has left; None where nothing was found in time or nothing exists."""
        if meter.left_s <= 0.0:
            return None
        self.cp.minimize(objective)
        self.cp.clear_hints()
        if hint is not None:
            for at, variable in self.x.items():
                self.cp.add_hint(variable, int(hint[at]))
        solver = cp_model.CpSolver()
        set_limits(solver, meter)
        status = solver.solve(self.cp)
        charge(solver, status, meter)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        used = np.zeros(len(self.mask), dtype=np.int64)
        for at, variable in self.x.items():
            used[at] = solver.value(variable)
        value = round(solver.objective_value)
        bound = value if status == cp_model.OPTIMAL else int(np.ceil(solver.best_objective_bound - 1e-6))
        return Answer(used, value, bound)


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
    """Load the solver: the first solve of a process costs 100 to 200 ms, which no caller should pay."""
    cp = cp_model.CpModel()
    switch = cp.new_bool_var("b")
    cp.maximize(switch)
    solver = cp_model.CpSolver()
    set_limits(solver, Meter(Budget()))
    solver.solve(cp)
