"""A problem solved round the commander's own choices, with their price against the plan without them."""

from collections.abc import Callable
from dataclasses import dataclass

from dispatch import optimizer
from dispatch.workers.jobs import RecommendJob

Solve = Callable[[optimizer.Problem], optimizer.Recommendation]


@dataclass(frozen=True)
class Asked:
    """The problem under the choices, the choices that could be kept, the plan, and what they cost if there are any."""

    problem: optimizer.Problem
    choices: optimizer.Choices
    plan: optimizer.Recommendation
    price: optimizer.Price | None


def chosen(problem: optimizer.Problem, job: RecommendJob) -> tuple[optimizer.Problem, optimizer.Choices]:
    """The problem in which the commander's possible choices are facts, and those choices."""
    asked = optimizer.Choices(job.incident_id, frozenset(job.choices.pinned), frozenset(job.choices.forbidden))
    choices = optimizer.possible(problem, asked)
    return optimizer.with_choices(problem, choices), choices


def asked_of(problem: optimizer.Problem, job: RecommendJob, solve: Solve) -> Asked:
    """Solves a job's problem, twice where the commander chooses."""
    stated, choices = chosen(problem, job)
    plan = solve(stated)
    if not (job.choices.pinned or job.choices.forbidden):
        return Asked(stated, choices, plan, None)
    return Asked(stated, choices, plan, optimizer.price(solve(problem), plan, choices))
