"""What follows an answer, from its kept problem alone: every plan of it, and what one more unit would buy."""

import zlib

from dispatch import optimizer
from dispatch.optimizer.asjson import restated
from dispatch.workers.alternatives import alternatives_of
from dispatch.workers.jobs import Further, FurtherJob
from kernel.contracts.recommendation import OneMore, TotalShort


def further_of(job: FurtherJob) -> Further:
    """The further plans of a recommendation and its shadow prices; no road is asked again."""
    problem = restated(zlib.decompress(job.packed).decode())
    plan = optimizer.recommend(problem)
    return Further(
        plans=tuple(alternatives_of(problem, plan, job.incident_id, job.lines)),
        one_more=tuple(_one_more(each) for each in optimizer.one_more(problem, plan, job.incident_id)),
        totals_short=tuple(_total(each) for each in optimizer.totals_short(problem, plan, job.incident_id)),
    )


def _one_more(each: optimizer.OneMore) -> OneMore:
    return OneMore(
        line=each.line_id,
        fewer_missing=each.fewer_missing,
        earlier_s=each.earlier_s,
        others_s=each.others_s,
        proved=each.proved,
    )


def _total(each: optimizer.TotalShort) -> TotalShort:
    return TotalShort(
        line=each.line_id,
        attribute=each.attribute,
        lacking=each.lacking,
        unit_id=each.unit_id or None,
        adds=each.adds,
        units=each.units,
    )
