"""The optimizer's bench itself: draws repeat, peers keep the rules, the referee sees a bad plan, files come back."""

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from dispatch.optimizer import Problem, faults, recommend
from dispatch.optimizer.asjson import Refused, parse, restated, write
from dispatch.optimizer.check import faults_of_roles
from dispatch.optimizer.plan import Limits
from dispatch.optimizer.problem import Zone, canonical, stated
from tests.bench.__main__ import GROUPS, OPTIMIZER, foreign
from tests.bench.optimizer import chaos
from tests.bench.optimizer.city import Regime, draw
from tests.bench.optimizer.explaining import decided
from tests.bench.optimizer.instances import plan_all
from tests.bench.optimizer.judging import lost_cover, worth
from tests.bench.optimizer.monolith import solve_whole
from tests.bench.optimizer.referee import referee
from tests.bench.optimizer.rivals import by_card_order, by_labels
from tests.bench.optimizer.routing import compare
from tests.bench.optimizer.thrifty import nearest_thrifty
from tests.bench.optimizer.vroom_peer import answer, ask, count_only
from tests.unit.optimizer.town import count, needs, unit

CASES: tuple[tuple[Regime, int], ...] = (("single", 1), ("mixed", 2), ("contended", 3))


@pytest.mark.parametrize(("regime", "incidents"), CASES)
def test_equal_seeds_draw_equal_cities(regime: Regime, incidents: int) -> None:
    assert draw(3, regime, incidents, full=True) == draw(3, regime, incidents, full=True)
    assert draw(3, regime, incidents) != draw(4, regime, incidents)


def test_the_city_is_of_the_size_it_claims() -> None:
    problem = draw(1, "contended", 3, full=True).problem
    stations = {unit.station_id for unit in problem.units if unit.station_id.startswith("S")}
    appliances = [unit for unit in problem.units if unit.station_id.startswith("S")]
    free = [unit for unit in appliances if unit.standing.status == "available"]
    assert len(stations) == 25
    assert len(appliances) == 155
    assert 115 <= len(free) <= 148
    assert len(problem.stockpiles) == 60
    assert len(problem.zones) == 900
    assert lost_cover(problem, [unit.id for unit in problem.units]) == 1.0


def test_cover_is_lost_with_the_last_unit_of_a_place() -> None:
    two = (replace(unit("A", "W", {}), place="P"), replace(unit("B", "W", {}), place="P"))
    far = replace(unit("C", "W", {}), place="Q")
    zones = (Zone("Z1", 3, ("P",)), Zone("Z2", 1, ("P", "Q")), Zone("Z3", 9, ("elsewhere",)))
    problem = Problem((), (*two, far), zones=zones)
    assert lost_cover(problem, ["A"]) == 0.0
    assert lost_cover(problem, ["A", "B"]) == 0.75
    assert lost_cover(problem, ["A", "B", "C"]) == 1.0


@pytest.mark.parametrize(("regime", "incidents"), CASES)
def test_peers_keep_the_rules(regime: Regime, incidents: int) -> None:
    drawn = draw(5, regime, incidents)
    problem = drawn.problem
    plans = [
        nearest_thrifty(problem),
        by_card_order(problem, drawn.straight_m).roles,
        by_labels(problem).roles,
        solve_whole(problem, given=True) if incidents == 1 else (),
        answer(ask(count_only(problem))) if incidents < 3 else (),
    ]
    ours = worth(problem, recommend(problem).roles)
    for roles in filter(None, plans):
        assert faults_of_roles(count_only(problem) if roles is plans[-1] else problem, roles) == ()
        assert roles is plans[-1] or ours.cost <= worth(problem, roles).cost


def test_the_peer_with_an_eye_on_cover_spares_the_last_unit_of_a_place() -> None:
    alone = replace(unit("A", "W", {"I": 60}), place="P")
    pair = (replace(unit("B", "W", {"I": 80}), place="Q"), replace(unit("C", "W", {"I": 81}), place="Q"))
    zones = (Zone("ZP", 5, ("P",)), Zone("ZQ", 5, ("Q",)))
    problem = Problem((needs("I", count("W")),), (alone, *pair), zones=zones)
    assert [role.unit_id for role in nearest_thrifty(problem)] == ["B"]
    assert [role.unit_id for role in nearest_thrifty(problem, tie_s=10)] == ["A"]


def test_labels_suffice_where_each_unit_has_one() -> None:
    units = [unit("A1", "A", {"I": 60}), unit("A2", "A", {"I": 70}), unit("B1", "B", {"I": 90})]
    problem = Problem((needs("I", count("A", 2), count("B")),), tuple(units))
    assert by_labels(problem).roles == recommend(problem).roles


def test_a_team_that_counts_for_two_labels_leaves_a_line_unmet() -> None:
    problem = Problem((needs("I", count("A"), count("B")),), (unit("U", "A B", {"I": 60}), unit("V", "B", {"I": 90})))
    assert len(by_labels(problem).roles) == 1
    assert len(recommend(problem).roles) == 2


@pytest.mark.parametrize(("regime", "incidents"), CASES)
def test_the_referee_agrees_with_the_plan(regime: Regime, incidents: int) -> None:
    problem = draw(2, regime, incidents).problem
    parts = decided(problem)
    found = referee(problem, parts.roles, parts.judge.limits)
    assert [level.level for level in found if not level.equal] == []
    assert len(found) == 6


def test_the_referee_sees_what_greedy_loses() -> None:
    """The planted twin."""
    problem = draw(0, "contended", 3).problem
    assert not all(level.equal for level in referee(problem, recommend(problem).greedy.roles, Limits()))


def test_the_routing_engine_is_never_better() -> None:
    pair = compare(1, 1)
    assert pair.ours[:2] == pair.peer[:2]
    assert pair.ours.arrival <= pair.peer.arrival


def test_hostile_calls_are_answered() -> None:
    assert [found for number in range(60) if (found := chaos.trial([13, 99, number]))] == []


def test_a_call_on_which_the_relaxation_would_go_round_for_ever_is_answered() -> None:
    """Without a limit of iterations this test does not end."""
    assert chaos.trial([13, 1, 4812]) == ""


def test_problems_come_back_from_their_file(tmp_path: Path) -> None:
    problem = canonical(draw(1, "mixed", 2, full=True).problem)
    assert parse(write(problem)) == problem
    hostile = canonical(chaos.hostile(np.random.default_rng(7)))
    assert parse(write(hostile)) == hostile
    (tmp_path / "one.json").write_text(write(problem))
    assert plan_all(tmp_path) == 0
    plan = json.loads((tmp_path / "one.plan.json").read_text())
    assert plan == json.loads(recommend(problem).to_json())
    assert faults(problem, recommend(problem)) == ()


def test_a_problem_that_was_kept_before_a_field_was_added_is_read_with_its_default() -> None:
    problem = canonical(draw(1, "mixed", 2, full=True).problem)
    assert restated(stated(problem)) == problem
    of_old = json.loads(stated(problem))
    for row in of_old[1]:
        assert row.pop() == 0  # `worked_s`, the last field of a unit
    assert restated(json.dumps(of_old)) == problem
    of_old[1][0] += [0, "a field of tomorrow"]
    with pytest.raises(ValueError, match="zip"):
        restated(json.dumps(of_old))


SOUND = json.loads(write(Problem((needs("I", count("W")),), (unit("U", "W", {"I": 60}),))))


@pytest.mark.parametrize(
    ("change", "where", "why"),
    [
        ({"units": 3}, "units", "a list"),
        ({"colour": "red"}, "", "unknown field 'colour'"),
        ({"incidents": [{"id": "I"}]}, "incidents[0]", "'priority' is missing"),
        ({"incidents": [{"id": "I", "priority": True}]}, "incidents[0].priority", "int is expected, not bool"),
        ({"incidents": [{"id": "I", "priority": 99}]}, "", "outside 1..9"),
        ({"units": [{"id": "U", "station_id": "S", "capabilities": ["W"]}]}, "units[0].capabilities", "whole amounts"),
        ({"policy": {"area_price_s": 1.5}}, "policy.area_price_s", "int is expected"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(change: dict[str, object], where: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        parse(json.dumps(SOUND | change))
    assert refused.value.where == where


def test_a_refused_file_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "good.json").write_text(json.dumps(SOUND))
    assert plan_all(tmp_path) == 1
    assert "bad.json: refused: line 1" in capsys.readouterr().out
    assert (tmp_path / "good.plan.json").exists()


def test_every_name_leads_to_its_work(tmp_path: Path) -> None:
    for target in OPTIMIZER.values():
        module, _, function = target.partition(":")
        assert callable(getattr(import_module(module), function))
    assert GROUPS["optimizer"] == tuple(OPTIMIZER)
    assert foreign(["optimizer", "--instances", str(tmp_path)]) == tmp_path
    assert foreign(["O4", "--seed", "3"]) is None
    with pytest.raises(SystemExit):
        foreign(["O4", "--instances", str(tmp_path)])
