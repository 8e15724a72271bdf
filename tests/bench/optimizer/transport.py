"""O7: the same transport LP by our flow, by the simplex of HiGHS and by PDLP of OR-Tools: equal to the unit or not.

Earthquakes with the nearest sites of every incident and class as columns. HiGHS gets the exact lexicographic price of
a missing unit. PDLP is a first-order method with relative tolerances, and cannot tell one unit in the 10^11 of that
price; it gets the same program with a missing unit priced as the whole horizon. All CPU times start from the same
arrays and include building.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from ortools.pdlp import solve_log_pb2, solvers_pb2
from ortools.pdlp.python import pdlp
from scipy.sparse import csc_matrix

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.national import Demand
from dispatch.optimizer.national.flow import solve
from dispatch.optimizer.national.near import Near, near
from dispatch.optimizer.national.problem import missing_price
from tests.bench.optimizer.nation import nation
from tests.rows import Options, Row

STATIONS, INCIDENTS, NEAREST = 5_000, 150, 60
PDLP_TOLERANCE = 1e-10


@dataclass(frozen=True)
class Program:
    """minimise price x, matrix x within [least, most], x >= 0: columns, then links from line to pair, then unmet."""

    price: Any
    matrix: csc_matrix
    least: Any
    most: Any


@dataclass(frozen=True)
class Run:
    """An objective and the CPU seconds it took; `value` is not a number where the solver did not claim an optimum."""

    value: float
    cpu_s: float


def measure(options: Options) -> Sequence[Row]:
    """One row: the share of instances on which all agree."""
    instances = options.count(6)
    equal, over_simplex, over_pdlp = 0, list[float](), list[float]()
    for seed in range(options.seed, options.seed + instances):
        demand, rows, columns = instance(seed)
        mild = demand.weight * demand.priority[demand.incident] * demand.horizon_s
        exact = missing_price(demand)
        ours, simplex = (clocked(by, demand, rows, columns, exact) for by in (by_flow, by_simplex))
        ours_mild, first_order = (clocked(by, demand, rows, columns, mild) for by in (by_flow, by_pdlp))
        equal += simplex.value == ours.value and abs(first_order.value - ours_mild.value) < 0.5
        over_simplex.append(simplex.cpu_s / ours.cpu_s)
        over_pdlp.append(first_order.cpu_s / ours_mild.cpu_s)
    what = (
        f"share of {instances} earthquakes ({STATIONS:,} stations, {INCIDENTS} incidents) on which flow and simplex, "
        f"flow and PDLP agree to the unit; CPU over ours, median: simplex {statistics.median(over_simplex):.1f}x "
        f"(aim 20x), PDLP {statistics.median(over_pdlp):.0f}x (aim 150x)"
    )
    return [Row("O7", what, equal / instances, "share", must=1.0, sense=">=", seed=options.seed)]


def instance(seed: int) -> tuple[Demand, Near, Ints]:
    """Demand, rows and the columns of one earthquake."""
    fleet, demand = nation("quake", seed, STATIONS, INCIDENTS)
    rows = near(fleet, demand)
    return demand, rows, np.flatnonzero(np.arange(len(rows.pair)) - rows.start[rows.pair] < NEAREST)


Solver = Callable[[Demand, Near, Ints, Ints], float]


def clocked(solver: Solver, demand: Demand, rows: Near, columns: Ints, missing: Ints) -> Run:
    """The objective and the CPU time of one solver, building included."""
    began = time.process_time()
    value = solver(demand, rows, columns, missing)
    return Run(value, time.process_time() - began)


def by_flow(demand: Demand, rows: Near, columns: Ints, missing: Ints) -> float:
    """Ours."""
    flow = solve(demand, rows, columns, missing)
    return int(rows.price[columns] @ flow.used) + int(missing @ flow.unmet)


def by_simplex(demand: Demand, rows: Near, columns: Ints, missing: Ints) -> float:
    """HiGHS, simplex, one thread, presolve as it comes."""
    program = built(demand, rows, columns, missing)
    linear = highspy.HighsLp()
    linear.num_row_, linear.num_col_ = program.matrix.shape
    linear.col_cost_, linear.col_lower_ = program.price, np.zeros(len(program.price))
    linear.col_upper_ = np.full(len(program.price), np.inf)
    linear.row_lower_, linear.row_upper_ = program.least, program.most
    linear.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    linear.a_matrix_.start_, linear.a_matrix_.index_ = program.matrix.indptr, program.matrix.indices
    linear.a_matrix_.value_ = program.matrix.data
    highs = highspy.Highs()
    highs.silent()
    for option, value in (("threads", 1), ("solver", "simplex")):
        highs.setOptionValue(option, value)
    highs.passModel(linear)
    highs.run()
    optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getInfo().objective_function_value) if optimal else float("nan")


def by_pdlp(demand: Demand, rows: Near, columns: Ints, missing: Ints) -> float:
    """PDLP of OR-Tools, one thread."""
    program = built(demand, rows, columns, missing)
    linear = pdlp.QuadraticProgram()
    linear.resize_and_initialize(len(program.price), len(program.least))
    linear.objective_vector, linear.constraint_matrix = program.price, program.matrix
    linear.constraint_lower_bounds, linear.constraint_upper_bounds = program.least, program.most
    linear.variable_lower_bounds = np.zeros(len(program.price))
    linear.variable_upper_bounds = np.full(len(program.price), np.inf)
    parameters = solvers_pb2.PrimalDualHybridGradientParams(num_threads=1)
    criteria = parameters.termination_criteria.simple_optimality_criteria
    criteria.eps_optimal_relative = criteria.eps_optimal_absolute = PDLP_TOLERANCE
    found = pdlp.primal_dual_hybrid_gradient(linear, parameters)
    optimal = found.solve_log.termination_reason == solve_log_pb2.TERMINATION_REASON_OPTIMAL
    return float(program.price @ found.primal_solution) if optimal else float("nan")


def built(demand: Demand, rows: Near, columns: Ints, missing: Ints) -> Program:
    """The program: units of groups, balance of pairs, quantities of lines."""
    group, group_at = np.unique(rows.group[columns], return_inverse=True)
    pair, pair_at = np.unique(np.concatenate([rows.pair[columns], rows.link_pair]), return_inverse=True)
    many, links, lines = len(columns), len(rows.link_line), len(demand.quantity)
    in_pair, of_line = len(group), len(group) + len(pair)
    at = np.arange(many + links + lines)
    entries = [
        (group_at, at[:many], 1.0),
        (in_pair + pair_at[:many], at[:many], 1.0),
        (in_pair + pair_at[many:], at[many : many + links], -1.0),
        (of_line + rows.link_line, at[many : many + links], 1.0),
        (of_line + np.arange(lines), at[many + links :], 1.0),
    ]
    row, column = (np.concatenate([entry[part] for entry in entries]) for part in (0, 1))
    value = np.concatenate([np.full(len(entry[0]), entry[2]) for entry in entries])
    price = np.concatenate([rows.price[columns], np.zeros(links), missing]).astype(np.float64)
    balance = np.zeros(len(pair))
    return Program(
        price,
        csc_matrix((value, (row, column)), shape=(of_line + lines, len(at))),
        np.concatenate([np.full(len(group), -np.inf), balance, demand.quantity]),
        np.concatenate([rows.free[group], balance, demand.quantity]),
    )
