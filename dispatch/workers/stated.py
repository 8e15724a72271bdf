"""The optimizer's problem of a recommendation as text."""

import zlib

from dispatch.optimizer.asjson import write
from dispatch.optimizer.problem import canonical, input_hash
from dispatch.workers.asked import chosen
from dispatch.workers.jobs import Stated, StateJob
from dispatch.workers.problem import problem_of
from dispatch.workers.travel import Roads


def stated_of(job: StateJob, roads: Roads) -> Stated:
    """The canonical problem that the recommendation of the same job was an answer to."""
    problem = canonical(chosen(problem_of(job.problem, roads), job.problem)[0])
    return Stated(zlib.compress(write(problem).encode()), input_hash(problem))
