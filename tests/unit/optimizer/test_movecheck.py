"""The checker of move-ups, with a planted twin for each bug that it must catch."""

from dataclasses import replace

import pytest

from dispatch.optimizer import best_moves, faults_of_moves
from tests.unit.optimizer.test_moveup import TWO, trap


def test_a_sound_proposal_has_no_fault() -> None:
    assert faults_of_moves(trap(), TWO, best_moves(trap(), TWO)) == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"unit_id": "D9"}, "does not stand free"),
        ({"from_id": "L"}, "does not stand free"),
        ({"seconds": 299}, "takes 300 s"),
        ({"to_id": "D"}, "gives and receives"),
        ({"to_id": "M"}, "state after"),
        ({"unit_id": "D2"}, "moves twice"),
    ],
)
def test_a_false_move_is_caught(change: dict[str, object], says: str) -> None:
    answer = best_moves(trap(), TWO)
    first, *rest = answer.proposal.moves
    planted = replace(answer, proposal=replace(answer.proposal, moves=(replace(first, **change), *rest)))
    found = faults_of_moves(trap(), TWO, planted)
    assert any(says in fault for fault in found), found


def test_false_claims_are_caught() -> None:
    ground, answer = trap(), best_moves(trap(), TWO)
    stripped = replace(ground, places=(replace(ground.places[0], floor=3), *ground.places[1:]))
    assert any("below its floor" in fault for fault in faults_of_moves(stripped, TWO, answer))
    assert any("more than 1" in fault for fault in faults_of_moves(ground, replace(TWO, most_moves=1), answer))
    worse = replace(answer, proposal=answer.rule, rule=answer.proposal)
    assert "the proposal is worse than the rule" in faults_of_moves(ground, TWO, worse)
    richer = replace(answer, proposal=replace(answer.proposal, value_ppm=answer.proposal.value_ppm + 1))
    assert any("the value is" in fault for fault in faults_of_moves(ground, TWO, richer))
    assert "proved and the gap contradict each other" in faults_of_moves(ground, TWO, replace(answer, proved=False))
    assert "the state before is told wrongly" in faults_of_moves(ground, TWO, replace(answer, before=answer.rule.after))
