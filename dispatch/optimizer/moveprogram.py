"""The best set of moves, exactly: a small integer program (CP-SAT) after pruning that loses no optimum.

  y_ab in 0..    units that move from a to b
  c_z, d_z       zone z has a first, a second cover
  (give)   sum_b y_ab <= spare_a;   a place with one unit that could also receive: gives + comes <= 1
  (most)   sum y <= most_moves
  (cover)  c_z + d_z <= covers now - those that leave the zone + those that enter it
  maximise sum_z risk_z (first c_z + second d_z) - sum price_ab y_ab

Pruning, each by exchange:
  room      a place never needs more than two units for two covers, so it receives at most 2 - free
  price     a move that costs at least what b could ever add (its zones at their fewest covers) is left out
  distance  a unit beyond the second at its place covers nothing alone, so giving it is free. Once the nearer places
            have as many such units as moves are allowed, a farther donor loses against one of them
"""

from typing import Any, NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from dispatch.optimizer.arrays import Flags, Ints
from dispatch.optimizer.coverage import COVERS, steps, worth
from dispatch.optimizer.linear import Meter, charge, set_limits
from dispatch.optimizer.moves import Chart, merge, none_of


class Found(NamedTuple):
    """A set of moves and a bound that no set exceeds, in risk-millionths."""

    flow: Ints
    bound: int


def best_flow(chart: Chart, hint: Ints, meter: Meter) -> Found | None:
    """The best set of moves within what the meter has left; None where none was found in time."""
    pairs = columns(chart)
    if not pairs.any():
        return Found(none_of(chart), 0)
    if meter.left_s <= 0.0:
        return None
    program = _Program(chart, pairs)
    return program.solve(hint, meter)


def room(chart: Chart) -> Ints:
    """How many units each place could use."""
    return np.maximum(COVERS - chart.free, 0)


def columns(chart: Chart) -> Flags:
    """The moves that an optimum may need, as places x places."""
    most = chart.rules.most_moves
    pairs = chart.may & (chart.spare > 0)[:, None] & (room(chart) > 0)[None, :]
    if most < 1:
        return np.zeros_like(pairs)
    fewest = np.maximum(chart.free @ chart.covers - np.minimum(chart.spare @ chart.covers, most), 0)
    first, second = steps(chart.rules.busy_pct)
    could_add = chart.covers @ (chart.risk * np.select([fewest == 0, fewest == 1], [first, second], 0))
    pairs &= chart.price < could_add[None, :]
    idle = np.minimum(chart.spare, np.maximum(chart.free - COVERS, 0))
    for to in np.flatnonzero(pairs.any(axis=0)).tolist():
        givers = np.flatnonzero(pairs[:, to])
        near = givers[np.argsort(chart.price[givers, to], kind="stable")]
        before = np.cumsum(idle[near]) - idle[near]
        pairs[near[before >= most], to] = False
    return pairs


class _Program:
    """The program over some pairs; zones that no pair changes are constants and left out."""

    def __init__(self, chart: Chart, pairs: Flags) -> None:
        self.chart, self.cp = chart, cp_model.CpModel()
        self.y: dict[tuple[int, int], Any] = {}
        most, rooms = chart.rules.most_moves, room(chart)
        for a, b in np.argwhere(pairs).tolist():
            self.y[a, b] = self.cp.new_int_var(0, min(int(chart.spare[a]), int(rooms[b]), most), f"y{a}_{b}")
        gives = {a: [variable for (origin, _), variable in self.y.items() if origin == a] for a, _ in self.y}
        comes = {b: [variable for (_, to), variable in self.y.items() if to == b] for _, b in self.y}
        for a, variables in gives.items():
            self.cp.add(_sum(variables) <= int(chart.spare[a]))
        for b, variables in comes.items():
            self.cp.add(_sum(variables) <= int(rooms[b]))
        for place in sorted(gives.keys() & comes.keys()):
            self.cp.add(_sum([*gives[place], *comes[place]]) <= 1)
        self.cp.add(_sum(list(self.y.values())) <= most)
        self.kept, self.base = self._zone_rows()
        self.cp.maximize(self._objective())

    def _zone_rows(self) -> tuple[list[tuple[int, int, Any, Any, Ints]], int]:
        """Zones as (risk, covers now, first, second, crossing) and the worth of those no pair can change."""
        chart, most = self.chart, self.chart.rules.most_moves
        ends = np.array(list(self.y), dtype=np.int64)
        crossing = chart.covers[ends[:, 1]] - chart.covers[ends[:, 0]]
        counts = chart.free @ chart.covers
        givers = np.unique(ends[:, 0])
        leave = np.minimum(chart.spare[givers] @ chart.covers[givers], most) * (crossing < 0).any(axis=0)
        still = ~crossing.any(axis=0) | (counts - leave >= COVERS)
        base = worth(counts[still], chart.risk[still], chart.rules.busy_pct)
        rows, risks = merge(np.vstack([counts[~still], crossing[:, ~still]]), chart.risk[~still])
        found, variables = [], list(self.y.values())
        for number, (row, risk) in enumerate(zip(rows.T, risks.tolist(), strict=True)):
            first, second = (self.cp.new_bool_var(f"{name}{number}") for name in "cd")
            now, by = int(row[0]), row[1:]
            moving = np.flatnonzero(by).tolist()
            terms = [first, second, *(variables[at] for at in moving)]
            self.cp.add(_weighted(terms, [1, 1, *(-by[moving]).tolist()]) <= now)
            found.append((risk, now, first, second, by))
        return found, base

    def _objective(self) -> Any:
        first, second = steps(self.chart.rules.busy_pct)
        terms = list(self.y.values())
        prices = [-int(self.chart.price[pair]) for pair in self.y]
        for risk, _, c, d, _ in self.kept:
            terms += [c, d]
            prices += [risk * first, risk * second]
        return _weighted(terms, prices)

    def solve(self, hint: Ints, meter: Meter) -> Found | None:
        moved = np.array([hint[pair] for pair in self.y], dtype=np.int64)
        for variable, units in zip(self.y.values(), moved.tolist(), strict=True):
            self.cp.add_hint(variable, units)
        for _, now, first, second, crossing in self.kept:
            count = now + int(crossing @ moved)
            self.cp.add_hint(first, count >= 1)
            self.cp.add_hint(second, count >= COVERS)
        solver = cp_model.CpSolver()
        set_limits(solver, meter)
        status = solver.solve(self.cp)
        charge(solver, status, meter)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        flow = none_of(self.chart)
        for pair, variable in self.y.items():
            flow[pair] = solver.value(variable)
        now = self.chart.worth(self.chart.free)
        value = self.chart.value(flow)
        bound = int(np.ceil(solver.best_objective_bound - 1e-6)) + self.base - now
        return Found(flow, value if status == cp_model.OPTIMAL else max(value, bound))


def _weighted(variables: list[Any], weights: list[int]) -> Any:
    return cp_model.LinearExpr.weighted_sum(variables, weights)


def _sum(variables: list[Any]) -> Any:
    return cp_model.LinearExpr.sum(variables)
