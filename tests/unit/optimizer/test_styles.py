"""What stays behind: every style's proved plan is the best of all by its own order; zones decide between equals."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.optimizer import Problem, faults, keep, recommend, why_not
from dispatch.optimizer.linear import Meter
from dispatch.optimizer.plan import Limits
from dispatch.optimizer.problem import COVERED, FASTEST, Budget, Policy, Reserve, Style, Zone, canonical
from dispatch.optimizer.recommend import Claims, _solve
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.tables import Tables
from tests.unit.optimizer.brute import every_plan
from tests.unit.optimizer.test_brute_force import problems
from tests.unit.optimizer.town import city, count, needs, plan_of, sent, unit, why

STYLES = (FASTEST, COVERED, Style("calm", 180, 60, unit_price=200, station_price=900), Style("odd", 0, 40, 11))


@st.composite
def guarded(draw: st.DrawFn) -> Problem:
    """A tiny problem with zones, reserves and spared units."""
    plain = draw(problems())
    places = st.sets(st.sampled_from(["S0", "S1", "S2"]), min_size=1)
    zones = [
        Zone(f"Z{at}", draw(st.integers(0, 400)), tuple(sorted(draw(places)))) for at in range(draw(st.integers(1, 4)))
    ]
    reserve = Reserve(draw(st.sampled_from(["", "S1"])), "A", draw(st.integers(1, 3)), draw(st.integers(1, 5000)))
    spared = st.sampled_from([0, 0, 80])
    units = [
        replace(
            each,
            place=draw(st.sampled_from(["", each.station_id])),
            reach=tuple(replace(way, spare_s=draw(spared)) for way in each.reach),
        )
        for each in plain.units[:6]
    ]
    return replace(plain, units=tuple(units), zones=tuple(zones), policy=Policy(styles=STYLES, reserves=(reserve,)))


def claims_of(problem: Problem) -> list[Claims]:
    scorer = Scorer(Tables(problem))
    found = _solve(scorer, Meter(Budget()), scorer.cost(()), problem.policy.styles)
    return [*found.plans[:1], *found.others]


def proved(claims: Claims) -> bool:
    return claims.unmet == claims.completion == claims.final == "proved"


def is_best(problem: Problem, claims: Claims) -> bool:
    best = min(claims.scorer.cost(roles) for roles in every_plan(problem))
    return bool(claims.scorer.cost(claims.roles) == best)


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(guarded())
def test_the_proved_plan_of_every_style_is_the_best_of_all_plans(problem: Problem) -> None:
    problem = canonical(problem)
    every = claims_of(problem)
    assert len(every) in (1, len(STYLES))
    for claims in every:
        assert proved(claims)
        assert is_best(problem, claims)


def two_neighbours(**policy: object) -> Problem:
    """The nearest engine is the last one of a part of the city; the next is a minute later and one of two there."""
    units = (
        unit("U0", "A", {"I0": 60}, "S0"),
        unit("U1", "A", {"I0": 65}, "S1"),
        unit("U2", "A", {"I0": 300}, "S1"),
        unit("U3", "B", {"I0": 90}, "S2"),
    )
    standing = tuple(replace(each, place=each.station_id) for each in units)
    zones = (Zone("old-town", 30_000, ("S0",)), Zone("new-town", 70_000, ("S0", "S1", "S2")))
    return Problem((needs("I0", count("A"), count("B")),), standing, zones=zones, policy=Policy(**policy))


def test_a_last_engine_stays_where_another_is_hardly_later_and_the_reason_says_so() -> None:
    answer = recommend(two_neighbours(styles=(Style("held", first_tolerance_s=5),)))
    assert sent(answer, "I0") == {"U1": "A", "U3": "B"}
    assert why(answer, "I0", "U0") == {"would_uncover"}
    (told,) = [near.why for pick in plan_of(answer, "I0").picks for near in pick.nearer if near.unit_id == "U0"]
    assert dict(told.data) == {"station": "S0", "risk_bp": 3000, "zones": 1}
    assert answer.provenance.final == "proved"


def test_the_first_unit_is_never_held_back_beyond_its_tolerance() -> None:
    answer = recommend(two_neighbours(styles=(FASTEST,)))
    assert sent(answer, "I0") == {"U0": "A", "U3": "B"}


def test_an_optimizer_blind_to_what_stays_behind_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted twin: guards that weigh nothing."""
    monkeypatch.setattr(keep.Keep, "prices", lambda self, _: np.zeros(len(self.guards), dtype=np.int64))
    answer = recommend(two_neighbours(styles=(Style("held", first_tolerance_s=5),)))
    assert "U0" in sent(answer, "I0")


def test_alternatives_stand_beside_the_plan_in_the_same_terms() -> None:
    answer = recommend(two_neighbours())
    names = [each.name for each in answer.alternatives]
    assert names == ["fastest", "covered", "calm", "greedy"]
    fastest, covered = answer.alternatives[:2]
    assert fastest.roles == answer.roles
    assert (fastest.cover.before, fastest.cover.after) == (100_000, 70_000)
    assert fastest.cover.uncovered == ((("S0",), 30_000),)
    assert (covered.cover.after, covered.cover.uncovered) == (100_000, ())
    assert dict(covered.curves)["I0"] == (65, 90)
    assert covered.taken == (("S1", 1, 1), ("S2", 1, 0))
    assert covered.figures[0].completion_s == 90


def test_a_reserve_stays_and_a_spared_unit_is_left() -> None:
    reserved = two_neighbours(styles=(FASTEST,), reserves=(Reserve("S0", "A", 1, 10**6),))
    bare = replace(reserved, zones=())
    assert sent(recommend(bare), "I0") == {"U0": "A", "U3": "B"}
    first = replace(bare, policy=replace(bare.policy, styles=(Style("x", first_tolerance_s=30),)))
    assert sent(recommend(first), "I0") == {"U1": "A", "U3": "B"}
    assert why(recommend(first), "I0", "U0") == {"kept_in_reserve"}
    (way,) = first.units[0].reach
    special = replace(first.units[0], reach=(replace(way, spare_s=600, spare_why="special"),))
    plain = replace(first, units=(special, *first.units[1:]), policy=replace(first.policy, reserves=()))
    assert why(recommend(plain), "I0", "U0") == {"spared"}


def test_who_is_asked_about_is_judged_as_the_plan_was() -> None:
    """Within its tolerance the style keeps the last engine of a part of the city, though it would be there earlier."""
    (asked,) = two_neighbours().incidents
    held = Style("held", tolerance_s=30, first_tolerance_s=30)
    problem = replace(two_neighbours(styles=(held,)), incidents=(replace(asked, counts=asked.counts[:1]),))
    answer = recommend(problem)
    assert sent(answer, "I0") == {"U1": "A"}
    assert [reason.code for reason in why_not(problem, answer, "U0", "I0")] == ["would_uncover"]
    unjudged = replace(answer, limits=Limits())  # the planted twin: a judge that knows no style
    assert [reason.code for reason in why_not(problem, unjudged, "U0", "I0")] == ["plan_not_proved"]


@pytest.mark.parametrize(("incidents", "seed"), [(1, 3), (3, 4), (3, 5)])
def test_in_a_city_cover_is_kept_at_no_cost_to_the_full_force(incidents: int, seed: int) -> None:
    problem = with_zones(city(seed, incidents))
    blind = recommend(replace(problem, policy=Policy(styles=(Style("blind", cover_price=0),))))
    answer = recommend(problem)
    assert faults(problem, answer) == ()
    fastest, covered = answer.alternatives[:2]
    assert [each.completion_s for each in fastest.figures] == [
        each.completion_s for each in blind.alternatives[0].figures
    ]
    assert fastest.cover.after >= blind.alternatives[0].cover.after
    assert covered.cover.after >= fastest.cover.after
    for late, early in zip(covered.figures, fastest.figures, strict=True):
        assert (late.completion_s or 0) <= (early.completion_s or 0) + COVERED.tolerance_s


def with_zones(problem: Problem) -> Problem:
    """A city's zones by chance, each held from one to three stations; a quarter from one alone."""
    rng = np.random.default_rng([72, len(problem.units)])
    stations = sorted({each.station_id for each in problem.units if each.station_id.startswith("S")})
    zones = [
        Zone(
            f"Z{at:03}",
            int(rng.gamma(2.0, 60.0)),
            tuple(sorted(set(rng.choice(stations, rng.integers(1, 4)).tolist()))),
        )
        for at in range(300)
    ]
    standing = tuple(replace(each, place=each.station_id) for each in problem.units)
    return replace(problem, units=standing, zones=tuple(zones))
