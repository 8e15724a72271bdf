"""City size: every plan sound, proved, and never worse than the greedy one on the first level where they differ."""

import pytest

from dispatch.optimizer import Problem, faults, groups, recommend
from dispatch.optimizer.problem import canonical
from dispatch.optimizer.score import Scorer
from dispatch.optimizer.tables import Tables
from tests.unit.optimizer.town import city


class _Everything(dict[tuple[int, int, bool], int]):
    def get(self, *_: object) -> int:
        return 10**9


EVERYTHING = _Everything()


def costs(problem: Problem):
    answer = recommend(problem)
    assert faults(problem, answer) == ()
    scorer = Scorer(Tables(canonical(problem)))
    return answer, scorer.cost(answer.roles), scorer.cost(answer.greedy.roles)


@pytest.mark.parametrize(("incidents", "seed"), [(1, 0), (1, 1), (1, 2), (2, 3), (3, 4), (3, 5), (3, 6)])
def test_city_plans_are_sound_and_never_worse_than_greedy(incidents: int, seed: int) -> None:
    answer, ours, greedy = costs(city(seed, incidents))
    assert ours <= greedy
    assert answer.provenance.source == "final"
    assert not answer.provenance.guard_fired
    assert answer.provenance.failure == ""


@pytest.mark.parametrize("incidents", [1, 3])
def test_pruned_columns_lose_nothing(incidents: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pruned = costs(city(11, incidents))[1]
    monkeypatch.setattr(groups, "_prune_limits", lambda *_: EVERYTHING)
    assert costs(city(11, incidents))[1] == pruned


def test_pruning_too_hard_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted twin: with only the single nearest unit of each class the plan gets worse."""
    pruned = costs(city(3, 3))[1]
    monkeypatch.setattr(groups, "_most_usable", lambda *_: [1, 1, 1])
    assert costs(city(3, 3))[1] > pruned


def test_no_reason_in_a_proved_plan_admits_a_better_exchange() -> None:
    for seed in range(4):
        answer = recommend(city(seed, 3))
        codes = {near.why.code for part in answer.incidents for pick in part.picks for near in pick.nearer}
        assert codes
        if answer.provenance.final == "proved":
            assert "plan_not_proved" not in codes
