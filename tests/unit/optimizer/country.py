"""Small countries, and what is best there found without lists: a linear program over every column, plain greedy."""

from dataclasses import replace
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from dispatch.optimizer.national import Demand, Fleet, Sums

HORIZON_S = 1000


def country(seed: int) -> tuple[Fleet, Demand]:
    """Few sites, scarce classes that overlap, some places out of reach."""
    rng = np.random.default_rng([77, seed])
    incidents, sites, classes, lines = (int(rng.integers(low, high)) for low, high in ((2, 7), (2, 9), (1, 5), (3, 13)))
    travel = rng.integers(0, 1200, size=(incidents, sites))
    travel[rng.random(travel.shape) < 0.1] = -1
    every = np.array([(at, attribute) for at in range(incidents) for attribute in (0, 1)])
    asked = every[rng.random(len(every)) < 0.5]
    fleet = Fleet(
        travel_s=travel.astype(np.int32),
        available=rng.poisson(0.9, size=(sites, classes)),
        turnout_s=rng.integers(0, 90, size=classes),
        adds=rng.integers(0, 8, size=(classes, 2)),
    )
    demand = Demand(
        horizon_s=HORIZON_S,
        priority=rng.integers(1, 6, size=incidents),
        incident=rng.integers(0, incidents, size=lines),
        quantity=rng.integers(0, 4, size=lines),
        weight=rng.integers(1, 10, size=lines),
        eligible=rng.random((lines, classes)) < 0.5,
        sums=Sums(asked[:, 0], asked[:, 1], rng.integers(0, 30, size=len(asked)), rng.integers(1, 4, size=len(asked))),
    )
    return fleet, demand


def without_sums(demand: Demand) -> Demand:
    return replace(demand, sums=Sums())


def exact_factor(demand: Demand) -> int:
    return 1 + demand.horizon_s * sum(
        int(quantity) * int(demand.priority[incident])
        for quantity, incident in zip(demand.quantity, demand.incident, strict=True)
    )


def every_column(fleet: Fleet, demand: Demand) -> list[tuple[int, int, int, int]]:
    """Line, site, class, price of each."""
    found = []
    for line, site, klass in product(*(range(size) for size in (len(demand.quantity), *fleet.available.shape))):
        incident = int(demand.incident[line])
        travel, turnout = int(fleet.travel_s[incident, site]), int(fleet.turnout_s[klass])
        if demand.eligible[line, klass] and 0 <= travel <= demand.horizon_s - turnout:
            found.append((line, site, klass, (travel + turnout) * int(demand.priority[incident])))
    return found


def least_value(fleet: Fleet, demand: Demand) -> int:
    """The optimum by HiGHS over every column; unmet = quantity less what is sent."""
    columns = every_column(fleet, demand)
    unit = demand.weight * demand.priority[demand.incident] * exact_factor(demand)
    whole = int(unit @ demand.quantity)
    if not columns:
        return whole
    line, site, klass, price = np.array(columns).T
    classes = len(fleet.turnout_s)
    at, ones = np.arange(len(columns)), np.ones(len(columns))
    rows = [
        csr_array((ones, (line, at)), shape=(len(demand.quantity), len(columns))).toarray(),
        csr_array((ones, (site * classes + klass, at)), shape=(fleet.available.size, len(columns))).toarray(),
    ]
    limits = np.concatenate([demand.quantity, fleet.available.reshape(-1)])
    return whole + round(linprog(price - unit[line], A_ub=np.concatenate(rows), b_ub=limits, method="highs").fun)


def plain_greedy(fleet: Fleet, demand: Demand, by_priority: bool) -> int:
    """The value of nearest-qualified line by line, unit by unit."""
    left, columns = fleet.available.copy(), every_column(fleet, demand)
    order = list(range(len(demand.quantity)))
    if by_priority:
        order.sort(key=lambda line: -int(demand.priority[demand.incident[line]]))
    value = 0
    for line in order:
        need = int(demand.quantity[line])
        for price, klass, site in sorted((price, klass, site) for at, site, klass, price in columns if at == line):
            while need and left[site, klass]:
                left[site, klass] -= 1
                need -= 1
                value += price
        value += need * int(demand.weight[line]) * int(demand.priority[demand.incident[line]]) * exact_factor(demand)
    return value


def least_missing(fleet: Fleet, demand: Demand) -> int:
    """The least weighted missing of the sum lines, were all units free for them: an integer program."""
    sums = demand.sums
    price = sums.weight * demand.priority[sums.incident]
    incidents, sites = fleet.travel_s.shape
    sent = [
        (incident, site, klass)
        for incident in range(incidents)
        for site in range(sites)
        for klass, turnout in enumerate(fleet.turnout_s.tolist())
        if 0 <= int(fleet.travel_s[incident, site]) <= demand.horizon_s - turnout
    ]
    cover = np.zeros((len(price), len(price) + len(sent)))
    held = np.zeros((fleet.available.size, len(price) + len(sent)))
    cover[:, : len(price)] = np.eye(len(price))
    for at, (incident, site, klass) in enumerate(sent, start=len(price)):
        held[site * len(fleet.turnout_s) + klass, at] = 1
        for line in np.flatnonzero(sums.incident == incident).tolist():
            cover[line, at] = -fleet.adds[klass, sums.attribute[line]]
    limits = LinearConstraint(
        np.concatenate([cover, held]), ub=np.concatenate([0 * price, fleet.available.reshape(-1)])
    )
    most = np.concatenate([sums.total, np.full(len(sent), 99)])
    goal = np.concatenate([-price, np.zeros(len(sent))])
    found = milp(goal, constraints=limits, bounds=Bounds(0, most), integrality=np.ones(len(goal)))
    return int(price @ sums.total) + round(found.fun)
