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


def asked_of(problem: optimizer.Problem, job: RecommendJob, solve: Solve) -> Asked:
    """Solves a job's problem, twice where the commander chooses."""
    pinned, forbidden = frozenset(job.choices.pinned), frozenset(job.choices.forbidden)
    choices = optimizer.possible(problem, optimizer.Choices(job.incident_id, pinned, forbidden))
    if not (pinned or forbidden):
        return Asked(problem, choices, solve(problem), None)
    chosen = optimizer.with_choices(problem, choices)
    plan = solve(chosen)
    return Asked(chosen, choices, plan, optimizer.price(solve(problem), plan, choices))
