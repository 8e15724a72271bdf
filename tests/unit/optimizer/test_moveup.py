"""Move-ups: the best of all allowed sets, never worse than the common rule, each figure told as it is."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.optimizer import moveprogram, moveup
from dispatch.optimizer.coverage import BANDS_S, FAR_S, cover
from dispatch.optimizer.ground import Ground, MoveRules, Place, in_order
from dispatch.optimizer.movecheck import faults_of_moves
from dispatch.optimizer.moves import chart, greedy
from dispatch.optimizer.moveup import Move, best_moves, nearest_backfill, try_move
from dispatch.optimizer.problem import Budget
from tests.bench.optimizer.valley import after_dispatches, valley

FREE = MoveRules(move_price_ppm=0, second_price_ppm=0)


def road(units: str, risks: str, gap_s: int = 200, **more: int) -> Ground:
    """Stations and zones along a road, `gap_s` apart, zone k at station k: free units and risks in words of numbers."""
    counts, risk = ([int(word) for word in text.split()] for text in (units, risks))
    seconds = gap_s * np.abs(np.arange(len(counts))[:, None] - np.arange(len(risk))[None, :])
    places = tuple(
        Place(f"S{at}", tuple(f"S{at}-{number}" for number in range(count)), more.get("floor", 1), 3)
        for at, count in enumerate(counts)
    )
    between = gap_s * np.abs(np.subtract.outer(np.arange(len(counts)), np.arange(len(counts))))
    return Ground(places, tuple(f"Z{at}" for at in range(len(risk))), np.array(risk), seconds, between)


@st.composite
def grounds(draw: st.DrawFn) -> tuple[Ground, MoveRules]:
    places, zones = draw(st.integers(2, 4)), draw(st.integers(1, 6))
    numbers = st.integers(0, 10**6)
    rng = np.random.default_rng(draw(numbers))
    floor = draw(st.integers(0, 2))
    standing = tuple(
        Place(
            f"S{at}",
            tuple(f"S{at}-{n}" for n in range(int(rng.integers(0, 5)))),
            floor,
            int(rng.integers(0, 3)),
            at,
            int(rng.integers(0, 3)),
        )
        for at in range(places)
    )
    drive = rng.choice([60, 150, 240, 300, FAR_S], (places, zones))
    move = rng.choice([100, 250, 500, 901, FAR_S], (places, places))
    ground = Ground(standing, tuple(f"Z{at}" for at in range(zones)), rng.integers(0, 9, zones), drive, move)
    rules = MoveRules(
        most_moves=draw(st.integers(0, 3)),
        busy_pct=draw(st.sampled_from([0, 15, 40])),
        move_price_ppm=draw(st.sampled_from([0, 1000, 50_000])),
        second_price_ppm=draw(st.sampled_from([0, 2, 100])),
    )
    return ground, rules


def best_of_all(ground: Ground, rules: MoveRules) -> int:
    """The highest value in risk-millionths, by trying every allowed set of moves."""
    table = chart(in_order(ground), rules)
    pairs = [(int(a), int(b)) for a, b in np.argwhere(table.may)]
    best = 0
    for picked in product(range(-1, len(pairs)), repeat=rules.most_moves):
        if list(picked) != sorted(picked):
            continue
        flow = np.zeros_like(table.price)
        for at in picked:
            if at >= 0:
                flow[pairs[at]] += 1
        out, come = flow.sum(axis=1), flow.sum(axis=0)
        if (out <= table.spare).all() and not (out * come).any():
            best = max(best, table.value(flow))
    return best


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(grounds())
def test_a_proved_set_is_the_best_of_all(case: tuple[Ground, MoveRules]) -> None:
    ground, rules = case
    answer = best_moves(ground, rules)
    assert faults_of_moves(ground, rules, answer) == ()
    assert answer.proved
    assert answer.proposal.value_ppm == best_of_all(ground, rules) // max(1, int(ground.risk.sum()))


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(grounds())
def test_without_a_budget_the_answer_is_sound_and_no_worse_than_the_rule(case: tuple[Ground, MoveRules]) -> None:
    answer = best_moves(*case, Budget(deterministic_s=0.0))
    assert faults_of_moves(*case, answer) == ()
    best = best_of_all(*case) // max(1, int(case[0].risk.sum()))
    assert answer.proposal.value_ppm <= best <= answer.proposal.value_ppm + answer.gap_ppm


def trap() -> Ground:
    """L covers a and b, M covers b and c, R covers c and d; M alone is the best single move, L and R the best two."""
    reach = {"D": "e", "L": "ab", "M": "bc", "R": "cd"}
    risk = {"a": 20, "b": 31, "c": 31, "d": 20, "e": 40}
    drive = np.array([[60 if zone in zones else FAR_S for zone in risk] for zones in reach.values()])
    places = tuple(Place(at, ("D1", "D2", "D3", "D4") if at == "D" else (), 1, 2) for at in reach)
    return Ground(places, tuple(risk), np.array(list(risk.values())), drive, np.full((4, 4), 300))


TWO = replace(FREE, most_moves=2, busy_pct=0)


def test_two_moves_are_chosen_together() -> None:
    answer = best_moves(trap(), TWO)
    assert [(move.unit_id, move.to_id, move.seconds) for move in answer.proposal.moves] == [
        ("D1", "L", 300),
        ("D2", "R", 300),
    ]
    assert answer.before.within_ppm == (40 * 10**6 // 142,) * 3
    assert answer.proposal.after.within_ppm == (10**6,) * 3
    assert answer.proved
    assert answer.source == "program"


def test_brute_force_would_catch_the_greedy_set() -> None:
    """The planted twin: the greedy set handed in as the answer is not the best of all."""
    table = chart(in_order(trap()), TWO)
    assert table.value(greedy(table)) < best_of_all(trap(), TWO)


@pytest.mark.parametrize("seed", range(6))
def test_pruning_loses_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ground = after_dispatches(valley(seed), seed)
    pruned = best_moves(ground)
    monkeypatch.setattr(moveprogram, "columns", lambda table: table.may & (table.spare > 0)[:, None] & (table.free < 2))
    monkeypatch.setattr(moveprogram, "room", lambda table: np.full_like(table.free, 4))
    everything = best_moves(ground)
    assert pruned.proved
    assert everything.proved
    assert pruned.proposal.value_ppm == everything.proposal.value_ppm


def test_pruning_too_hard_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted twin: with one place to receive, the program's set is worse than the best."""
    monkeypatch.setattr(moveprogram, "columns", lambda table: table.may & (np.arange(4) == 2))
    monkeypatch.setattr(moveup, "greedy", moveup.none_of)
    assert best_moves(trap(), TWO).proposal.value_ppm * 142 < best_of_all(trap(), TWO)


def test_a_donor_is_never_stripped_below_its_floor() -> None:
    for floor, moves in ((1, 2), (2, 1), (3, 0)):
        answer = best_moves(road("3 0 0 0", "1 1 50 50", gap_s=120, floor=floor), FREE)
        assert len(answer.proposal.moves) == moves, floor


def test_a_move_must_be_worth_its_price() -> None:
    ground = road("3 0", "10 10", gap_s=400)
    assert len(best_moves(ground, replace(FREE, second_price_ppm=1000)).proposal.moves) == 1
    assert best_moves(ground, replace(FREE, second_price_ppm=1100)).proposal.moves == ()
    assert best_moves(ground, replace(FREE, longest_s=399)).proposal.moves == ()


def test_the_rule_fills_in_the_order_of_emptying_from_the_nearest_with_two() -> None:
    ground = road("0 1 2 0 3", "1 1 1 90 1", gap_s=250)
    later = replace(ground.places[3], emptied=2)
    ground = replace(
        ground, places=(replace(ground.places[0], emptied=1), *ground.places[1:3], later, ground.places[4])
    )
    made = nearest_backfill(ground, FREE).moves
    assert [(move.from_id, move.to_id) for move in made] == [("S2", "S0"), ("S4", "S3")]
    assert [move.to_id for move in nearest_backfill(ground, replace(FREE, most_moves=1)).moves] == ["S0"]
    assert [move.to_id for move in best_moves(ground, replace(FREE, most_moves=1)).proposal.moves] == ["S3"]


def test_a_place_that_never_had_a_unit_is_no_emptied_station() -> None:
    ground = road("3 0", "1 9", gap_s=400)
    bare = replace(ground, places=(ground.places[0], replace(ground.places[1], strength=0)))
    assert nearest_backfill(bare, FREE).moves == ()
    assert {move.to_id for move in best_moves(bare, FREE).proposal.moves} == {"S1"}


def test_a_move_is_tried_without_being_made() -> None:
    ground = road("2 0", "10 30", gap_s=400)
    tried = try_move(ground, "S0-1", "S1", FREE)
    assert tried.move == Move("S0-1", "S0", "S1", 400, round(0.85 * 10**6 - 0.85 * 1.15 * 10**6 / 4))
    assert (tried.before.within_ppm[0], tried.after.within_ppm[0], tried.breaks) == (250_000, 10**6, ())
    assert try_move(road("1 0", "1 9", gap_s=950), "S0-0", "S1").breaks == ("too_long", "floor")
    assert try_move(ground, "S0-0", "S0").breaks == ("same_place",)
    cut = replace(ground, move_s=np.full((2, 2), FAR_S))
    assert try_move(cut, "S0-0", "S1").breaks == ("no_way",)
    with pytest.raises(ValueError, match="S9 is not known"):
        try_move(ground, "S0-0", "S9")


def test_a_tried_move_agrees_with_the_proposal() -> None:
    ground, rules = after_dispatches(valley(3), 3), replace(FREE, most_moves=1)
    answer = best_moves(ground, rules)
    (move,) = answer.proposal.moves
    tried = try_move(ground, move.unit_id, move.to_id, rules)
    assert (tried.move, tried.after) == (move, answer.proposal.after)


def test_equal_grounds_give_equal_answers_whatever_the_order_of_rows() -> None:
    ground = after_dispatches(valley(5), 5)
    rng = np.random.default_rng(1)
    rows, columns = rng.permutation(len(ground.places)), rng.permutation(len(ground.zone_ids))
    mixed = replace(
        ground,
        places=tuple(ground.places[at] for at in rows),
        zone_ids=tuple(ground.zone_ids[at] for at in columns),
        risk=ground.risk[columns],
        drive_s=ground.drive_s[np.ix_(rows, columns)],
        move_s=ground.move_s[np.ix_(rows, rows)],
    )
    assert repr(best_moves(ground)) == repr(best_moves(ground)) == repr(best_moves(mixed))


def test_a_broken_solver_leaves_the_greedy_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(moveup, "best_flow", fails)
    answer = best_moves(after_dispatches(valley(0), 0))
    assert (answer.source, answer.failure, answer.proved) == ("greedy", "RuntimeError", False)
    assert answer.proposal.moves
    assert answer.gap_ppm > 0


def test_shares_of_risk_count_turnout_and_only_places_with_a_unit() -> None:
    ground = road("1 0 0", "10 20 70")
    figures = cover(np.array([1, 0, 0]), ground.drive_s, ground.risk, 60, 300, 0)
    assert BANDS_S == (300, 480, 600)
    assert figures.within_ppm == (300_000, 10**6, 10**6)
    assert cover(np.array([0, 0, 0]), ground.drive_s, ground.risk, 60, 300, 0).within_ppm == (0, 0, 0)


def test_a_ground_that_contradicts_itself_is_refused() -> None:
    ground = road("2 0", "1 9")
    for wrong, says in (
        (replace(ground, zone_ids=("Z0", "Z0")), "Z0 is given twice"),
        (replace(ground, risk=np.array([1])), "risks for 2 zones"),
        (replace(ground, drive_s=ground.drive_s[:1]), "2 places"),
        (replace(ground, drive_s=ground.drive_s * 1.0), "whole"),
        (replace(ground, move_s=-ground.move_s), "not negative"),
    ):
        with pytest.raises(ValueError, match=says):
            best_moves(wrong)
