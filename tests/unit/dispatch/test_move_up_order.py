"""A move-up keeps its unit free: who may be moved, its steps, where the unit counts, and that it counts once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispatch import optimizer
from dispatch.rules import coverage, moves
from dispatch.rules import move_up_order as rules
from dispatch.rules.aid import Lending
from dispatch.rules.coverage import NEVER
from dispatch.rules.move_up_order import Way
from dispatch.workers.planning import MoveJob
from kernel.contracts.events import Position
from kernel.contracts.move_up_order import MoveUpOrder, MoveUpOrderForm
from kernel.contracts.vocabulary import MoveUpEnd, MoveUpStatus
from kernel.errors import Refusal
from tests.unit.dispatch.test_moves import SPREAD, city
from tests.worlds import engine, station

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
A, B = station("a", (87.60, 43.80)), station("b", (87.64, 43.81))
A1 = engine("a1", A)
S = MoveUpStatus
SEVEN_MINUTES = Way(420)


def later(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def order(
    unit_id: str = "b1", home: str = "b", to: str = "a", way: Way = SEVEN_MINUTES, reason: str = ""
) -> MoveUpOrder:
    unit = engine(unit_id, station(home, B.at))
    form = MoveUpOrderForm(unit_id=unit_id, to_station_id=to, reason=reason)
    return rules.ordered(form, unit, Lending(), way, order_id=f"mov-{unit_id}", at=NOON, by="03")


def gone(held: MoveUpOrder, *steps: MoveUpStatus) -> MoveUpOrder:
    for nth, to in enumerate(steps, 1):
        held = rules.advance(held, to, at=later(nth), by="fleet")
    return held


def refusal(ask: object) -> str:
    with pytest.raises(Refusal) as caught:
        ask()  # type: ignore[operator]
    return caught.value.code


def test_a_move_up_goes_out_arrives_is_called_back_and_comes_home() -> None:
    made = order()
    assert (made.status, made.version, made.eta_at) == (S.ORDERED, 1, NOON + timedelta(seconds=480))
    there = gone(made, S.UNDER_WAY, S.ARRIVED)
    assert (there.under_way_at, there.arrived_at, there.acknowledged_by) == (later(1), later(2), "fleet")
    back = rules.recalled(there, at=later(30), by="03", reason="都回来了")
    assert (back.status, back.recall_reason, back.ended_at) == (S.RETURNING, "都回来了", None)
    home = rules.advance(back, S.ENDED, at=later(40), by="fleet")
    assert (home.status, home.end, home.version) == (S.ENDED, MoveUpEnd.HOME, 5)


def test_called_back_before_it_left_it_is_over_at_once() -> None:
    over = rules.recalled(order(), at=later(1), by="03")
    assert (over.status, over.end, over.ended_at) == (S.ENDED, MoveUpEnd.RECALLED, later(1))


@pytest.mark.parametrize(
    ("steps", "to"),
    [((), S.ARRIVED), ((), S.ENDED), ((S.UNDER_WAY,), S.UNDER_WAY), ((S.UNDER_WAY, S.ARRIVED), S.ENDED)],
)
def test_a_step_out_of_turn_is_refused(steps: tuple[MoveUpStatus, ...], to: MoveUpStatus) -> None:
    held = gone(order(), *steps)
    assert refusal(lambda: rules.advance(held, to, at=NOON, by="x")) == "illegal_step"


def test_nobody_is_called_back_twice() -> None:
    back = rules.recalled(gone(order(), S.UNDER_WAY), at=NOON, by="03")
    assert refusal(lambda: rules.recalled(back, at=NOON, by="03")) == "move_up_over"


def test_an_order_to_an_incident_ends_it_from_every_state() -> None:
    for steps in ((), (S.UNDER_WAY,), (S.UNDER_WAY, S.ARRIVED)):
        over = rules.given_way(gone(order(), *steps), "i1", at=later(9))
        assert (over.status, over.end, over.sent_to, over.ended_at) == (S.ENDED, MoveUpEnd.DISPATCHED, "i1", later(9))


def test_a_rule_is_broken_with_a_reason_only() -> None:
    broken = Way(1000, ("too_long", "floor"))
    assert refusal(lambda: order(way=broken)) == "move_up_reason"
    made = order(way=broken, reason="大型活动")
    assert (made.breaks, made.reason) == (("too_long", "floor"), "大型活动")


def test_forces_of_others_and_who_stands_there_already_are_not_moved() -> None:
    lent = A1.model_copy(update={"by_request": True})
    form = MoveUpOrderForm(unit_id="a1", to_station_id="b")
    assert (
        refusal(lambda: rules.ordered(form, lent, Lending(), Way(), order_id="m", at=NOON, by="")) == "move_up_not_ours"
    )
    here = MoveUpOrderForm(unit_id="a1", to_station_id="a")
    assert (
        refusal(lambda: rules.ordered(here, A1, Lending(), Way(), order_id="m", at=NOON, by="")) == "move_up_same_place"
    )


def test_it_counts_at_home_until_it_leaves_on_the_road_nowhere_and_there_once_it_has_arrived() -> None:
    made = order()
    out, there = gone(made, S.UNDER_WAY), gone(made, S.UNDER_WAY, S.ARRIVED)
    back = rules.recalled(there, at=later(9), by="03")
    assert [rules.station_of(each) for each in (made, out, there, back)] == ["b", None, "a", None]
    assert [rules.bound_for(each) for each in (made, out, there, back)] == ["a", "a", "a", "b"]


def fix(minutes: float) -> Position:
    return Position(unit_id="b1", at=(87.62, 43.805), fixed_at=later(minutes))


def test_it_is_where_it_was_last_heard_on_its_way_else_where_it_last_stood() -> None:
    made = order()
    out, there = gone(made, S.UNDER_WAY), gone(made, S.UNDER_WAY, S.ARRIVED)
    back = rules.recalled(there, at=later(9), by="03")
    at = [rules.place_of(each, B.at, A.at, fix(1.5)) for each in (made, out, there, back)]
    assert at == [B.at, fix(1).at, A.at, fix(1).at]
    assert rules.place_of(out, B.at, A.at, fix(-60)) == B.at  # heard of an hour ago, on another way
    assert (rules.place_of(out, B.at, A.at, None), rules.place_of(back, B.at, A.at, None)) == (B.at, A.at)
    sent = rules.given_way(there, "i1", at=later(5))
    assert rules.place_of(sent, B.at, A.at, fix(4)) == A.at
    assert rules.place_of(sent, B.at, A.at, fix(6)) == fix(6).at


def free(moved: Mapping[str, str | None]) -> dict[str, int]:
    return {place: len(ids) for place, ids in coverage.free_engines(city(a=1, b=2, c=1), {"a1"}, moved).items()}


def counted_twice(moved: Mapping[str, str | None]) -> bool:
    """Whether more engines stand ready than there are in the city, less the one that is out."""
    return sum(free(moved).values()) > 3


def test_an_engine_that_stands_in_counts_there_and_no_longer_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    assert free({}) == {"a": 0, "b": 2, "c": 1}
    assert free({"b1": None}) == {"a": 0, "b": 1, "c": 1}
    assert free({"b1": "a"}) == {"a": 1, "b": 1, "c": 1}
    assert free({"b1": "nowhere"}) == {"a": 0, "b": 1, "c": 1}
    assert not counted_twice({"b1": "a"})
    right = coverage.free_engines

    def doubled(*given: object) -> dict[str, tuple[str, ...]]:
        found = right(*given)  # type: ignore[arg-type]
        return found | {"b": ("b1", "b2")}

    monkeypatch.setattr(coverage, "free_engines", doubled)
    assert counted_twice({"b1": "a"})


def proposed(moved: list[MoveUpOrder]) -> tuple[tuple[str, ...], list[str]]:
    """The empty stations, and who is proposed to move."""
    engines, sent = city(a=1, b=2, c=1), {"a1": NOON}
    ready = moves.ready_of(engines, sent, moved)
    empty = moves.emptied(engines, ready.free, sent, ready.bound)
    asked = moves.asked_of(SPREAD, engines, ready.free, empty, ready.bound)
    return empty, [each.unit_id for each in MoveJob(asked, moves.RULES).solve().proposal.moves]


def test_a_station_for_which_somebody_is_bound_is_not_filled_again_and_nobody_is_moved_twice() -> None:
    assert proposed([]) == (("a",), ["b1"])
    for steps in ((), (S.UNDER_WAY,), (S.UNDER_WAY, S.ARRIVED)):
        assert proposed([gone(order("b1"), *steps)]) == ((), [])
    back = rules.recalled(gone(order("b1"), S.UNDER_WAY), at=NOON, by="03")
    assert proposed([back]) == (("a",), ["b2"])


def test_a_proposal_that_forgets_who_is_moved_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: whoever is moved up still stands at home."""
    right = moves.ready_of
    monkeypatch.setattr(moves, "ready_of", lambda engines, sent, _moved: right(engines, sent, ()))
    assert proposed([gone(order("b1"), S.UNDER_WAY)]) == (("a",), ["b1"])


def test_who_stands_in_is_never_moved_on_and_lets_the_others_go() -> None:
    places = tuple(
        optimizer.Place(name, ids, 1, 1, 0, bound)
        for name, ids, bound in (("a", (), 1), ("b", ("b1",), 1), ("c", ("c1",), 0))
    )
    held = moves.asked_of(SPREAD, {}, {}, ())
    tried = optimizer.try_move(replace(held, places=places), "b1", "a")
    assert tried.breaks == ()
    assert optimizer.try_move(replace(held, places=places), "c1", "b").breaks == ("floor",)
    with pytest.raises(ValueError, match="negative"):
        optimizer.best_moves(replace(held, places=(replace(places[0], bound=-1), *places[1:])))


def test_the_rules_that_an_order_breaks_are_those_of_a_trial() -> None:
    engines = city(a=1, b=2, c=1)
    ready = moves.ready_of(engines, {}, ())
    for unit, to in ((engines["a"][0], "b"), (engines["b"][0], "c"), (engines["a"][0], "c"), (engines["c"][0], "a")):
        seconds = moves.between(SPREAD, unit.station_id, to)
        assert seconds is not None
        asked = moves.asked_of(SPREAD, engines, ready.free, (), ready.bound)
        tried = optimizer.try_move(asked, unit.id, to, moves.RULES)
        assert moves.way_of(seconds, unit, engines, ready).breaks == tried.breaks
    assert moves.way_of(NEVER, engines["b"][0], engines, ready) == Way(0, ("no_way",))
    assert moves.between(SPREAD, "a", "nowhere") is None
    assert moves.way_of(100, engine("t9", A), engines, ready).breaks == ()
