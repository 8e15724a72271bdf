"""The independent checker of national plans and of their proofs: looks at the arrays only, decides nothing.

`faults` recounts a plan from the rows it lists. `proof_faults` adds up a certificate: every column of the country is
looked at, class by class, with no list and no solver (weak duality: feasible prices bound every plan).
"""

from collections.abc import Iterator

import numpy as np

from dispatch.optimizer.arrays import Ints
from dispatch.optimizer.national.problem import Certificate, Demand, Fleet, NationalPlan, SumReport, Taken


def faults(fleet: Fleet, demand: Demand, plan: NationalPlan) -> tuple[str, ...]:
    """What is wrong with a plan, in words; empty = it may be shown."""
    return tuple(_faults(fleet, demand, plan))


def _faults(fleet: Fleet, demand: Demand, plan: NationalPlan) -> Iterator[str]:
    parts = [("line", plan.taken, demand.incident)]
    if plan.sums:
        parts.append(("extra", plan.sums.extras, demand.sums.incident))
    sent = np.zeros(fleet.available.shape, dtype=np.int64)
    for name, taken, incident_of in parts:
        np.add.at(sent, (taken.site, taken.klass), taken.count)
        yield from _row_faults(fleet, demand, name, taken, incident_of[taken.line])
    if (sent > fleet.available).any():
        yield "more units sent from a site than it has"
    if not demand.eligible[plan.taken.line, plan.taken.klass].all():
        yield "a unit fills a line that its class cannot fill"
    filled = np.zeros(len(demand.quantity), dtype=np.int64)
    np.add.at(filled, plan.taken.line, plan.taken.count)
    if (filled > demand.quantity).any():
        yield "a line is filled beyond its quantity"
    yield from _sum_of_parts(fleet, demand, plan, demand.quantity - filled)
    if plan.sums:
        yield from _sum_faults(fleet, demand, plan.taken, plan.sums)


def _row_faults(fleet: Fleet, demand: Demand, name: str, taken: Taken, incident: Ints) -> Iterator[str]:
    travel = fleet.travel_s[incident, taken.site].astype(np.int64)
    if (taken.count <= 0).any():
        yield f"a {name} row sends no unit"
    if ((travel < 0) | (travel + fleet.turnout_s[taken.klass] > demand.horizon_s)).any():
        yield f"a {name} row comes after the horizon"
    if len(np.unique(np.stack([taken.line, taken.site, taken.klass]), axis=1).T) != len(taken.line):
        yield f"a {name} row is given twice"


def _sum_of_parts(fleet: Fleet, demand: Demand, plan: NationalPlan, unmet: Ints) -> Iterator[str]:
    taken = plan.taken
    incident = demand.incident[taken.line]
    seconds = fleet.travel_s[incident, taken.site].astype(np.int64) + fleet.turnout_s[taken.klass]
    arrival = int((seconds * demand.priority[incident] * taken.count).sum())
    weighted = int((unmet * demand.weight * demand.priority[demand.incident]).sum())
    dearest = demand.horizon_s * int((demand.priority[demand.incident] * demand.quantity).sum())
    if not np.array_equal(unmet, plan.unmet) or weighted != plan.weighted_unmet:
        yield "the unmet need is not what the rows leave"
    if arrival != plan.arrival or plan.value != (1 + dearest) * weighted + arrival:
        yield "the value is not the sum of its parts"


def _sum_faults(fleet: Fleet, demand: Demand, taken: Taken, report: SumReport) -> Iterator[str]:
    reached = np.zeros((len(demand.priority), fleet.adds.shape[1]), dtype=np.int64)
    for incident, part in (
        (demand.incident[taken.line], taken),
        (demand.sums.incident[report.extras.line], report.extras),
    ):
        np.add.at(reached, incident, part.count[:, None] * fleet.adds[part.klass])
    mine = reached[demand.sums.incident, demand.sums.attribute]
    missing = np.maximum(demand.sums.total - mine, 0)
    weighted = int((missing * demand.sums.weight * demand.priority[demand.sums.incident]).sum())
    if not np.array_equal(mine, report.reached) or weighted != report.weighted_missing:
        yield "a sum line does not reach what is claimed"
    if max(report.missing_at_least, report.missing_at_least_here) > weighted:
        yield "the bound on sum lines is above what a plan reaches"


def proof_faults(fleet: Fleet, demand: Demand, plan: NationalPlan) -> tuple[str, ...]:
    """What is wrong with the bound a plan carries, and with its claim to be proved; empty = both hold."""
    if plan.certificate is None:
        return ("proved without a certificate",) if plan.proved else ()
    found = list(_certificate_faults(fleet, demand, plan.certificate))
    if plan.proved != (plan.value == plan.certificate.bound) or plan.certificate.bound > plan.value:
        found.append("the claim of proof does not follow from the bound")
    return tuple(found)


def _certificate_faults(fleet: Fleet, demand: Demand, certificate: Certificate) -> Iterator[str]:
    line, scarcity = certificate.line, certificate.scarcity
    priority = demand.priority[demand.incident]
    unit = 1 + demand.horizon_s * int((priority * demand.quantity).sum())
    if (line > priority * demand.weight * unit).any() or (scarcity < 0).any():
        yield "a line's price is above that of a missing unit, or a unit's below zero"
    for klass, turnout in enumerate(fleet.turnout_s.tolist()):
        worth = np.full(len(demand.priority), np.iinfo(np.int64).min)
        served = np.flatnonzero(demand.eligible[:, klass])
        np.maximum.at(worth, demand.incident[served], line[served])
        seconds = fleet.travel_s.astype(np.int64) + turnout
        price = seconds * demand.priority[:, None] + scarcity[:, klass]
        column = (fleet.travel_s >= 0) & (seconds <= demand.horizon_s) & (fleet.available[:, klass] > 0)
        if (column & (price < worth[:, None])).any():
            yield f"a column of class {klass} is cheaper than its line's price allows"
    if certificate.bound != int((demand.quantity * line).sum()) - int((fleet.available * scarcity).sum()):
        yield "the bound is not the sum of its prices"
