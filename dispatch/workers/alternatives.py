"""The ways to answer one incident as they are shown: what each does otherwise than the recommendation, and a price."""

from dispatch import optimizer
from dispatch.optimizer.plan import Alternative as Plan
from dispatch.optimizer.plan import Cover, Figures
from kernel.contracts.recommendation import Alternative, CoverShare, Outcome, PlannedUnit, Price

TOTAL = "total"
MOST_BARE = 6


def alternatives_of(
    problem: optimizer.Problem, plan: optimizer.Recommendation, incident_id: str, ours: dict[str, str] | None = None
) -> list[Alternative]:
    """Every alternative for one incident beside `ours`, the line of each unit shown; without it, the plan's first.

    Those that are the same in all that is shown stay, so that none is missed.
    """
    bound = {each.unit_id for part in plan.incidents for each in part.committed if part.incident_id == incident_id}
    eta = {
        (unit.id, way.incident_id): way.travel_s + unit.turnout_s
        for unit in problem.units
        for way in unit.reach
        if way.travel_s is not None
    }
    shown = _lines(plan.alternatives[0], incident_id, bound) if ours is None else ours
    return [_alternative(each, incident_id, shown, bound, eta) for each in plan.alternatives]


def _lines(plan: Plan, incident_id: str, bound: set[str]) -> dict[str, str]:
    return {
        role.unit_id: role.line_id or TOTAL
        for role in plan.roles
        if role.incident_id == incident_id and role.unit_id not in bound
    }


def _alternative(
    plan: Plan, incident_id: str, ours: dict[str, str], bound: set[str], eta: dict[tuple[str, str], int]
) -> Alternative:
    mine = _lines(plan, incident_id, bound)
    figures = next(each for each in plan.figures if each.incident_id == incident_id)
    proof, gap = proof_of(plan.proof)
    return Alternative(
        name=plan.name,
        outcome=outcome_of(figures),
        curve=dict(plan.curves)[incident_id],
        adds=tuple(
            PlannedUnit(unit_id=unit_id, line=line, eta_s=eta[unit_id, incident_id])
            for unit_id, line in sorted(mine.items())
            if unit_id not in ours
        ),
        leaves=tuple(sorted(set(ours) - set(mine))),
        roles={unit_id: line for unit_id, line in sorted(mine.items()) if ours.get(unit_id, line) != line},
        stations={station: (takes, stays) for station, takes, stays in plan.taken},
        cover=cover_of(plan.cover),
        provenance=proof,
        gap=gap,
    )


def outcome_of(figures: Figures) -> Outcome:
    """The figures of one incident as they are shown."""
    return Outcome(
        first_due_s=figures.first_due_s,
        complete_s=figures.completion_s,
        mean_s=figures.mean_s,
        units=figures.units,
        unmet=figures.unmet_units,
    )


def cover_of(cover: Cover) -> CoverShare | None:
    """Cover as shares in per cent; None where nobody has said what is at risk."""
    if not cover.total:
        return None
    alone = [places[0] for places, _ in cover.uncovered if len(places) == 1]
    return CoverShare(
        before_pct=_percent(cover.before, cover.total),
        after_pct=_percent(cover.after, cover.total),
        bare=tuple(dict.fromkeys(alone))[:MOST_BARE],
    )


def price_of(price: optimizer.Price, total: int) -> Price:
    """A price as it is shown."""
    return Price(
        complete_s=price.complete_s,
        first_due_s=price.first_due_s,
        mean_s=price.mean_s,
        units=price.units,
        unmet=price.unmet,
        others_s=price.others_s,
        cover_pct=_percent(price.uncovered, total),
    )


def proof_of(claim: str) -> tuple[str, float | None]:
    """`proved`, `bounded` with the gap in per cent, or the stage that made a plan."""
    if claim.startswith("gap<="):
        return "bounded", float(claim.removeprefix("gap<=").removesuffix("%"))
    return claim, 0.0 if claim == "proved" else None


def _percent(part: int, whole: int) -> float:
    return round(100 * part / max(1, whole), 2)
