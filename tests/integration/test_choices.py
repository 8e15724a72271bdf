"""The commander chooses: other plans beside the recommendation, units pinned and forbidden, each with its price."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from dispatch import optimizer
from dispatch.optimizer.asjson import parse
from kernel.auth import Principal, Role
from tests.integration.desk_of import FLEET, Desk, staffed
from tests.worlds import engine, station, three_stations_one_fire

COMMANDER = Principal(subject="zhao", name="赵", roles=frozenset({Role.COMMANDER}))


@pytest.fixture(scope="module")
async def desk(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with staffed(three_stations_one_fire(), tmp_path_factory.mktemp("w")) as made:
        yield made


@pytest.fixture(autouse=True)
async def fresh(desk: Desk) -> AsyncIterator[None]:
    yield
    await desk.clear()


async def test_other_ways_stand_beside_the_recommendation(desk: Desk) -> None:
    incident = await desk.report()
    first = await desk.post(f"/incidents/{incident['id']}/recommendations")
    assert [each["name"] for each in first["alternatives"]] == ["fastest", "greedy"]
    advice = await desk.completed(first)
    assert [each["name"] for each in advice["alternatives"]] == ["fastest", "covered", "calm", "greedy"]
    assert (advice["version"], advice["picks"]) == (2, first["picks"])
    fastest = advice["alternatives"][0]
    assert fastest == first["alternatives"][0]
    assert fastest["adds"] == fastest["leaves"] == []
    assert fastest["curve"] == sorted(pick["eta_s"] for pick in advice["picks"])
    assert fastest["stations"] == {"a": [2, 0]}
    assert advice["price"] is None


async def test_further_plans_wait_for_a_worker_and_only_the_newest_question_gets_them(desk: Desk) -> None:
    incident = await desk.report()
    path = f"/incidents/{incident['id']}/recommendations"
    async with desk.own.pool.background.lock:
        *older, newest = [await desk.post(path) for _ in range(3)]
        assert all(each["alternatives_due"] for each in (*older, newest))
    assert len((await desk.completed(newest))["alternatives"]) == 4
    desk.own.further.set()
    async with asyncio.timeout(20):
        settled = [await desk.completed(each) for each in older]
    told = [(each["version"], each["overtaken"], len(each["alternatives"])) for each in settled]
    assert told[1] == (2, True, 2)
    assert told[0] in ((2, True, 2), (2, False, 4)), "the first may have been under way"


async def test_what_one_more_unit_would_buy_follows_the_answer(desk: Desk) -> None:
    incident = await desk.report(kind="fire.tank", alarm_level=1)
    first = await desk.post(f"/incidents/{incident['id']}/recommendations")
    assert first["one_more"] == first["totals_short"] == []
    advice = await desk.completed(first)
    (gain,) = advice["one_more"]
    assert gain == {
        "line": "FOAM",
        "fewer_missing": 0,
        "earlier_s": first["outcome"]["complete_s"],
        "others_s": 0,
        "proved": True,
    }
    grave = await desk.report(kind="fire.tank", alarm_level=5)
    short = await desk.completed(await desk.post(f"/incidents/{grave['id']}/recommendations"))
    assert [(each["line"], each["fewer_missing"]) for each in short["one_more"]] == [("FOAM", 1)]


async def test_a_pinned_unit_goes_and_its_price_is_told(desk: Desk) -> None:
    incident = await desk.report()
    free = await desk.post(f"/incidents/{incident['id']}/recommendations")
    assert "c1" not in {pick["unit_id"] for pick in free["picks"]}
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations", {"pinned": ["c1"]})
    picks = {pick["unit_id"]: pick for pick in advice["picks"]}
    assert len(picks) == 2
    assert picks["c1"]["why"] == [{"code": "pinned", "params": {}}]
    later = picks["c1"]["eta_s"] - free["outcome"]["complete_s"]
    assert later > 0
    assert (advice["price"]["complete_s"], advice["price"]["unmet"], advice["price"]["units"]) == (later, 0, 0)
    assert advice["pinned"] == ["c1"]


async def test_a_forbidden_unit_stays_and_says_why(desk: Desk) -> None:
    incident = await desk.report()
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations", {"forbidden": ["a1"]})
    assert "a1" not in {pick["unit_id"] for pick in advice["picks"]}
    assert advice["price"]["complete_s"] > 0
    why = await desk.get(f"/recommendations/{advice['id']}/why", unit_id="a1")
    assert [each["code"] for each in why["why"]] == ["forbidden"]


async def test_the_policy_is_changed_and_every_plan_names_its_version(desk: Desk) -> None:
    before = await desk.get("/policy")
    incident = await desk.report()
    first = await desk.post(f"/incidents/{incident['id']}/recommendations")
    assert (before["version"], first["policy_version"]) == (1, 1)
    form = {key: before[key] for key in ("version", "styles", "reserves", "specials")} | {"reason": "演练后调整"}
    special = {"station_ids": ["a"], "kinds": ["hazmat.leak"], "spare_s": 3600}
    styles = [{**style, "tolerance_s": 3600, "first_tolerance_s": 3600} for style in before["styles"][:1]]
    commander = desk.as_(COMMANDER)
    changed = await commander.ask("PUT", "/policy", form | {"styles": styles, "specials": [special]})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations")
    assert advice["policy_version"] == 2
    assert {pick["unit_id"][0] for pick in advice["picks"]} == {"b"}
    assert [each["name"] for each in advice["alternatives"]] == ["fastest", "greedy"]
    assert not advice["alternatives_due"]
    late = await commander.ask("PUT", "/policy", form)
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    refused = await desk.ask("PUT", "/policy", form)
    assert refused.status_code == 403
    back = await commander.ask("PUT", "/policy", form | {"version": 2})
    assert back.json()["version"] == 3


async def test_a_plan_can_be_replayed_from_what_is_kept(desk: Desk) -> None:
    incident = await desk.report()
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations", {"pinned": ["c1"]})
    path = f"/recommendations/{advice['id']}/problem"
    again = optimizer.recommend(parse((await desk.ask("GET", path)).text))
    assert again.input_hash == advice["input_hash"]
    assert {role.unit_id for role in again.roles} == {pick["unit_id"] for pick in advice["picks"]}


async def test_contradictions_and_the_unknown_are_refused(desk: Desk) -> None:
    incident = await desk.report()
    path = f"/incidents/{incident['id']}/recommendations"
    for body, told in (
        ({"pinned": ["a1"], "forbidden": ["a1"]}, (422, "pinned_and_forbidden")),
        ({"pinned": ["nobody"]}, (404, "unit_unknown")),
    ):
        reply = await desk.ask("POST", path, body)
        assert (reply.status_code, reply.json()["code"]) == told


async def test_an_alternative_is_ordered_without_a_reason_and_only_as_it_is(desk: Desk) -> None:
    incident = await desk.report()
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations", {"pinned": ["c1"]})
    greedy = advice["alternatives"][-1]
    picks = {pick["unit_id"] for pick in advice["picks"]}
    going = sorted(picks - set(greedy["leaves"]) | {unit["unit_id"] for unit in greedy["adds"]})
    form = {"recommendation_id": advice["id"], "alternative": "none", "units": [{"unit_id": each} for each in going]}
    path = f"/incidents/{incident['id']}/orders"
    refused = await desk.ask("POST", path, form)
    assert (refused.status_code, refused.json()["code"]) == (422, "no_such_alternative")
    fewer = form | {"alternative": "greedy", "units": form["units"][:1]}
    refused = await desk.ask("POST", path, fewer)
    assert (refused.status_code, refused.json()["code"]) == (422, "reason_missing")
    assert (await desk.ask("POST", path, form | {"alternative": "greedy"})).status_code == 201


async def test_a_crew_that_has_worked_long_rests_while_others_can_go_and_goes_where_nobody_can(desk: Desk) -> None:
    """A third engine stands beside the tired one and its neighbour, so that nobody waits for the rest."""
    third = engine("a3", station("a", desk.own.copies.units["a1"].at))
    desk.own.copies.put("unit", third.model_dump(mode="json"))
    before = await desk.get("/policy")
    rest = {"worked_s": 1, "within_s": 3600, "spare_s": 900}
    form = {key: before[key] for key in ("version", "styles", "reserves", "specials")} | {"reason": "轮休演示"}
    commander = desk.as_(COMMANDER)
    try:
        assert (await commander.ask("PUT", "/policy", form | {"rest": rest})).status_code == 200
        work = await desk.report()
        held = (await desk.order(work["id"], "a1"))["assignments"][0]
        crew = desk.as_(FLEET)
        await crew.advance(held["id"], "acknowledged", "enroute", "on_scene")
        await asyncio.sleep(1.1)
        await crew.advance(held["id"], "returning", "cleared")
        await desk.post(f"/incidents/{work['id']}/steps", {"to": "canceled"}, expect=200)
        ordinary = await desk.report()
        advice = await desk.post(f"/incidents/{ordinary['id']}/recommendations")
        assert {pick["unit_id"] for pick in advice["picks"]} == {"a2", "a3"}
        (why,) = (await desk.get(f"/recommendations/{advice['id']}/why", unit_id="a1"))["why"]
        assert why == {"code": "resting", "params": {"worked_h": 0.0, "as_if_s": 900}}
        grave = await desk.report(alarm_level=5)
        advice = await desk.post(f"/incidents/{grave['id']}/recommendations")
        (pick,) = [pick for pick in advice["picks"] if pick["unit_id"] == "a1"]
        assert pick["why"][0] == {"code": "worked", "params": {"worked_h": 0.0}}
        await desk.post(f"/incidents/{grave['id']}/steps", {"to": "canceled"}, expect=200)
        lifted = await commander.ask("PUT", "/policy", form | {"version": before["version"] + 1, "rest": None})
        assert lifted.status_code == 200
        advice = await desk.post(f"/incidents/{ordinary['id']}/recommendations")
        assert "a1" in {pick["unit_id"] for pick in advice["picks"]}
    finally:
        del desk.own.copies.units["a3"]
        version = (await desk.get("/policy"))["version"]
        await commander.ask("PUT", "/policy", form | {"version": version})
