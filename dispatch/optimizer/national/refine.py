"""Answers while they get better: greedy, then flows over growing lists, the last one proved over all units.

Column generation (Gilmore and Gomory 1961; Luebbecke and Desrosiers 2005). The first flow sees the nearest rows of
every pair and all rows that greedy used, so it is never worse than greedy in either order; every later flow sees all
rows of the one before, so values never rise. Each round adds rows until the bound meets the value.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.national.flow import solve, to_lines
from dispatch.optimizer.national.greedy import greedy
from dispatch.optimizer.national.near import Near, near
from dispatch.optimizer.national.pricing import offer, prices
from dispatch.optimizer.national.problem import (
    Certificate,
    Demand,
    Fleet,
    NationalPlan,
    Taken,
    factor,
    missing_price,
    refuse_contradictions,
)
from dispatch.optimizer.national.sums import top_up

NEAREST = 8


def answers(fleet: Fleet, demand: Demand) -> Iterator[NationalPlan]:
    """Plans, each of lesser value than the one before or else proved; the last is proved.

    The first is the better of two greedy plans. Nothing is computed before it is asked for, so a caller may stop at any
    answer. Raises ValueError where the arrays contradict each other.
    """
    refuse_contradictions(fleet, demand)
    rows = near(fleet, demand)
    first = greedy_plans(demand, rows)
    best = min(first, key=lambda plan: plan.value)
    yield replace(best, sums=top_up(fleet, demand, rows, best.taken, final=False))
    for plan in _flows(demand, rows, first):
        if plan.value < best.value or plan.proved:
            yield replace(plan, sums=top_up(fleet, demand, rows, plan.taken, final=plan.proved))
        best = min(best, plan, key=lambda each: each.value)


def optimum(fleet: Fleet, demand: Demand) -> NationalPlan:
    """The proved plan."""
    *_, last = answers(fleet, demand)
    return last


def greedy_plans(demand: Demand, rows: Near) -> tuple[NationalPlan, NationalPlan]:
    """Nearest qualified, line by line, in the order of report and in the order of priority; full lists, no sums."""
    report = np.arange(len(demand.quantity))
    urgent = np.argsort(-demand.priority[demand.incident], kind="stable")
    return (
        _plan(demand, rows, "greedy by report", greedy(demand, rows, report)),
        _plan(demand, rows, "greedy by priority", greedy(demand, rows, urgent)),
    )


def _flows(demand: Demand, rows: Near, seeds: tuple[NationalPlan, ...]) -> Iterator[NationalPlan]:
    missing, certificate = missing_price(demand), None
    listed = np.arange(len(rows.pair)) - rows.start[rows.pair] < NEAREST
    for seed in seeds:
        listed[_rows_of(demand, rows, seed.taken)] = True
    for rounds in count(1):
        columns = np.flatnonzero(listed)
        flow = solve(demand, rows, columns, missing)
        found = offer(demand, rows, columns, prices(rows, flow, missing))
        certificate = _better(certificate, found.certificate)
        plan = _plan(demand, rows, "flow", to_lines(rows, flow))
        proved = plan.value == certificate.bound
        yield replace(plan, rounds=rounds, columns=len(columns), certificate=certificate, proved=proved)
        if proved:
            return
        if not len(found.rows):
            raise RuntimeError("no row is left out and yet the bound does not meet the value")
        listed[found.rows] = True


def _better(old: Certificate | None, new: Certificate) -> Certificate:
    return new if old is None or new.bound > old.bound else old


def _rows_of(demand: Demand, rows: Near, taken: Taken) -> Ints:
    """The rows that a plan uses, found again by pair and site."""
    pair = taken.klass * len(demand.priority) + demand.incident[taken.line]
    wanted = pair * rows.sites + taken.site
    return np.flatnonzero(np.isin(rows.pair * rows.sites + rows.site, wanted))


def _plan(demand: Demand, rows: Near, stage: str, filled: tuple[Ints, Ints, Ints]) -> NationalPlan:
    line, row, units = filled
    klass = rows.pair[row] // len(demand.priority)
    order = np.lexsort((klass, rows.site[row], line))
    taken = Taken(line[order], rows.site[row][order], klass[order], units[order])
    unmet = demand.quantity - np.bincount(line, units, len(demand.quantity)).astype(np.int64)
    weighted = int(unmet @ (demand.weight * demand.priority[demand.incident]))
    arrival = int(rows.price[row] @ units)
    value = factor(demand) * weighted + arrival
    return NationalPlan(stage, taken, unmet, weighted, arrival, value, 0, 0, False, None)
