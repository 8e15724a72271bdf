"""A recommendation's event stays within its limit however many units go, and loses no unit for it."""

from datetime import UTC, datetime

import pytest

from dispatch.rules.small import LIMIT, fitted
from kernel.contracts.recommendation import (
    Alternative,
    GreedyPlan,
    NotUsed,
    Outcome,
    Pick,
    PlannedUnit,
    Recommendation,
    Why,
)


def reason(nth: int) -> Why:
    return Why(code="nearest_capable", params={"capability": "WATER_STREAM", "rank": nth, "eta_s": 600, "saves_s": 12})


def recommendation(units: int) -> Recommendation:
    ids = tuple(f"U-XS-{nth:04d}-FT1" for nth in range(units))
    outcome = Outcome(first_due_s=200, complete_s=1500, mean_s=700, units=units, unmet=0)
    return Recommendation(
        id="rec-0123456789abcdef0123",
        version=1,
        incident_id="inc-0123456789abcdef0123",
        incident_version=3,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        input_hash="a" * 64,
        solver="muster",
        provenance="proved",
        picks=tuple(
            Pick(unit_id=id_, line="WATER_TENDER", eta_s=600, travel_s=560, why=(reason(1), reason(2))) for id_ in ids
        ),
        not_used=tuple(NotUsed(unit_id=id_, line="WATER_TENDER", eta_s=500, why=(reason(1),)) for id_ in ids[:8]),
        outcome=outcome,
        greedy=GreedyPlan(outcome=outcome, only_greedy=ids[: units // 3], only_ours=ids[: units // 3], unit_ids=ids),
        took_ms=100,
    )


def with_alternatives(made: Recommendation) -> Recommendation:
    """Four ways that have no unit in common with the plan."""
    others = [
        Alternative(
            name=name,
            outcome=made.outcome,
            curve=tuple(range(600, 600 + len(made.picks))),
            adds=tuple(PlannedUnit(unit_id=f"{p.unit_id}-{name}", line=p.line, eta_s=p.eta_s) for p in made.picks),
            leaves=tuple(pick.unit_id for pick in made.picks),
            stations={f"ST-XS-{nth:04d}": (2, 1) for nth in range(len(made.picks) // 2)},
            provenance="proved",
        )
        for name in ("fastest", "covered", "calm", "greedy")
    ]
    return made.model_copy(update={"alternatives": tuple(others)})


@pytest.mark.parametrize("units", [10, 30, 58, 95])
def test_whole_alternatives_give_way_before_a_unit_does(units: int) -> None:
    made = with_alternatives(recommendation(units))
    small = fitted(made)
    assert size(small) <= LIMIT
    assert len(small.picks) == units
    assert small.alternatives == made.alternatives[: len(small.alternatives)]
    assert (len(small.alternatives) == 4) == (units == 10)


def size(made: Recommendation) -> int:
    return len(made.model_dump_json().encode())


@pytest.mark.parametrize("units", [30, 40, 58, 70, 95])
def test_a_large_plan_fits_and_keeps_every_unit(units: int) -> None:
    made = recommendation(units)
    small = fitted(made)
    assert size(small) <= LIMIT
    assert [pick.unit_id for pick in small.picks] == [pick.unit_id for pick in made.picks]
    assert (size(made) <= LIMIT) == (small == made)


def test_reasons_give_way_in_order_and_as_few_as_need_be() -> None:
    small = fitted(recommendation(58))
    kept = [len(pick.why) for pick in small.picks]
    assert kept == sorted(kept, reverse=True)
    assert sum(kept) > 20
    assert LIMIT - size(small) < 300
    assert len(small.not_used) == 8


def test_without_the_limit_a_large_plan_is_too_large() -> None:
    """The planted bug: nothing is left out."""
    assert size(recommendation(58)) > 16_000
