"""Move-ups, sitings and the reach of special teams through the whole service: two stations, real workers."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from dispatch.commands import moves
from dispatch.workers.pool import Pool
from kernel.auth import ANONYMOUS, Principal, Role
from kernel.contracts.reach import ReachNow
from kernel.contracts.resources import MicroStation, Organisation
from kernel.contracts.vocabulary import MicroStationKind, OrganisationKind
from tests.integration.desk_of import Desk
from tests.integration.town_of_two import EAST, WEST, desk_in_town, place
from tests.worlds import World, cards, engine, force_table, ladder, station

BARE = station("bare", place(1500))


def town() -> World:
    """A station at either end with engines, one between them without any, and a key unit in the west."""
    key_unit = MicroStation(
        id="ms-key",
        name="油库",
        kind=MicroStationKind.KEY_UNIT,
        organisation_id="org-brigade",
        at=place(400),
        people=6,
        capabilities={},
    )
    return (
        World()
        .add("organisation", Organisation(id="org-brigade", name="大队", kind=OrganisationKind.BRIGADE, path="c/b"))
        .add("station", WEST, EAST, BARE)
        .add("unit", engine("w1", WEST), engine("e1", EAST), engine("e2", EAST), ladder("e3", EAST))
        .add("micro_station", key_unit)
        .add("response_card", *cards())
        .add("force_table", force_table())
    )


@pytest.fixture(scope="module")
async def desk(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with desk_in_town(tmp_path_factory.mktemp("town"), town()) as made:
        yield made


async def until(ask: Callable[[], Any], holds: Callable[[httpx.Response], bool]) -> Any:
    """The answer as soon as it holds what is waited for."""
    end = time.monotonic() + 15
    while True:
        reply: httpx.Response = await ask()
        if holds(reply):
            return reply.json()
        assert time.monotonic() < end, reply.text
        await asyncio.sleep(0.05)


def good(reply: httpx.Response) -> bool:
    return reply.status_code == 200


async def proposal(desk: Desk, empty: list[str]) -> Any:
    """The move-ups once these stations are the empty ones."""
    return await until(
        lambda: desk.ask("GET", "/move-ups"), lambda reply: good(reply) and reply.json()["emptied"] == empty
    )


def against(answer: dict[str, Any]) -> set[str]:
    """What stands against an answer, but for the copies' age: nobody feeds them here."""
    return set(answer["degraded"]) - {"plans_stale", "resources_stale"}


def shares(reached: list[dict[str, Any]]) -> dict[int, float]:
    return {each["limit_s"]: each["share"] for each in reached}


async def test_an_engine_of_the_full_station_stands_in_at_the_empty_one(desk: Desk) -> None:
    whole = await proposal(desk, [])
    assert whole["proposal"]["moves"] == []
    incident = await desk.report(at=place(100))
    await desk.order(incident["id"], "w1")
    made = await proposal(desk, ["west"])
    (move,) = made["proposal"]["moves"]
    assert (move["from_station_id"], move["to_station_id"]) == ("east", "west")
    assert move["unit_id"] in {"e1", "e2"}
    assert 300 < move["seconds"] < 500  # three kilometres at residential pace
    assert shares(made["before"])[300] < shares(made["proposal"]["within"])[300] == shares(whole["before"])[300]
    assert (made["proved"], made["gap_pct"], against(made)) == (True, 0.0, set())
    assert made["rule"]["moves"][0]["to_station_id"] == "west"
    assert made["proposal"]["value_pct"] >= made["rule"]["value_pct"]
    assert set(made["ages_s"]) <= {"resources", "plans"}
    again = await desk.get("/move-ups")
    assert again["proposal"] == made["proposal"]
    await desk.clear()


async def test_a_trial_says_before_and_after_and_what_it_breaks_and_moves_nobody(desk: Desk) -> None:
    await proposal(desk, [])
    tried = await desk.post("/move-ups/trials", {"unit_id": "w1", "to_station_id": "east"}, expect=200)
    assert tried["breaks"] == ["floor"]
    assert shares(tried["after"])[300] < shares(tried["before"])[300]
    assert tried["move"]["gain_pct"] < 0
    fair = await desk.post("/move-ups/trials", {"unit_id": "e1", "to_station_id": "west"}, expect=200)
    assert fair["breaks"] == []
    here = await desk.post("/move-ups/trials", {"unit_id": "e1", "to_station_id": "east"}, expect=200)
    assert (here["breaks"], here["before"]) == (["same_place"], here["after"])
    assert (await proposal(desk, []))["before"] == tried["before"]


@pytest.mark.parametrize(
    ("unit_id", "station_id", "status", "code"),
    [
        ("nobody", "east", 404, "unit_unknown"),
        ("w1", "nowhere", 404, "station_unknown"),
        ("e3", "west", 409, "unit_not_ready"),
        ("e1", "bare", 409, "station_not_covering"),
    ],
)
async def test_a_trial_that_makes_no_sense_is_refused(
    desk: Desk, unit_id: str, station_id: str, status: int, code: str
) -> None:
    await proposal(desk, [])
    reply = await desk.ask("POST", "/move-ups/trials", {"unit_id": unit_id, "to_station_id": station_id})
    assert (reply.status_code, reply.json()["code"]) == (status, code)


async def test_a_closure_between_the_stations_forbids_the_move(desk: Desk) -> None:
    await proposal(desk, [])
    ring = [place(1480, -50), place(1520, -50), place(1520, 1100), place(1480, 1100)]
    closure = await desk.post("/closures", {"name": "中段封路", "ring": ring})
    body = {"unit_id": "e1", "to_station_id": "west"}
    cut = await until(
        lambda: desk.ask("POST", "/move-ups/trials", body),
        lambda reply: good(reply) and reply.json()["closures_version"] not in ("none", ""),
    )
    assert (cut["breaks"], cut["move"]["seconds"]) == (["no_way"], 0)
    await desk.post(f"/closures/{closure['id']}/lift", expect=200)
    await until(
        lambda: desk.ask("GET", "/move-ups"),
        lambda reply: good(reply) and reply.json()["closures_version"] == "none",
    )


async def test_an_unready_ground_and_an_absent_worker_are_refused_in_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await proposal(desk, [])
    whole = desk.own.covering.ground
    assert whole is not None
    monkeypatch.setattr(desk.own.pool.background, "path", desk.own.pool.background.path.with_name("nobody.sock"))
    await desk.own.pool.background.close()
    for trouble, status, code in (
        (("coverage_preparing",), 503, "coverage_not_ready"),
        (("roads_away",), 409, "coverage_no_roads"),
        (("coverage_no_engines",), 409, "coverage_no_engines"),
        (("worker_away",), 503, "solver_away"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(desk.own.covering, "ground", None)
            patch.setattr(desk.own.covering, "trouble", trouble)
            for path in ("/move-ups", "/reach"):
                reply = await desk.ask("GET", path)
                assert (reply.status_code, reply.json()["code"]) == (status, code)
    with monkeypatch.context() as patch:
        patch.setattr(desk.own.covering, "ground", replace(whole, between_s=None))
        assert (await desk.ask("GET", "/move-ups")).json()["code"] == "coverage_not_ready"
    desk.own.planning.moves = None
    assert (await desk.ask("GET", "/move-ups")).json()["code"] == "solver_away"
    monkeypatch.undo()
    assert (await proposal(desk, []))["proved"]


async def test_an_answer_kept_for_another_moment_would_be_caught(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: the last proposal is given whoever has left since."""
    await proposal(desk, [])
    right = moves.propose

    async def stale(running: Any, own: Any) -> Any:
        return own.planning.moves

    incident = await desk.report(at=place(100))
    await desk.order(incident["id"], "w1")
    monkeypatch.setattr(moves, "propose", stale)
    assert (await desk.get("/move-ups"))["emptied"] == []
    monkeypatch.setattr(moves, "propose", right)
    assert (await desk.get("/move-ups"))["emptied"] == ["west"]
    await desk.clear()


async def finished(desk: Desk, form: dict[str, Any]) -> Any:
    """A siting that was asked for, at its end."""
    asked = await desk.post("/sitings", form, expect=202)
    return await until(
        lambda: desk.ask("GET", f"/sitings/{asked['id']}"), lambda reply: reply.json()["state"] != "growing"
    )


async def test_sites_are_ranked_by_what_they_add_to_the_cover_of_a_day_with_everybody_at_home(desk: Desk) -> None:
    await proposal(desk, [])
    incident = await desk.report(at=place(100))
    await desk.order(incident["id"], "w1")
    form = {"candidates": [place(3000), place(1500), place(0)], "how_many": 2, "units": 2}
    done = await finished(desk, form)
    assert (done["state"], done["grown"], done["candidates"], done["left_out"]) == ("done", 3, 3, [])
    assert [each["gain_pct"] for each in done["ranked"]] == sorted(
        (e["gain_pct"] for e in done["ranked"]), reverse=True
    )
    assert shares(done["before"])[300] == 1.0
    assert {each["id"] for each in done["ranked"]} == {"c000", "c001", "c002"}
    assert all(each["area_limit_km2"] == 7 and each["newly_count"] == 0 for each in done["ranked"])
    middle = next(each for each in done["ranked"] if each["id"] == "c001")
    assert middle["served_km2"] > 0
    assert middle["sooner_s"] > 0
    assert done["best"]["gain_pct"] <= done["best"]["bound_pct"]
    assert done["best"]["proved"]
    same = await desk.post("/sitings", form, expect=202)
    assert (same["id"], same["state"]) == (done["id"], "done")
    await desk.clear()


async def test_a_grid_lies_on_the_roads_and_near_where_it_is_asked_for(desk: Desk) -> None:
    await proposal(desk, [])
    done = await finished(desk, {"grid_km": 0.5, "suburban": True})
    near = await finished(desk, {"grid_km": 0.5, "around": {"at": place(0), "radius_km": 1.0}})
    assert 0 < near["candidates"] < done["candidates"] == len(done["ranked"])
    assert all(each["area_limit_km2"] == 15 for each in done["ranked"])
    assert max(each["at"][0] for each in near["ranked"]) <= place(1010)[0]
    nothing = await finished(desk, {"grid_km": 1, "around": {"at": (87.6, 0.25), "radius_km": 1.0}})
    assert (nothing["state"], nothing["why"]) == ("failed", "no_points")


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({}, 422, "siting_candidates"),
        ({"grid_km": 1, "candidates": [[87.6, 0.0]]}, 422, "siting_candidates"),
        ({"candidates": [[0.0, 0.0]]}, 422, "outside_area"),
        ({"candidates": [[87.6, 0.0]] * 501}, 422, "invalid"),
        ({"grid_km": 1, "how_many": 6}, 422, "invalid"),
    ],
)
async def test_a_siting_that_cannot_be_is_refused(desk: Desk, form: dict[str, Any], status: int, code: str) -> None:
    reply = await desk.ask("POST", "/sitings", form)
    assert (reply.status_code, reply.json()["code"]) == (status, code)


async def test_too_many_sitings_at_once_are_refused_and_an_unknown_one_is_not_found(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await proposal(desk, [])
    monkeypatch.setattr("dispatch.commands.siting.MOST_WAITING", 0)
    reply = await desk.ask("POST", "/sitings", {"candidates": [place(777)]})
    assert (reply.status_code, reply.json()["code"]) == (429, "siting_busy")
    assert (await desk.ask("GET", "/sitings/siting-0")).json()["code"] == "siting_unknown"


async def test_the_ladder_of_the_east_reaches_the_key_unit_of_the_west(desk: Desk) -> None:
    await proposal(desk, [])
    whole = await until(lambda: desk.ask("GET", "/reach"), good)
    told = whole["reach"]
    assert against(whole) == set()
    assert ReachNow.model_validate(whole)
    assert (told["chosen_by"], told["units"], told["left_out"]) == ("key_units", 1, 0)
    (where,) = told["places"]
    (force,) = where["forces"]
    assert (where["key_units"], force["line"], force["unit_ids"]) == (1, "AERIAL_RESCUE", ["e3"])
    assert 300 < force["first_s"] == force["full_s"] < 900
    assert (force["first_band"], force["second_s"]) == (0, None)
    (need,) = told["needs"]
    assert (need["hazards"], need["within"], need["able"], need["out_of_reach"]) == (["highrise"], [1, 1, 1], 1, 0)
    assert told["out_of_reach"] == []


def units(reply: httpx.Response) -> int:
    return int(reply.json()["reach"]["units"])


async def test_a_ladder_out_of_service_is_out_of_reach(desk: Desk) -> None:
    await proposal(desk, [])
    held = desk.own.copies.units["e3"]
    desk.own.copies.put("unit", held.model_copy(update={"in_service": False, "version": 2}).model_dump(mode="json"))
    told = await until(lambda: desk.ask("GET", "/reach"), lambda reply: good(reply) and units(reply) == 0)
    told = told["reach"]
    assert [each["line"] for each in told["out_of_reach"]] == ["AERIAL_RESCUE"]
    assert told["needs"][0]["within"] == [0, 0, 0]
    desk.own.copies.put("unit", held.model_copy(update={"version": 3}).model_dump(mode="json"))
    await until(lambda: desk.ask("GET", "/reach"), lambda reply: good(reply) and units(reply) == 1)


async def test_a_reach_that_grows_says_how_far_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await proposal(desk, [])

    async def never(_pool: Pool, _job: object) -> None:
        await asyncio.sleep(60)

    with monkeypatch.context() as patch:
        patch.setattr(Pool, "rows", never)
        desk.own.planning.reach = None
        reply = await desk.ask("GET", "/reach")
        assert (reply.status_code, reply.json()["code"]) == (503, "reach_preparing")
        assert (reply.json()["grown"], reply.json()["of"]) == (0, 1)
    await until(lambda: desk.ask("GET", "/reach"), good)


async def test_they_are_for_those_whose_desk_it_is(desk: Desk) -> None:
    wall = Principal(subject="wall", name="wall", roles=frozenset({Role.WALL}))
    for who in (ANONYMOUS, wall):
        for path, body in (("/move-ups/trials", {}), ("/sitings", {})):
            assert (await desk.as_(who).ask("POST", path, body)).status_code in (401, 403)
    for path in ("/move-ups", "/reach", "/sitings/siting-0"):
        assert (await desk.as_(ANONYMOUS).ask("GET", path)).status_code in (401, 403)
