"""Ordered move-ups through the whole service: the unit stays free, counts where it stands, and is had once."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from dispatch.commands import giving_way, move_up_orders, moves
from dispatch.store import move_up_orders as kept
from kernel.auth import Principal, Role
from kernel.clock import real_now
from kernel.contracts.assignment import Fix
from kernel.contracts.resources import Organisation, StationArea
from kernel.contracts.vocabulary import OrganisationKind
from tests.integration.desk_of import FLEET, OTHER, Desk
from tests.integration.town_of_two import EAST, WEST, desk_in_town, place
from tests.worlds import World, cards, engine, force_table, ladder, square

CREW = Principal(subject="crew-e1", name="e1", roles=frozenset({Role.UNIT}), unit_ids=("e1",))
OTHERS_CREW = Principal(subject="crew-w1", name="w1", roles=frozenset({Role.UNIT}), unit_ids=("w1",))
AT_WEST = Principal(subject="west", name="west", roles=frozenset({Role.STATION}), station_id="west")
IN_COMMAND = Principal(subject="qian", name="钱", roles=frozenset({Role.INCIDENT_COMMANDER}))


def town() -> World:
    """A station at either end; one engine in the west, two in the east beside a ladder and an engine of XPCC."""
    lent = engine("p1", EAST, organisation_id="org-xpcc")
    return (
        World()
        .add("organisation", Organisation(id="org-brigade", name="大队", kind=OrganisationKind.BRIGADE, path="c/b"))
        .add("organisation", Organisation(id="org-xpcc", name="兵团", kind=OrganisationKind.XPCC, path="x"))
        .add("station", WEST, EAST)
        .add("station_area", StationArea(id="area-west", station_id="west", rings=(square(WEST.at, 0.005),)))
        .add("unit", engine("w1", WEST), engine("e1", EAST), engine("e2", EAST), ladder("e3", EAST), lent)
        .add("response_card", *cards())
        .add("force_table", force_table())
    )


@pytest.fixture(scope="module")
async def desk(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk_in_town(tmp_path_factory.mktemp("town"), town()) as made:
        await free_engines(made, west=1, east=2)
        yield made


@pytest.fixture(autouse=True)
async def fresh(desk: Desk) -> AsyncIterator[None]:
    yield
    await desk.clear()
    for held in await desk.get("/move-up-orders"):
        await desk.ask("POST", f"/move-up-orders/{held['id']}/recall", {})
        await desk.ask("POST", f"/move-up-orders/{held['id']}/steps", {"to": "ended"})
    desk.own.positions.latest.clear()
    assert await desk.get("/move-up-orders") == []


async def until(ask: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    """The answer as soon as it holds what is waited for."""
    end = time.monotonic() + 15
    while True:
        answer = await ask()
        if holds(answer):
            return answer
        assert time.monotonic() < end, answer
        await asyncio.sleep(0.05)


def counted(answer: Any) -> dict[str, int]:
    """Free first engines by station."""
    stations = (answer["coverage"] or {"stations": []})["stations"]
    return {each["station_id"]: each["free"] for each in stations}


async def free_engines(desk: Desk, **numbers: int) -> None:
    """Waits until so many first engines stand ready, and until the ways between the stations are known."""
    await until(lambda: desk.get("/coverage"), lambda answer: counted(answer) == numbers)
    await until(lambda: desk.ask("GET", "/move-ups"), lambda reply: reply.status_code == 200)


async def ordered(desk: Desk, unit_id: str = "e1", to: str = "west", expect: int = 201, **more: Any) -> Any:
    return await desk.post("/move-up-orders", {"unit_id": unit_id, "to_station_id": to, **more}, expect=expect)


async def step(desk: Desk, order_id: str, *steps: str, expect: int = 200) -> Any:
    last = None
    for to in steps:
        last = await desk.post(f"/move-up-orders/{order_id}/steps", {"to": to, "device": "手机"}, expect=expect)
    return last


async def active(desk: Desk) -> list[tuple[str, str]]:
    return [(each["unit_id"], each["status"]) for each in await desk.get("/move-up-orders")]


async def empty_west(desk: Desk) -> Any:
    """An incident in the west that has taken its only engine."""
    incident = await desk.report(at=place(100))
    await desk.order(incident["id"], "w1")
    return incident


async def test_a_proposed_move_is_ordered_taken_by_its_crew_and_counts_where_it_stands(desk: Desk) -> None:
    await empty_west(desk)
    (move,) = (await until(lambda: desk.get("/move-ups"), lambda it: it["emptied"] == ["west"]))["proposal"]["moves"]
    made = await ordered(desk, move["unit_id"])
    assert (made["status"], made["from_station_id"], made["to_station_id"]) == ("ordered", "east", "west")
    assert (made["seconds"], made["breaks"], made["ordered_by"]) == (move["seconds"], [], "03")
    proposed = await desk.get("/move-ups")
    assert (proposed["emptied"], proposed["proposal"]["moves"]) == ([], [])
    await free_engines(desk, west=0, east=2)
    crew = desk.as_(CREW) if made["unit_id"] == "e1" else desk.as_(FLEET)
    out = await step(crew, made["id"], "under_way")
    assert (out["acknowledged_by"], out["eta_at"] > out["under_way_at"]) == ("手机", True)
    await free_engines(desk, west=0, east=1)
    await step(crew, made["id"], "arrived")
    await free_engines(desk, west=1, east=1)
    back = await desk.post(f"/move-up-orders/{made['id']}/recall", {"reason": "西站已归队"}, expect=200)
    assert (back["status"], back["recalled_by"], back["recall_reason"]) == ("returning", "03", "西站已归队")
    await free_engines(desk, west=0, east=1)
    home = await step(crew, made["id"], "ended")
    assert (home["end"], home["version"]) == ("home", 5)
    await free_engines(desk, west=0, east=2)


async def test_it_is_recommended_from_where_it_is_and_an_incident_has_it_at_any_time(desk: Desk) -> None:
    for steps, near_s in (((), 300), (("under_way", "arrived"), 120)):
        made = await ordered(desk, "e1")
        await step(desk.as_(FLEET), made["id"], *steps)
        incident = await desk.report(at=place(50))
        advice = await desk.completed(
            await desk.post(f"/incidents/{incident['id']}/recommendations", {"pinned": ["e1"]})
        )
        pick = next(each for each in advice["picks"] if each["unit_id"] == "e1")
        assert (pick["travel_s"] < 60) == bool(steps), pick
        assert (pick["eta_s"] < near_s) == bool(steps)
        assert pick["eta_s"] - pick["travel_s"] == 60  # it turns out from there as it would at home
        (held,) = (await desk.order(incident["id"], "e1"))["assignments"]
        assert await active(desk) == []
        ended = (await desk.events(made["id"]))[-1]
        assert (ended["type"], ended["value"]["end"]) == ("move_up.ended", "dispatched")
        assert (ended["value"]["sent_to"], ended["value"]["ended_at"]) == (incident["id"], held["dispatched_at"])
        way = await desk.get(f"/assignments/{held['id']}/route")
        assert (way["length_m"] < 500) == bool(steps)
        await desk.clear()


async def test_on_its_way_it_is_where_it_was_last_heard(desk: Desk) -> None:
    made = await ordered(desk, "e1")
    await step(desk.as_(FLEET), made["id"], "under_way")
    half = Fix(unit_id="e1", at=place(1500), fixed_at=real_now())
    assert desk.own.positions.take([half]) == 1
    incident = await desk.report(at=place(1500))
    early = await desk.post(f"/incidents/{incident['id']}/orders", {"units": [{"unit_id": "e1"}]})
    assert early["assignments"][0]["travel_s"] < 30
    assert await active(desk) == []


async def test_the_area_of_the_station_where_it_stands_in_has_it_first(desk: Desk) -> None:
    await empty_west(desk)
    made = await ordered(desk, "e1")
    await step(desk.as_(FLEET), made["id"], "under_way", "arrived")
    incident = await desk.report(at=place(60), separate=True)
    early = await desk.post(f"/incidents/{incident['id']}/early-orders")
    assert [each["unit_id"] for each in early["assignments"]] == ["e1"]


async def test_a_rule_is_broken_with_a_reason_only(desk: Desk) -> None:
    refused = await ordered(desk, "w1", "east", expect=422)
    assert (refused["code"], refused["breaks"]) == ("move_up_reason", ["floor"])
    made = await ordered(desk, "w1", "east", reason="大型活动")
    assert (made["breaks"], made["reason"]) == (["floor"], "大型活动")
    trial = await desk.ask("POST", "/move-ups/trials", {"unit_id": "w1", "to_station_id": "east"})
    assert (trial.status_code, trial.json()["code"]) == (409, "unit_not_ready")


@pytest.mark.parametrize(
    ("unit_id", "to", "status", "code"),
    [
        ("nobody", "west", 404, "unit_unknown"),
        ("e1", "nowhere", 404, "station_unknown"),
        ("e1", "east", 409, "move_up_same_place"),
        ("p1", "west", 409, "move_up_not_ours"),
    ],
)
async def test_what_cannot_be_moved_is_refused(desk: Desk, unit_id: str, to: str, status: int, code: str) -> None:
    assert (await ordered(desk, unit_id, to, expect=status))["code"] == code


async def test_who_is_out_or_on_the_way_home_or_moved_already_is_not_moved(desk: Desk) -> None:
    incident = await desk.report(at=place(2900))
    (held,) = (await desk.order(incident["id"], "e1"))["assignments"]
    taken = await ordered(desk, "e1", expect=409)
    assert (taken["code"], taken["incident_id"]) == ("unit_taken", incident["id"])
    await desk.advance(held["id"], "acknowledged", "enroute", "on_scene", "returning")
    assert (await ordered(desk, "e1", expect=409))["code"] == "unit_not_home"
    await desk.advance(held["id"], "cleared")
    await ordered(desk, "e1")
    assert (await ordered(desk, "e1", expect=409))["code"] == "unit_moved"


async def test_a_unit_that_is_no_first_engine_is_moved_too_and_counts_nowhere(desk: Desk) -> None:
    made = await ordered(desk, "e3")
    assert (made["breaks"], made["seconds"] > 0) == ([], True)
    await step(desk.as_(FLEET), made["id"], "under_way", "arrived")
    await free_engines(desk, west=1, east=2)


async def test_who_may_order_recall_and_say_that_they_are_under_way(desk: Desk) -> None:
    body = {"unit_id": "e1", "to_station_id": "west"}
    for who in (CREW, AT_WEST, IN_COMMAND, FLEET):
        assert (await desk.as_(who).ask("POST", "/move-up-orders", body)).status_code == 403
    made = await ordered(desk)
    for who in (CREW, IN_COMMAND):
        assert (await desk.as_(who).ask("POST", f"/move-up-orders/{made['id']}/recall", {})).status_code == 403
    assert (await step(desk.as_(OTHERS_CREW), made["id"], "under_way", expect=403))["code"] == "not_yours"
    await step(desk.as_(CREW), made["id"], "under_way")
    await step(desk.as_(AT_WEST), made["id"], "arrived")  # the station that it comes to sees it come
    assert (await desk.as_(CREW).get("/move-up-orders"))[0]["status"] == "arrived"
    assert (await desk.ask("POST", "/move-up-orders/none/recall", {})).json()["code"] == "move_up_order_unknown"


async def test_a_persons_step_takes_the_unit_from_the_simulator(desk: Desk) -> None:
    await desk.post("/units/e1/control", {"take": False}, expect=200)
    made = await ordered(desk)
    await step(desk.as_(FLEET), made["id"], "under_way")
    assert await holder(desk) == ""
    await step(desk.as_(CREW), made["id"], "arrived")
    assert await holder(desk) == "crew-e1"
    await desk.post("/units/e1/control", {"take": False}, expect=200)


async def holder(desk: Desk) -> str:
    things = (await desk.get("/snapshot"))["things"]
    return next((each["value"]["holder"] for each in things if (each["kind"], each["id"]) == ("control", "e1")), "")


async def test_ordering_and_recalling_twice_is_one_effect_and_the_snapshot_holds_what_is_active(desk: Desk) -> None:
    body, key = {"unit_id": "e1", "to_station_id": "west"}, f"move {time.monotonic_ns()}"
    twice = [(await desk.ask("POST", "/move-up-orders", body, key=key)).json() for _ in range(2)]
    assert twice[0] == twice[1]
    path = f"/move-up-orders/{twice[0]['id']}"
    assert (await desk.get(f"{path}/route"))["length_m"] > 2500
    things = (await desk.get("/snapshot"))["things"]
    assert [each["id"] for each in things if each["kind"] == "move_up_order"] == [twice[0]["id"]]
    told = [(await desk.ask("POST", f"{path}/recall", {}, key=f"back {key}")).json() for _ in range(2)]
    assert (told[0], told[0]["end"]) == (told[1], "recalled")
    assert (await desk.post(f"{path}/recall", {}, expect=409))["code"] == "move_up_over"
    things = (await desk.get("/snapshot"))["things"]
    assert [each for each in things if each["kind"] == "move_up_order"] == []
    assert [each["type"] for each in await desk.events(twice[0]["id"])] == ["move_up.ordered", "move_up.recalled"]


async def test_without_a_worker_it_is_ordered_all_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for pool in (desk.own.pool.live, desk.own.pool.background):
        monkeypatch.setattr(pool, "path", pool.path.with_name("nobody.sock"))
        await pool.close()
    monkeypatch.setattr(moves.rules, "between", lambda *_given: None)
    made = await ordered(desk)
    assert 60 < made["seconds"] < 900  # by straight line
    assert (await desk.get(f"/move-up-orders/{made['id']}/route"))["method"] == "estimate"


async def race(desk: Desk, incident_id: str) -> tuple[list[int], set[str]]:
    """The same unit is ordered to an incident, moved up by two desks and called back, all at once; who has it then."""
    other = desk.as_(OTHER)
    body = {"unit_id": "e1", "to_station_id": "west"}
    replies = await asyncio.gather(
        desk.ask("POST", "/move-up-orders", body),
        desk.ask("POST", f"/incidents/{incident_id}/orders", {"units": [{"unit_id": "e1"}]}),
        other.ask("POST", "/move-up-orders", body),
        *(other.ask("POST", f"/move-up-orders/{each['id']}/recall", {}) for each in await desk.get("/move-up-orders")),
    )
    moved = {"move-up" for unit_id, _ in await active(desk) if unit_id == "e1"}
    held = await desk.get(f"/incidents/{incident_id}/assignments")
    sent = {"incident" for each in held if each["status"] not in ("canceled", "cleared", "returning")}
    return [reply.status_code for reply in replies], moved | sent


async def doubled(desk: Desk, rounds: int) -> int:
    """How many of so many races left a unit with two things."""
    found = 0
    for nth in range(rounds):
        incident = await desk.report(at=place(1000), separate=True)
        if nth % 2:
            await ordered(desk)
        codes, holders = await race(desk, incident["id"])
        assert codes[1] == 201, codes  # whatever else is decided, an incident has its unit
        assert "incident" in holders
        assert set(codes) <= {200, 201, 409}
        found += len(holders) > 1
        await desk.clear()
        for held in await desk.get("/move-up-orders"):
            await desk.ask("POST", f"/move-up-orders/{held['id']}/recall", {})
    return found


async def test_orders_move_ups_and_recalls_at_once_never_leave_a_unit_with_two_things(desk: Desk) -> None:
    assert await doubled(desk, 12) == 0


async def test_a_race_without_taking_turns_is_caught(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: each looks whether the other has the unit, and nobody waits."""

    async def nobody_waits(_tx: Any, _unit_ids: Any) -> None:
        await asyncio.sleep(0)

    right = kept.begin

    async def slowly(tx: Any, order: Any, scope: str) -> None:
        await asyncio.sleep(0.05)
        await right(tx, order, scope)

    for module in (giving_way.move_up_orders, move_up_orders.orders):
        monkeypatch.setattr(module, "take_turns", nobody_waits)
    monkeypatch.setattr(kept, "begin", slowly)
    assert await doubled(desk, 4) > 0
