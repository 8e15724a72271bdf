"""The desk's whole job on real parts: report, advise, order, drive, arrive, end."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dispatch.commands.owed import recall
from dispatch.main import app
from dispatch.workers.pool import GUARD_S
from tests.integration.desk_of import FLEET, OTHER, Desk, desk_over, worker
from tests.worlds import three_stations_one_fire

HELD_UP_S = GUARD_S / 2  # more than three calls may take while nobody answers


@pytest.fixture(scope="module")
async def desk(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    socket = tmp_path_factory.mktemp("w") / "w.sock"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_WORKER_LIVE", str(socket))
        with worker(Path(socket)):
            async with desk_over(three_stations_one_fire()) as made:
                yield made


@pytest.fixture(autouse=True)
async def fresh(desk: Desk) -> AsyncIterator[None]:
    yield
    await desk.clear()


async def test_kind_and_place_open_an_incident_with_its_needs(desk: Desk) -> None:
    incident = await desk.report()
    assert incident["status"] == "reported"
    assert incident["area_station_id"] == "a"
    (line,) = incident["requirements"]
    assert (line["key"], line["quantity"], line["source"]) == ("WATER_TENDER", 2, "ordinary x1")


async def test_a_place_outside_the_area_is_refused(desk: Desk) -> None:
    reply = await desk.ask("POST", "/incidents", {"kind": "fire.ordinary", "at": [2.35, 48.85], "address": "Paris"})
    assert (reply.status_code, reply.json()["code"]) == (422, "outside_area")


async def test_the_early_order_sends_the_area_station_and_advice_sends_the_difference(desk: Desk) -> None:
    incident = await desk.report(alarm_level=2)
    early = await desk.post(f"/incidents/{incident['id']}/early-orders")
    assert {each["unit_id"] for each in early["assignments"]} == {"a1", "a2"}
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations")
    assert len(advice["picks"]) == 2
    assert {pick["unit_id"] for pick in advice["picks"]}.isdisjoint({"a1", "a2"})


async def test_advice_is_proved_explained_and_beside_the_nearest_first_plan(desk: Desk) -> None:
    incident = await desk.report()
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations")
    assert {pick["unit_id"] for pick in advice["picks"]} == {"a1", "a2"}
    assert advice["provenance"] == "proved"
    assert all(pick["why"] for pick in advice["picks"])
    assert advice["greedy"]["unit_ids"] == ["a1", "a2"]
    assert "roads_away" in advice["degraded"]
    assert all(pick["method"] == "estimate" for pick in advice["picks"])
    assert [pick["unit_id"] for pick in advice["first_aid"]] == []


async def test_coverage_has_no_figure_while_no_worker_answers_and_says_so(desk: Desk) -> None:
    answer = await desk.get("/coverage")
    assert answer["coverage"] is None
    assert {"worker_away", "coverage_preparing"} & set(answer["degraded"])
    assert (await desk.get("/coverage/zones"))["zones"] == []


async def test_a_unit_is_taken_once_and_the_loser_hears_who_and_when(desk: Desk) -> None:
    first, second = await desk.report(), await desk.report(at=(87.61, 43.81))
    await desk.order(first["id"], "a1")
    lost = await desk.as_(OTHER).ask("POST", f"/incidents/{second['id']}/orders", {"units": [{"unit_id": "a1"}]})
    problem = lost.json()
    assert (lost.status_code, problem["code"], problem["by"]) == (409, "unit_taken", "li-min")
    assert problem["incident_number"] == first["number"]


async def test_twenty_orders_at_once_take_each_unit_once(desk: Desk) -> None:
    incident = await desk.report()
    asked = [desk.ask("POST", f"/incidents/{incident['id']}/orders", {"units": [{"unit_id": "c1"}]}) for _ in range(20)]
    codes = sorted(reply.status_code for reply in await asyncio.gather(*asked))
    assert codes == [201] + [409] * 19


async def test_an_order_that_differs_from_the_advice_needs_a_reason(desk: Desk) -> None:
    incident = await desk.report()
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations")
    form = {"recommendation_id": advice["id"], "units": [{"unit_id": "b1"}]}
    refused = await desk.ask("POST", f"/incidents/{incident['id']}/orders", form)
    assert (refused.status_code, refused.json()["code"]) == (422, "reason_missing")
    taken = await desk.ask("POST", f"/incidents/{incident['id']}/orders", form | {"reason": "a1 正在演示"})
    assert taken.status_code == 201


async def test_a_unit_acknowledges_drives_arrives_and_the_incident_follows_to_its_end(desk: Desk) -> None:
    incident = await desk.report()
    held = (await desk.order(incident["id"], "a1"))["assignments"][0]
    fleet = desk.as_(FLEET)
    await fleet.advance(held["id"], "acknowledged", "enroute", "on_scene")
    assert (await desk.get(f"/incidents/{incident['id']}"))["status"] == "on_scene"
    await desk.post(f"/incidents/{incident['id']}/steps", {"to": "controlled"}, expect=200)
    await desk.post(f"/incidents/{incident['id']}/steps", {"to": "resolved"}, expect=200)
    refused = await desk.ask("POST", f"/incidents/{incident['id']}/steps", {"to": "closed"})
    assert (refused.status_code, refused.json()["code"]) == (409, "still_committed")
    await fleet.advance(held["id"], "returning", "cleared")
    closed = await desk.post(f"/incidents/{incident['id']}/steps", {"to": "closed"}, expect=200)
    assert closed["closed_at"] is not None
    codes = [entry["code"] for entry in await desk.get(f"/incidents/{incident['id']}/log")]
    assert codes[:2] == ["reported", "status"]
    assert codes.count("unit") == 5


async def test_crews_who_step_at_the_same_moment_never_wait_for_each_other_in_a_ring(desk: Desk) -> None:
    incident = await desk.report()
    sent = await desk.order(incident["id"], "a1", "a2", "b1", "b2")
    crew = desk.as_(FLEET)
    ids = [each["id"] for each in sent["assignments"]]
    for to in ("acknowledged", "enroute", "on_scene", "operating", "on_scene", "operating", "rehab", "operating"):
        steps = [crew.ask("POST", f"/assignments/{id_}/steps", {"to": to}) for id_ in ids]
        replies = await asyncio.gather(*steps)
        assert {reply.status_code for reply in replies} == {200}, [reply.text for reply in replies]


async def test_illegal_steps_are_refused(desk: Desk) -> None:
    incident = await desk.report()
    for to in ("controlled", "closed", "dispatched", "merged"):
        reply = await desk.ask("POST", f"/incidents/{incident['id']}/steps", {"to": to})
        assert (reply.status_code, reply.json()["code"]) == (409, "illegal_step")
    held = (await desk.order(incident["id"], "a1"))["assignments"][0]
    reply = await desk.as_(FLEET).ask("POST", f"/assignments/{held['id']}/steps", {"to": "operating"})
    assert (reply.status_code, reply.json()["code"]) == (409, "illegal_step")


async def test_a_raised_level_needs_a_reason_and_adds_only_the_difference(desk: Desk) -> None:
    incident = await desk.report()
    await desk.order(incident["id"], "a1", "a2")
    refused = await desk.ask("PATCH", f"/incidents/{incident['id']}", {"alarm_level": 2})
    assert (refused.status_code, refused.json()["code"]) == (422, "reason_missing")
    raised = await desk.ask("PATCH", f"/incidents/{incident['id']}", {"alarm_level": 2, "reason": "火势扩大"})
    assert raised.json()["requirements"][0]["quantity"] == 4
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations")
    assert len(advice["picks"]) == 2


async def test_a_repeat_report_shows_its_evidence_and_is_merged_by_one_key(desk: Desk) -> None:
    first = await desk.report(casualties=1)
    said = await desk.post(
        "/incidents", {"kind": "fire.residential", "at": [87.601, 43.8005], "address": "华泰路", "trapped": 2}
    )
    (evidence,) = said["report"]["suggestions"]
    assert (evidence["incident_id"], evidence["same_kind"]) == (first["id"], True)
    assert 50 < evidence["distance_m"] < 150
    kept = await desk.post(f"/incidents/{said['incident']['id']}/merge", {"into": first["id"]}, expect=200)
    assert (kept["id"], kept["reports"], kept["trapped"], kept["casualties"]) == (first["id"], 2, 2, 1)


async def test_a_false_report_ends_its_incident(desk: Desk) -> None:
    said = await desk.post("/incidents", {"kind": "fire.alarm", "at": [87.6, 43.8], "address": "烟感"})
    ended = await desk.post(
        f"/reports/{said['report']['id']}/outcome", {"outcome": "false", "reason": "做饭"}, expect=200
    )
    assert ended["outcome"] == "false"
    assert (await desk.get(f"/incidents/{said['incident']['id']}"))["status"] == "canceled"


async def test_divert_ends_and_begins_in_one(desk: Desk) -> None:
    first, second = await desk.report(), await desk.report(at=(87.62, 43.81))
    held = (await desk.order(first["id"], "b1"))["assignments"][0]
    begun = await desk.post(f"/assignments/{held['id']}/divert", {"incident_id": second["id"], "reason": "更急"})
    assert begun["incident_id"] == second["id"]
    assert (await desk.get(f"/incidents/{first['id']}"))["status"] == "reported"
    assert (await desk.get(f"/incidents/{second['id']}"))["status"] == "dispatched"


async def test_a_silent_unit_is_shown_and_the_next_best_offered(desk: Desk) -> None:
    incident = await desk.report(alarm_level=1)
    await desk.order(incident["id"], "d1")
    for _ in range(60):
        await asyncio.sleep(0.25)
        (held,) = await desk.get(f"/incidents/{incident['id']}/assignments")
        if held["silent"]:
            break
    assert held["silent"]
    for _ in range(40):
        snapshot = await desk.get("/snapshot")
        offers = [
            thing["value"]
            for thing in snapshot["things"]
            if thing["kind"] == "recommendation" and thing["value"]["incident_id"] == incident["id"]
        ]
        if offers:
            break
        await asyncio.sleep(0.25)
    assert {pick["unit_id"] for pick in offers[-1]["picks"]} == {"a1", "a2"}


async def test_stock_stays_unconfirmed_while_the_register_is_away(desk: Desk) -> None:
    incident = await desk.report(kind="fire.tank", alarm_level=1)
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations")
    (load,) = advice["stock"]
    assert (load["stockpile_id"], load["quantity"], load["trucks"]) == ("pile-1", 4, 1)
    ordered = await desk.post(
        f"/incidents/{incident['id']}/orders",
        {
            "recommendation_id": advice["id"],
            "units": [{"unit_id": pick["unit_id"], "line": pick["line"]} for pick in advice["picks"]],
            "stock": [{key: load[key] for key in ("stockpile_id", "item_code", "quantity", "eta_s")}],
        },
    )
    assert [order["status"] for order in ordered["supply_orders"]] == ["unconfirmed"]
    assert len(ordered["assignments"]) == len(advice["picks"]) >= 1


async def test_the_caller_is_private_and_reading_it_is_audited(desk: Desk) -> None:
    body = {
        "kind": "fire.ordinary",
        "at": [87.6, 43.8],
        "address": "x",
        "caller": {"name": "王某", "phone": "13900001111"},
    }
    said = await desk.post("/incidents", body)
    caller_id = said["report"]["caller_id"]
    assert (await desk.get(f"/persons/{caller_id}"))["phone"] == "13900001111"
    events = await desk.get("/events", after=0)
    assert "13900001111" not in str(events)
    from kernel.auth import Principal, Role

    auditor = desk.as_(Principal(subject="aud", name="审计", roles=frozenset({Role.AUDITOR})))
    trail = await auditor.get("/audit")
    assert trail["whole"] is True
    assert [row["id"] for row in trail["rows"] if row["action"] == "person.read"] == [caller_id]


async def test_a_killed_worker_leaves_a_labelled_nearest_first_answer(desk: Desk) -> None:
    incident = await desk.report()
    with without_workers(desk):
        advice = await desk.post(f"/incidents/{incident['id']}/recommendations")
        reasons = await desk.ask("GET", f"/recommendations/{advice['id']}/why", unit_id="b1")
    assert (reasons.status_code, reasons.json()["code"]) == (503, "solver_away")
    assert advice["provenance"] == "greedy"
    assert set(advice["degraded"]) >= {"solver_away", "roads_away"}
    assert {pick["unit_id"] for pick in advice["picks"]} == {"a1", "a2"}


async def test_a_hung_worker_leaves_a_labelled_answer_in_time_and_the_proved_one_follows(desk: Desk) -> None:
    incident = await desk.report()
    assert "solver_away" not in (await desk.post(f"/incidents/{incident['id']}/recommendations"))["degraded"]
    advice, seconds = await asked_of_a_hung_worker(desk, incident["id"], patience_s=0.3)
    assert seconds < HELD_UP_S
    assert set(advice["degraded"]) >= {"solver_away", "roads_away"}
    proved = await following(desk, advice)
    assert "solver_away" not in proved["degraded"]
    assert "b1" not in {pick["unit_id"] for pick in proved["picks"]}
    assert desk.own.owed == {}


async def test_a_caller_who_waits_for_the_guard_is_caught(desk: Desk) -> None:
    """The planted twin: patience as long as the guard."""
    incident = await desk.report()
    await desk.post(f"/incidents/{incident['id']}/recommendations")
    _, seconds = await asked_of_a_hung_worker(desk, incident["id"], patience_s=GUARD_S)
    assert seconds >= HELD_UP_S


async def test_what_is_owed_is_known_again_after_a_restart(desk: Desk) -> None:
    """Of open incidents alone, and only where the newest recommendation was made without a worker."""
    owing, paid, ended = [(await desk.report(at=(87.60 + 0.02 * each, 43.80)))["id"] for each in range(3)]
    with without_workers(desk):
        labelled = await desk.post(f"/incidents/{paid}/recommendations")
    await following(desk, labelled)
    with without_workers(desk):
        for incident_id in (owing, ended):
            await desk.post(f"/incidents/{incident_id}/recommendations", {"forbidden": ["a1"]})
        await desk.ask("POST", f"/incidents/{ended}/steps", {"to": "canceled"})
        desk.own.owed.clear()
        await recall(app.state.running, desk.own)
        assert {each: choices.forbidden for each, (_, choices) in desk.own.owed.items()} == {owing: ("a1",)}


@contextmanager
def without_workers(desk: Desk) -> Iterator[None]:
    """Nobody listens where the live worker was."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk.own.pool.live, "path", Path("/nonexistent/worker.sock"))
        desk.own.pool.live._forget()
        yield


async def asked_of_a_hung_worker(desk: Desk, incident_id: str, *, patience_s: float) -> tuple[Any, float]:
    """A recommendation, an order by hand and a report while the live worker is stopped, and how long they took."""
    pid, began = desk.own.pool.live.pid, time.monotonic()
    assert pid is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk.own, "pool", replace(desk.own.pool, patience_s=patience_s))
        waking = asyncio.get_running_loop().call_later(HELD_UP_S + 0.5, os.kill, pid, signal.SIGCONT)
        os.kill(pid, signal.SIGSTOP)
        try:
            advice = await desk.post(f"/incidents/{incident_id}/recommendations")
            await desk.order(incident_id, "b1")
            await desk.report(at=(87.66, 43.83))
            return advice, time.monotonic() - began
        finally:
            waking.cancel()
            os.kill(pid, signal.SIGCONT)


async def following(desk: Desk, advice: Any) -> Any:
    """The recommendation that follows one for the same incident by itself."""
    while True:
        made = [each for each in await desk.events() if each["type"] == "recommendation.made"]
        mine = [each["value"] for each in made if each["value"]["incident_id"] == advice["incident_id"]]
        if mine[-1]["id"] != advice["id"]:
            return mine[-1]
        await asyncio.sleep(0.05)


async def test_an_unmet_need_names_what_competes_for_it(desk: Desk) -> None:
    first = await desk.report(kind="fire.tank", alarm_level=5)
    await desk.report(kind="fire.tank", alarm_level=4, at=(87.65, 43.82))
    advice = await desk.post(f"/incidents/{first['id']}/recommendations")
    (unmet,) = [each for each in advice["unmet"] if each["line"] == "FOAM"]
    assert unmet["missing"] > 0
    assert any(first["id"] in each for each in unmet["competing"])
