"""From the optimizer's turns to the proposal that is shown."""

from dispatch import optimizer
from dispatch.workers.alternatives import proof_of
from dispatch.workers.jobs import TurnsJob
from dispatch.workers.problem import problem_of
from dispatch.workers.travel import Roads
from kernel.contracts.turns import TurnAdvice, TurnEffect, TurnProposal


def turns_of(job: TurnsJob, roads: Roads) -> TurnProposal:
    """The turns worth an order now."""
    problem = problem_of(job.problem, roads, whole=True)
    standing = optimizer.recommend(problem, alone=True)
    degraded = () if roads.graph else ("roads_away",)
    found = optimizer.best_turns(problem, standing)
    if found is None:
        return TurnProposal(provenance=proof_of(standing.alternatives[0].proof)[0], degraded=degraded)
    return TurnProposal(
        turns=tuple(
            TurnAdvice(
                unit_id=turn.unit_id,
                from_incident_id=turn.from_id,
                to_incident_id=turn.to_id,
                eta_s=turn.eta_s,
                saves_unmet=turn.saves_unmet,
                saves_s=turn.saves_s,
            )
            for turn in found.turns
        ),
        effects=tuple(
            TurnEffect(
                incident_id=before.incident_id,
                complete_s=before.completion_s,
                turned_complete_s=after.completion_s,
                unmet=before.unmet_units,
                turned_unmet=after.unmet_units,
            )
            for before, after in zip(found.without, found.figures, strict=True)
        ),
        provenance=proof_of(found.plan.alternatives[0].proof)[0],
        degraded=degraded,
    )
