"""The whole call, top-down: stand-ins, greedy, flow and repair, completion, a plan per style; the best, checked, told.

The incumbent only ever improves, so every exit has a plan: with no budget the flow's, with a broken solver the greedy
one. A plan that the checker faults is never returned; the next best takes its place.
"""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from dispatch.optimizer import urgent
from dispatch.optimizer.assemble import Parts, assemble
from dispatch.optimizer.check import faults_of_roles
from dispatch.optimizer.flow import Network
from dispatch.optimizer.greedy import nearest
from dispatch.optimizer.groups import build
from dispatch.optimizer.linear import Meter
from dispatch.optimizer.materials import nearest_loads
from dispatch.optimizer.plan import Provenance, Recommendation, Roles
from dispatch.optimizer.problem import Budget, Problem, Style, canonical
from dispatch.optimizer.program import FAILURES
from dispatch.optimizer.score import Cost, Scorer
from dispatch.optimizer.styles import reference, settle
from dispatch.optimizer.substitution import Chosen, choose, varied, whole
from dispatch.optimizer.tables import Tables
from dispatch.optimizer.trucks import best_loads
from dispatch.optimizer.urgent import FLOW, Desk, Stage, full_complement, least_unmet

GREEDY = "greedy"


class Claims(NamedTuple):
    """A plan with what is proved about it, judged by the scorer of its style."""

    scorer: Scorer
    roles: Roles
    source: str
    unmet: str
    completion: str
    final: str


class Found(NamedTuple):
    """What the stages found: plans for the first style, best first, one plan of every other style, flows solved."""

    plans: tuple[Claims, ...]
    others: tuple[Claims, ...]
    flows: int


def recommend(problem: Problem, budget: Budget | None = None, *, alone: bool = False) -> Recommendation:
    """Who goes to every open incident, jointly. Always answers; equal inputs give equal bytes.

    `alone` leaves the other styles out: they take longer than the plan, which is the same without them.
    Raises ValueError only where the problem contradicts itself (twin ids, negative needs).
    """
    asked, meter = canonical(problem), Meter(budget or Budget())
    problem, chosen_well = _stood_in(asked, meter)
    tables = Tables(problem)
    scorer, greedy = Scorer(tables), whole(asked, nearest(tables))
    found = _solve(scorer, meter, scorer.cost(greedy), problem.policy.styles[: 1 if alone else None])
    last = Claims(scorer, greedy, GREEDY, GREEDY, GREEDY, GREEDY)
    sound = [plan for plan in (*found.plans, last) if not faults_of_roles(asked, plan.roles)]
    judge = found.plans[0].scorer if found.plans else scorer
    chosen = min(sound, key=lambda plan: judge.cost(plan.roles))
    others = tuple(plan for plan in found.others if not faults_of_roles(asked, plan.roles))
    loads, materials = best_loads(problem, meter)
    used_us = round(meter.deterministic_s * 1_000_000)
    claims = chosen if chosen_well else chosen._replace(completion=FLOW)
    provenance = Provenance(*claims[2:], materials, found.flows, used_us, meter.guard_fired, meter.failure)
    styles = tuple((plan.scorer.style.name, plan.roles, plan.final) for plan in (chosen, *others))
    return assemble(Parts(asked, tables, scorer, judge, chosen.roles, greedy, styles, loads, provenance, meter.budget))


def _stood_in(asked: Problem, meter: Meter) -> Chosen:
    """The problem with its stand-ins decided; nobody stands in where the solver breaks."""
    try:
        return choose(asked, partial(urgent.judge, meter=meter))
    except FAILURES as failure:
        meter.failure = type(failure).__name__
        return Chosen(varied(asked, {}), proved=False)


def recommend_greedy(problem: Problem) -> Recommendation:
    """The greedy plan alone with all its explanations: milliseconds, no solver; the answer when a worker was killed."""
    asked = canonical(problem)
    problem = varied(asked, {})
    tables = Tables(problem)
    scorer, greedy = Scorer(tables), nearest(tables)
    provenance = Provenance(GREEDY, GREEDY, GREEDY, GREEDY, GREEDY, 0, 0, guard_fired=False)
    styles = ((scorer.style.name, greedy, GREEDY),)
    return assemble(
        Parts(asked, tables, scorer, scorer, greedy, greedy, styles, nearest_loads(problem), provenance, Budget(0.0))
    )


def _claims(stage: Stage, at: Desk) -> Claims:
    return Claims(at.scorer, stage.roles, "final", stage.unmet, stage.completion, stage.final)


def _solve(scorer: Scorer, meter: Meter, known: Cost, styles: tuple[Style, ...]) -> Found:
    """The stages, and a plan for each style; a solver that breaks ends them, and what was found until then remains."""
    model, plans, others = build(scorer.tables, scorer), list[Claims](), list[Claims]()
    if not len(model.columns.group):
        return Found((Claims(scorer, (), "flow", "proved", "proved", "proved"),), (), 0)
    desk = Desk(model, Network(model), scorer, meter)
    try:
        stage, flow = least_unmet(desk)
        plans.append(Claims(scorer, stage.roles, "flow", stage.unmet, "flow", "flow"))
        stage, caps = full_complement(desk, stage, flow, known)
        plans.append(Claims(scorer, stage.roles, "completion", stage.unmet, stage.completion, "flow"))
        stage = reference(desk, stage, caps)
        first, *further = styles
        best = _claims(*settle(desk, stage, caps, first, meter))
        plans.append(best)
        for style in further:
            share = min(meter.budget.alternative_s, meter.budget.deterministic_s)
            own = Meter(replace(meter.budget, deterministic_s=share))
            others.append(_claims(*settle(desk, stage, caps, style, own, best.roles)))
            meter.guard_fired |= own.guard_fired
    except FAILURES as failure:
        meter.failure = type(failure).__name__
    return Found(tuple(plans[::-1]), tuple(others), desk.network.solves)
