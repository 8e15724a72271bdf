"""What is asked at the scale of a country: arrays over incidents, lines, sites and classes, and the plan given back.

  minimise  F sum_l p_l w_l unmet_l  +  sum_x p_i (travel_is + turnout_k) x_lsk    F = 1 + the most the second can be
  sum_l x_lsk <= available_sk        sum_sk x_lsk + unmet_l = quantity_l        x only where eligible and in time

A class is a kind of unit with equal capabilities and turnout; a site holds a number of each. A station whose classes
drive at different speeds enters as one site per speed. Integers throughout: F is exact, no rounding anywhere.
"""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dispatch.optimizer.arrays import Flags, Ints

AnyInts: TypeAlias = NDArray[Any]
MOST = 2**61
INT64: np.dtype[Any] = np.dtype(np.int64)
BITS = 21  # a site and a time take so many bits of a sorting key, an incident the rest


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """What could go. Shapes: travel_s incidents x sites (-1 = unreachable), available sites x classes,

    turnout_s classes, adds classes x attributes (what one unit adds to a sum line, e.g. l/s of pump flow, people).
    Numbers are int64 here and in the demand; only travel_s may be any integer kind.
    """

    travel_s: AnyInts
    available: AnyInts
    turnout_s: AnyInts
    adds: AnyInts


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sum lines: `total` of an attribute at an incident, at most one line for each pair; `weight` of one missing."""

    incident: AnyInts = field(default_factory=_none)
    attribute: AnyInts = field(default_factory=_none)
    total: AnyInts = field(default_factory=_none)
    weight: AnyInts = field(default_factory=_none)


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """What is needed. `priority` per incident; `incident`, `quantity`, `weight`, `eligible` (x classes) per count line.

    Lines stand in the order of report, which is the order in which first-come greedy serves them. Only units that
    arrive within `horizon_s` count.
    """

    horizon_s: int
    priority: AnyInts
    incident: AnyInts
    quantity: AnyInts
    weight: AnyInts
    eligible: Flags
    sums: Sums = field(default_factory=Sums)


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """Rows of a plan, parallel arrays: so many units of a class of a site go to a line (or to a sum line)."""

    line: Ints
    site: Ints
    klass: Ints
    count: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """Prices that prove a bound to whoever adds them up: no plan whatever costs less than `bound`.

    `line` = price of one more unit at each line, `scarcity` = price of one unit of each class at each site. They are
    feasible where line[l] <= missing price, scarcity >= 0 and line[l] <= seconds' price + scarcity for every column;
    then sum quantity x line - sum available x scarcity bounds every plan from below (weak duality).
    """

    line: Ints
    scarcity: Ints
    bound: int


@dataclass(frozen=True, slots=True, eq=False)
class SumReport:
    """Sum lines, apart from the count proof: reached per line, and what cannot be avoided.

    `weighted_missing` = sum weight x priority x missing of this plan. Lower bounds on it: `missing_at_least` over all
    plans, `missing_at_least_here` over all top-ups that leave this plan's count lines as they are (0 until proved).
    """

    extras: Taken
    reached: Ints
    weighted_missing: int
    missing_at_least: int
    missing_at_least_here: int


@dataclass(frozen=True, slots=True, eq=False)
class NationalPlan:
    """One answer. `value` = F x weighted_unmet + arrival; `proved` = no plan over all units has a lesser value.

    `stage` says what made it: greedy in order of report or of priority, or flow. `rounds` of flow so far; `columns`
    in the last one; `certificate` of the best bound known, None before the first flow.
    """

    stage: str
    taken: Taken
    unmet: Ints
    weighted_unmet: int
    arrival: int
    value: int
    rounds: int
    columns: int
    proved: bool
    certificate: Certificate | None
    sums: SumReport | None = None  # None only before the top-up

    @property
    def missing_units(self) -> int:
        """Units missing over all count lines."""
        return int(self.unmet.sum())


def factor(demand: Demand) -> int:
    """F: one more than any sum of arrival prices can be, so that it never outweighs one unit of unmet need."""
    return 1 + int((demand.quantity * demand.priority[demand.incident]).sum()) * demand.horizon_s


def missing_price(demand: Demand) -> Ints:
    """Price of one missing unit per line."""
    return np.asarray(demand.weight * demand.priority[demand.incident] * factor(demand), dtype=np.int64)


def refuse_contradictions(fleet: Fleet, demand: Demand) -> None:
    """Raises ValueError where shapes disagree, a number is out of range or prices could overflow."""
    incidents, sites = fleet.travel_s.shape
    classes, attributes = fleet.adds.shape
    lines, sums = demand.quantity.shape, demand.sums
    asked = sums.total.shape
    _refuse("travel_s", fleet.travel_s, (incidents, sites), -(2**31), MOST, fleet.travel_s.dtype)
    _refuse("available", fleet.available, (sites, classes), 0, MOST)
    _refuse("turnout_s", fleet.turnout_s, (classes,), 0, MOST)
    _refuse("adds", fleet.adds, (classes, attributes), 0, MOST)
    _refuse("priority", demand.priority, (incidents,), 1, MOST)
    _refuse("incident", demand.incident, lines, 0, incidents - 1)
    _refuse("quantity", demand.quantity, lines, 0, MOST)
    _refuse("weight", demand.weight, lines, 1, MOST)
    _refuse("eligible", demand.eligible, (*lines, classes), 0, 1, np.dtype(bool))
    _refuse("sums.incident", sums.incident, asked, 0, incidents - 1)
    _refuse("sums.attribute", sums.attribute, asked, 0, attributes - 1)
    _refuse("sums.total", sums.total, asked, 0, MOST)
    _refuse("sums.weight", sums.weight, asked, 1, MOST)
    if len(np.unique(sums.incident * attributes + sums.attribute)) != len(sums.total):
        raise ValueError("two sum lines ask for the same attribute at one incident")
    if max(demand.horizon_s, sites) >= 2**BITS or incidents >= 2 ** (62 - 2 * BITS):
        raise ValueError(f"horizon_s and sites must stay below {2**BITS}")
    heaviest = int((demand.priority[demand.incident] * demand.weight).max(initial=0))
    nodes = 2 + len(demand.quantity) + classes * (sites + incidents)
    if factor(demand) * heaviest * max(nodes, int(demand.quantity.sum())) >= MOST:
        raise ValueError("prices would overflow 64 bits")
    heaviest = int((demand.priority[sums.incident] * sums.weight).max(initial=0))
    if (1 + int(sums.total.sum()) * demand.horizon_s) * heaviest * (2 + incidents + sites) >= MOST:
        raise ValueError("prices of sum lines would overflow 64 bits")


def _refuse(
    name: str, values: AnyInts, shape: tuple[int, ...], least: int, most: int, kind: np.dtype[Any] = INT64
) -> None:
    if values.shape != shape or values.dtype != kind or kind.kind not in "iub":
        raise ValueError(f"{name} is {values.dtype} of shape {values.shape}, not {kind} of shape {shape}")
    if values.size and not least <= int(values.min()) <= int(values.max()) <= most:
        raise ValueError(f"{name} is outside {least}..{most}")
