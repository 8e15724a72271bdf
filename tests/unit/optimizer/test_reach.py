"""When special teams come: known answers, a plain recount, out of reach, order of rows."""

import numpy as np
import pytest

from dispatch.optimizer.coverage import FAR_S
from dispatch.optimizer.problem import amounts
from dispatch.optimizer.reach import Force, Need, Team, special_reach

TEAMS = (
    Team("H2", amounts({"HAZMAT": 2}), 60),
    Team("H1", amounts({"HAZMAT": 3}), 60),
    Team("H3", amounts({"HAZMAT": 3, "FOAM": 1}), 600),
    Team("F1", amounts({"FOAM": 1})),
)
TRAVEL = np.array([[1740, 300], [1741, 7200], [3000, FAR_S], [90, 5401]])
PLACES = ("refinery", "tunnel")


def test_first_second_and_full_force_by_band() -> None:
    answer = special_reach((Need("refinery", "HAZMAT", 3),), PLACES, TEAMS, TRAVEL)
    assert answer.forces == (Force(Need("refinery", "HAZMAT", 3), 1800, 1801, 3600, 0, 1, 3, ("H2", "H1", "H3")),)
    assert answer.within() == (0, 1, 1)
    assert answer.out_of_reach == ()


def test_what_comes_too_late_or_never_is_out_of_reach() -> None:
    needs = (
        Need("tunnel", "HAZMAT", 3),
        Need("tunnel", "FOAM"),
        Need("tunnel", "BOAT"),
        Need("tunnel", "HAZMAT", 1, 3),
    )
    answer = special_reach(needs, PLACES, TEAMS, TRAVEL)
    assert [(force.need.capability, force.first_s, force.second_s, force.full_s) for force in answer.forces] == [
        ("BOAT", None, None, None),
        ("FOAM", 5401, None, 5401),
        ("HAZMAT", 360, 7260, None),
        ("HAZMAT", 7260, None, 7260),
    ]
    assert set(answer.out_of_reach) == set(needs)
    assert [force.unit_ids for force in answer.forces] == [(), ("F1",), ("H2", "H1"), ("H1",)]


def many(seed: int):
    rng = np.random.default_rng(seed)
    teams = tuple(
        Team(
            f"T{at:02}",
            amounts({code: int(rng.integers(1, 4)) for code in rng.choice(list("ABC"), 2, replace=False)}),
            60,
        )
        for at in range(30)
    )
    places = tuple(f"P{at:02}" for at in range(12))
    travel = rng.integers(100, 9000, (30, 12))
    travel[rng.random((30, 12)) < 0.2] = FAR_S
    needs = tuple(
        Need(place, code, int(rng.integers(1, 8)), int(rng.integers(1, 4))) for place in places for code in "ABC"
    )
    return needs, places, teams, travel


def recount(need: Need, places, teams, travel) -> tuple[int | None, ...]:
    """First, second and full force in plain words."""
    times = []
    for team, row in zip(teams, travel, strict=True):
        seconds = int(row[places.index(need.place_id)])
        if dict(team.capabilities).get(need.capability, 0) >= need.min_amount and seconds < FAR_S:
            times.append(seconds + team.turnout_s)
    times.sort()
    return tuple(times[at] if at < len(times) else None for at in (0, 1, need.quantity - 1))


@pytest.mark.parametrize("seed", range(5))
def test_equals_a_plain_recount(seed: int) -> None:
    needs, places, teams, travel = many(seed)
    answer = special_reach(needs, places, teams, travel)
    assert {(force.need, force.first_s, force.second_s, force.full_s) for force in answer.forces} == {
        (need, *recount(need, places, teams, travel)) for need in needs
    }


def test_the_recount_would_catch_a_forgotten_turnout() -> None:
    """The planted twin: the same answer computed without turnout differs."""
    needs, places, teams, travel = many(0)
    planted = special_reach(needs, places, tuple(Team(team.id, team.capabilities, 0) for team in teams), travel)
    told = {force.need: force.first_s for force in planted.forces}
    assert any(told[need] != recount(need, places, teams, travel)[0] for need in needs)


def test_the_order_of_rows_changes_nothing() -> None:
    needs, places, teams, travel = many(1)
    rows, columns = np.random.default_rng(2).permutation(30), np.random.default_rng(3).permutation(12)
    mixed = special_reach(
        needs[::-1], tuple(places[at] for at in columns), tuple(teams[at] for at in rows), travel[np.ix_(rows, columns)]
    )
    assert mixed == special_reach(needs, places, teams, travel)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="not known"):
        special_reach((Need("moon", "FOAM"),), PLACES, TEAMS, TRAVEL)
    with pytest.raises(ValueError, match="4 teams"):
        special_reach((), PLACES, TEAMS, TRAVEL[:2])
