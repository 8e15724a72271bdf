"""The whole call, top-down: greedy, flow and repair, completion, final program; the best plan, checked, explained.

The incumbent only ever improves, so every exit has a plan: with no budget the flow's, with a broken solver the greedy
one. A plan that the checker faults is never returned; the next best takes its place.
"""

from typing import NamedTuple

from dispatch.optimizer.assemble import Parts, assemble
from dispatch.optimizer.check import faults_of_roles
from dispatch.optimizer.final import Desk, earliest_mean, full_complement, least_unmet
from dispatch.optimizer.flow import Network
from dispatch.optimizer.greedy import nearest
from dispatch.optimizer.groups import build
from dispatch.optimizer.materials import nearest_loads
from dispatch.optimizer.plan import Provenance, Recommendation, Roles
from dispatch.optimizer.problem import Budget, Problem, canonical
from dispatch.optimizer.program import FAILURES, Meter
from dispatch.optimizer.score import Cost, Scorer
from dispatch.optimizer.tables import Tables
from dispatch.optimizer.trucks import best_loads

GREEDY = "greedy"


class Claims(NamedTuple):
    """A plan with what is proved about it."""

    cost: Cost
    roles: Roles
    source: str
    unmet: str
    completion: str
    final: str


def recommend(problem: Problem, budget: Budget | None = None) -> Recommendation:
    """Who goes to every open incident, jointly. Always answers; equal inputs give equal bytes.

    Raises ValueError only where the problem contradicts itself (twin ids, negative needs).
    """
    problem = canonical(problem)
    tables = Tables(problem)
    scorer, meter = Scorer(tables), Meter(budget or Budget())
    greedy = nearest(tables)
    found, flows = _solve(tables, scorer, meter, scorer.cost(greedy))
    found.append(Claims(scorer.cost(greedy), greedy, GREEDY, GREEDY, GREEDY, GREEDY))
    chosen = next(
        plan for plan in sorted(found, key=lambda plan: plan.cost) if not faults_of_roles(problem, plan.roles)
    )
    loads, materials = best_loads(problem, meter)
    used_us = round(meter.deterministic_s * 1_000_000)
    provenance = Provenance(*chosen[2:], materials, flows, used_us, meter.guard_fired, meter.failure)
    return assemble(Parts(tables, scorer, chosen.roles, greedy, loads, provenance, meter.budget))


def recommend_greedy(problem: Problem) -> Recommendation:
    """The greedy plan alone with all its explanations: milliseconds, no solver; the answer when a worker was killed."""
    problem = canonical(problem)
    tables = Tables(problem)
    scorer, greedy = Scorer(tables), nearest(tables)
    provenance = Provenance(GREEDY, GREEDY, GREEDY, GREEDY, GREEDY, 0, 0, guard_fired=False)
    return assemble(Parts(tables, scorer, greedy, greedy, nearest_loads(problem), provenance, Budget(0.0)))


def _solve(tables: Tables, scorer: Scorer, meter: Meter, known: Cost) -> tuple[list[Claims], int]:
    """The stages; a solver that breaks ends them, and what was found until then remains."""
    model = build(tables, scorer)
    found: list[Claims] = []
    if not len(model.columns.group):
        return [Claims(scorer.cost(()), (), "flow", "proved", "proved", "proved")], 0
    desk = Desk(model, Network(model), scorer, meter)
    try:
        stage, flow = least_unmet(desk)
        found.append(Claims(stage.cost, stage.roles, "flow", stage.unmet, "flow", "flow"))
        stage, caps = full_complement(desk, stage, flow, known)
        found.append(Claims(stage.cost, stage.roles, "completion", stage.unmet, stage.completion, "flow"))
        stage = earliest_mean(desk, stage, caps)
        found.append(Claims(stage.cost, stage.roles, "final", stage.unmet, stage.completion, stage.final))
    except FAILURES as failure:
        meter.failure = type(failure).__name__
    return found[::-1], desk.network.solves
