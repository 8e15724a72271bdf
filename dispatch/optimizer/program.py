"""The integer program over columns that the stages share, with room for further rows; linear.py solves it.

  x_c in 0..min(N_g, q_r)   units of group g in line r, or extra for sum lines
  u_r, v_s >= 0             what count line r and sum line s lack
  (cap)   sum_{c of g} x_c <= N_g                      one role per unit
  (count) sum_{c of r} x_c + u_r  = q_r                equality: nobody is sent for nothing
  (sum)   sum_{c of i} a_g x_c + v_s >= Q_s - committed
  (row)   sum_k a_k x_k + step z >= b, z priced        any further row: station areas, first arrivals, guards of keep.py

Time is never a variable here but a cap (left-out columns), except in the window program of S1, where T_i may take
only the few arrival times between a proven floor and a known plan: switches "T_i >= tau", each at most the one before,
and of each clause of completion.py one is on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.groups import Model
from dispatch.optimizer.linear import FREE, Linear, Meter
from dispatch.optimizer.score import PER_UNIT, per_missing

SOLVER = f"ortools {version('ortools')}; optimizer 4"
FAILURES = (RuntimeError, ValueError, OverflowError, MemoryError)
LEVELS = ("hard", "soft", "degraded", "late")


@dataclass(frozen=True, slots=True)
class Row:
    """sum coefficients x[columns] + step z >= at_least, with z at most `slack` and each z at `price`."""

    columns: Ints
    coefficients: Ints
    at_least: int
    price: int
    slack: int
    step: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """Units per column, the objective's value and proven bound (equal = optimal)."""

    used: Ints
    value: int
    bound: int

    @property
    def proved(self) -> bool:
        return self.value == self.bound


class Switch(NamedTuple):
    """The variable "T_incident >= tau_s" and the columns that turn it on."""

    variable: int
    incident: int
    tau_s: int
    columns: Ints


class Program:
    """A program under construction over the columns of `mask`. Variables: columns, then what each row adds."""

    def __init__(self, model: Model, mask: Flags, rows: tuple[Row, ...] = ()) -> None:
        self.model, columns = model, model.columns
        self.at = np.flatnonzero(mask)
        self.number = np.full(len(mask), -1, dtype=np.int64)
        self.number[self.at] = np.arange(len(self.at))
        self.group, self.slot, self.incident = columns.group[self.at], columns.slot[self.at], columns.incident[self.at]
        demand: Ints = np.array([*(slot.line.quantity for slot in model.slots), FREE], dtype=np.int64)
        self.upper: list[int] = np.minimum(model.sizes[self.group], demand[self.slot]).tolist()
        self.entries: list[tuple[Ints, Ints]] = []
        self.low, self.high = list[int](), list[int]()
        self.fill: list[tuple[int, int, int]] = []  # of each variable beyond the columns: itself, its row, its step
        self.levels: dict[str, list[tuple[int, int]]] = {name: [] for name in LEVELS}
        self.row_prices: list[tuple[int, int]] = []
        self._add_capacities()
        self._add_lines()
        self._add_totals()
        self._flag_levels()
        for row in rows:
            self._add_row(row)

    def _constrain(self, variables: Ints, coefficients: Ints, low: int, high: int) -> int:
        self.entries.append((variables, coefficients))
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def _variable(self, most: int, row: int = -1, step: int = 1) -> int:
        """One more variable; with a row, it makes good what the row lacks, `step` at a time."""
        self.upper.append(most)
        number = len(self.upper) - 1
        if row >= 0:
            variables, coefficients = self.entries[row]
            self.entries[row] = (np.append(variables, number), np.append(coefficients, step))
            self.fill.append((number, row, step))
        return number

    def _add_capacities(self) -> None:
        for group in np.unique(self.group).tolist():
            mine = np.flatnonzero(self.group == group)
            if len(mine) > 1:
                self._constrain(mine, np.ones_like(mine), -FREE, int(self.model.sizes[group]))

    def _add_lines(self) -> None:
        for number, slot in enumerate(self.model.slots):
            mine, need = np.flatnonzero(self.slot == number), slot.line.quantity
            short = self._variable(need, self._constrain(mine, np.ones_like(mine), need, need))
            price = PER_UNIT * self.model.priority[slot.incident] * slot.line.weight
            self.levels["hard" if slot.line.hard else "soft"].append((short, price))

    def _add_totals(self) -> None:
        for row in self.model.sums:
            adds: Ints = np.array(row.amounts, dtype=np.int64)[self.group] * (self.incident == row.incident)
            mine = np.flatnonzero(adds)
            short = self._variable(row.needed, self._constrain(mine, adds[mine], row.needed, FREE))
            price = per_missing(row.line) * self.model.priority[row.incident] * row.line.weight
            self.levels["hard" if row.line.hard else "soft"].append((short, price))

    def _flag_levels(self) -> None:
        columns = self.model.columns
        self.levels["degraded"] = [(at, 1) for at in np.flatnonzero(~columns.exact[self.at]).tolist()]
        for at in np.flatnonzero(columns.late[self.at]).tolist():
            weight = self.model.slots[int(self.slot[at])].line.weight
            self.levels["late"].append((at, self.model.priority[int(self.incident[at])] * weight))

    def _add_row(self, row: Row) -> None:
        here = self.number[row.columns] >= 0
        number = self._constrain(self.number[row.columns[here]], row.coefficients[here], row.at_least, FREE)
        if row.slack:
            self.row_prices.append((self._variable(row.slack, number, row.step), row.price))

    def limit(self, levels: tuple[int, ...]) -> None:
        """Allow no more than these values of the first levels (hard, soft, degraded, late)."""
        for name, most in zip(LEVELS, levels, strict=False):
            if terms := self.levels[name]:
                variables, prices = np.array(terms, dtype=np.int64).T
                self._constrain(variables, prices, -FREE, most)

    def _objective(self, *parts: list[tuple[int, int]], scale: int = 1) -> Ints:
        cost = np.zeros(len(self.upper), dtype=np.int64)
        for variable, price in (term for part in parts for term in part):
            cost[variable] += price * scale
        return cost

    def least(self, level: str, meter: Meter, known: Ints) -> Answer | None:
        """Minimise one level."""
        return self._solve(self._objective(self.levels[level]), meter, known)

    def earliest_completion(
        self, floor: tuple[int, ...], clauses: Ints, meter: Meter, known: Ints, *, relaxed: bool
    ) -> Answer | None:
        """Minimise sum p_i (T_i - floor_i) and the priced rows, where of each clause some incident waits as long."""
        time, terms = self.model.columns.time[self.at], list[tuple[int, int]]()
        switches: list[Switch] = []
        for incident in np.unique(self.incident).tolist():
            mine = self.incident == incident
            before, last = -1, floor[incident]
            for tau in np.unique(time[mine & (time > floor[incident])]).tolist():
                reached = self._variable(1)
                at = np.flatnonzero(mine & (time == tau))
                for column in at.tolist():
                    self._constrain(np.array([column, reached]), np.array([1, -self.upper[column]]), -FREE, 0)
                if before >= 0:
                    self._constrain(np.array([before, reached]), np.array([1, -1]), 0, FREE)
                switches.append(Switch(reached, incident, tau, np.flatnonzero(mine & (time >= tau))))
                terms.append((reached, self.model.priority[incident] * (tau - last)))
                before, last = reached, tau
        for clause in clauses.tolist():
            self._add_clause(clause, switches)
        return self._solve(self._objective(terms, self.row_prices), meter, known, switches, relaxed=relaxed)

    def _add_clause(self, clause: list[int], switches: list[Switch]) -> None:
        first: dict[int, int] = {}
        for switch in switches:
            if switch.tau_s >= clause[switch.incident]:
                first.setdefault(switch.incident, switch.variable)
        some = np.array(list(first.values()), dtype=np.int64)
        self._constrain(some, np.ones_like(some), 1, FREE)

    def earliest_mean(self, ranks: Ints, meter: Meter, known: Ints) -> Answer | None:
        """Minimise the last level with the priced rows; tie ranks stay below one unit of it (lower id first)."""
        scale = 1 + int(ranks.max(initial=0)) * sum(slot.line.quantity for slot in self.model.slots)
        cost = self._objective(self.row_prices, scale=scale)
        cost[: len(self.at)] += self.model.columns.cost[self.at] * scale + ranks[self.at]
        return self._solve(cost, meter, known)

    def _solve(
        self, cost: Ints, meter: Meter, known: Ints, switches: Sequence[Switch] = (), *, relaxed: bool = True
    ) -> Answer | None:
        linear = self._linear()
        solved = linear.solve(cost, meter, self._filled(linear, known, switches), relaxed=relaxed, lean=bool(switches))
        if solved is None:
            return None
        used = np.zeros(len(self.number), dtype=np.int64)
        used[self.at] = solved.x[: len(self.at)]
        return Answer(used, solved.value, solved.bound)

    def _linear(self) -> Linear:
        lengths = [len(variables) for variables, _ in self.entries]
        columns = np.concatenate([variables for variables, _ in self.entries])
        values = np.concatenate([coefficients for _, coefficients in self.entries])
        shape = (len(self.entries), len(self.upper))
        matrix = csr_matrix((values, columns, np.concatenate([[0], np.cumsum(lengths)])), shape=shape)
        bounds = (np.array(each, dtype=np.int64) for each in (self.low, self.high, self.upper))
        return Linear(matrix, *bounds)

    def _filled(self, linear: Linear, known: Ints, switches: Sequence[Switch]) -> Ints:
        """A point from units per column: what rows lack is made good, switches are as late as their columns."""
        x = np.zeros(len(self.upper), dtype=np.int64)
        x[: len(self.at)] = known[self.at]
        sums = linear.matrix @ x
        for number, row, step in self.fill:
            x[number] = max(0, -(-(self.low[row] - int(sums[row])) // step))
        for switch in switches:
            x[switch.variable] = int(x[switch.columns].any())
        return x
