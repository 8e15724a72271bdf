"""Aid through the whole service: forces of others are never ours, are asked for, promised, ordered, and given back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest

from dispatch import store
from dispatch.commands import lending
from dispatch.rules.aid import promises_of
from dispatch.store import aid
from kernel.auth import Principal, Role
from kernel.contracts.aid import AidRequest
from kernel.contracts.resources import Organisation, Unit
from kernel.contracts.vocabulary import OrganisationKind
from kernel.database import Transaction
from kernel.errors import Conflict
from tests.integration.desk_of import FLEET, Desk, staffed
from tests.worlds import FOAM_ITEM, World, engine, station, three_stations_one_fire

COMMANDER = Principal(subject="zhao", name="赵", roles=frozenset({Role.COMMANDER}))
ELSEWHERE = (87.63, 43.81)


def with_neighbours() -> World:
    """The three stations, and forces and foam of XPCC nearer to the fire than any of ours; x3 is in the workshop."""
    theirs = station("x", (87.602, 43.801)).model_copy(update={"organisation_id": "org-xpcc"})
    xpcc = Organisation(id="org-xpcc", name="兵团第十二师", kind=OrganisationKind.XPCC, path="xpcc")
    units = [engine(f"x{nth}", theirs, in_service=nth < 3) for nth in (1, 2, 3)]
    city = three_stations_one_fire()
    ours, foam = city.things["stockpile"][0], city.things["stock"][0]
    theirs_too = {"organisation_id": "org-xpcc", "at": theirs.at}
    pile = ours.model_copy(update={"id": "pile-x", "name": "兵团泡沫库", **theirs_too})
    held = foam.model_copy(update={"id": f"pile-x:{FOAM_ITEM}", "stockpile_id": "pile-x"})
    city.add("organisation", xpcc).add("station", theirs).add("unit", *units)
    return city.add("stockpile", pile).add("stock", held)


@pytest.fixture(scope="module")
async def desk(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with staffed(with_neighbours(), tmp_path_factory.mktemp("w")) as made:
        yield made


@pytest.fixture(autouse=True)
async def fresh(desk: Desk) -> AsyncIterator[None]:
    yield
    await desk.clear()


def strangers(desk: Desk, advice: Any, promised: set[str] = frozenset()) -> set[str]:  # type: ignore[assignment]
    """Units of XPCC in any plan of an answer without a promise."""
    units: dict[str, Unit] = desk.own.copies.units
    plans = [pick["unit_id"] for pick in advice["picks"]]
    plans += [unit["unit_id"] for plan in advice["alternatives"] for unit in plan["adds"]]
    return {each for each in plans if units[each].organisation_id == "org-xpcc"} - promised


async def asked(desk: Desk, incident_id: str, *unit_ids: str) -> Any:
    body = {"organisation_id": "org-xpcc", "unit_ids": unit_ids, "text": "本市力量不足"}
    return await desk.post(f"/incidents/{incident_id}/aid-requests", body)


async def promised(desk: Desk, incident_id: str, *unit_ids: str, ready_s: int = 0) -> Any:
    request = await asked(desk, incident_id, *unit_ids)
    body = {"promised": [{"unit_id": unit_id, "ready_s": ready_s} for unit_id in unit_ids]}
    return await desk.post(f"/aid-requests/{request['id']}/answer", body, expect=200)


async def advised(desk: Desk, incident_id: str) -> Any:
    return await desk.completed(await desk.post(f"/incidents/{incident_id}/recommendations"))


async def test_forces_of_others_are_never_picked_and_may_be_asked_for(desk: Desk) -> None:
    incident = await desk.report(alarm_level=5)
    advice = await advised(desk, incident["id"])
    assert strangers(desk, advice) == set()
    assert advice["unmet"][0]["line"] == "WATER_TENDER"
    offered = [(each["line"], each["unit_id"], each["organisation_id"]) for each in advice["askable"]]
    assert offered == [("WATER_TENDER", "x1", "org-xpcc"), ("WATER_TENDER", "x2", "org-xpcc")]
    assert 60 < advice["askable"][0]["eta_s"] < 200
    why = await desk.get(f"/recommendations/{advice['id']}/why", unit_id="x1")
    assert why["why"] == [{"code": "by_request", "params": {"organisation": "org-xpcc"}}]
    early = await desk.post(f"/incidents/{incident['id']}/early-orders")
    assert {each["unit_id"][0] for each in early["assignments"]} == {"a"}


async def test_where_nothing_is_unmet_nobody_is_asked(desk: Desk) -> None:
    incident = await desk.report()
    advice = await advised(desk, incident["id"])
    assert (advice["unmet"], advice["askable"], strangers(desk, advice)) == ([], [], set())


@asynccontextmanager
async def nobody_asked(desk: Desk) -> AsyncIterator[None]:
    """The planted bug: a policy under which forces and stock of others are sent as if they were ours."""
    before = await desk.get("/policy")
    assert before["by_request"] == ["xpcc"]
    form = {key: value for key, value in before.items() if key != "id"} | {"reason": "试验", "by_request": []}
    off = (await desk.as_(COMMANDER).ask("PUT", "/policy", form)).json()
    try:
        yield
    finally:
        back = form | {"version": off["version"], "by_request": ["xpcc"]}
        assert (await desk.as_(COMMANDER).ask("PUT", "/policy", back)).status_code == 200


async def test_a_rule_that_is_off_is_caught(desk: Desk) -> None:
    incident = await desk.report(alarm_level=5)
    async with nobody_asked(desk):
        assert strangers(desk, await advised(desk, incident["id"])) == {"x1", "x2"}
    assert strangers(desk, await advised(desk, incident["id"])) == set()


FOAM_OF_OTHERS = {"stock": [{"stockpile_id": "pile-x", "item_code": FOAM_ITEM, "quantity": 2}]}


async def piles_of(desk: Desk, incident_id: str) -> set[str]:
    """The stockpiles that a recommendation sends from."""
    return {each["stockpile_id"] for each in (await advised(desk, incident_id))["stock"]}


async def test_stock_of_others_is_neither_planned_nor_ordered(desk: Desk) -> None:
    incident = await desk.report(kind="fire.tank")
    assert await piles_of(desk, incident["id"]) == {"pile-1"}
    refused = await desk.order(incident["id"], "a1", expect=409, **FOAM_OF_OTHERS)
    told = [refused[key] for key in ("code", "stockpile_id", "stockpile", "organisation")]
    assert told == ["stock_by_request", "pile-x", "兵团泡沫库", "兵团第十二师"]
    assert await desk.get(f"/incidents/{incident['id']}/assignments") == []
    body = {"organisation_id": "org-xpcc", "text": "抗溶泡沫液 2 吨"}
    assert (await desk.post(f"/incidents/{incident['id']}/aid-requests", body))["status"] == "asked"


async def test_stock_that_is_sent_as_ours_is_caught(desk: Desk) -> None:
    incident = await desk.report(kind="fire.tank")
    async with nobody_asked(desk):
        assert "pile-x" in await piles_of(desk, incident["id"])
        (order,) = (await desk.order(incident["id"], **FOAM_OF_OTHERS))["supply_orders"]
    assert order["stockpile_id"] == "pile-x"


async def test_one_question_looks_once_at_the_policy_and_at_what_is_promised(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def counted(module: ModuleType, name: str) -> None:
        real = getattr(module, name)

        async def look(*given: Any) -> Any:
            looks.append(name)
            return await real(*given)

        monkeypatch.setattr(module, name, look)

    counted(lending, "in_force")
    counted(aid, "list_promised")
    incident = await desk.report()
    await promised(desk, incident["id"], "x1")
    looks.clear()
    await desk.post(f"/incidents/{incident['id']}/recommendations", {"pinned": ["x1", "a1"]})
    assert sorted(looks) == ["in_force", "list_promised"]


async def test_an_order_without_a_promise_is_refused_and_says_what_to_do(desk: Desk) -> None:
    incident, other = await desk.report(), await desk.report(at=ELSEWHERE, separate=True)
    refused = await desk.order(incident["id"], "a1", "x1", expect=409)
    assert (refused["code"], refused["unit_id"], refused["organisation"]) == ("by_request", "x1", "兵团第十二师")
    assert "record the promise" in refused["detail"]
    assert await desk.get(f"/incidents/{incident['id']}/assignments") == []
    pinned = await desk.ask("POST", f"/incidents/{incident['id']}/recommendations", {"pinned": ["x1"]})
    assert (pinned.status_code, pinned.json()["code"]) == (409, "by_request")
    await promised(desk, incident["id"], "x1")
    (held,) = (await desk.order(incident["id"], "x1"))["assignments"]
    turned = await desk.ask("POST", f"/assignments/{held['id']}/divert", {"incident_id": other["id"], "reason": "更急"})
    assert (turned.status_code, turned.json()["code"]) == (409, "by_request")


async def test_a_promised_unit_enters_the_plan_of_its_incident_alone_as_promised(desk: Desk) -> None:
    first, second = await desk.report(alarm_level=5), await desk.report(at=ELSEWHERE, separate=True, alarm_level=5)
    answer = await promised(desk, first["id"], "x1", ready_s=600)
    assert (answer["status"], answer["answered_by"], answer["promised"][0]["unit_id"]) == ("promised", "03", "x1")
    advice = await advised(desk, first["id"])
    assert strangers(desk, advice, {"x1"}) == set()
    pick = next(each for each in advice["picks"] if each["unit_id"] == "x1")
    assert pick["flags"][-1] == "promised"
    assert pick["why"][0] == {"code": "promised", "params": {"organisation": "org-xpcc"}}
    assert 640 <= pick["eta_s"] - pick["travel_s"] <= 660
    assert [each["unit_id"] for each in advice["askable"]] == ["x2"]
    other = await advised(desk, second["id"])
    assert strangers(desk, other) == set()
    why = await desk.get(f"/recommendations/{other['id']}/why", unit_id="x1")
    assert why["why"] == [{"code": "promised_to", "params": {"incident": first["id"]}}]
    assert (await desk.order(second["id"], "x1", expect=409))["code"] == "by_request"
    (held,) = (await desk.order(first["id"], "x1"))["assignments"]
    assert held["flags"][-1] == "promised"
    given = datetime.fromisoformat(held["turnout_due_at"]) - datetime.fromisoformat(held["dispatched_at"])
    assert 640 <= given.total_seconds() <= 660


async def test_withdrawing_ends_a_promise_once_nobody_is_out(desk: Desk) -> None:
    incident = await desk.report()
    request = await promised(desk, incident["id"], "x1")
    (held,) = (await desk.order(incident["id"], "x1"))["assignments"]
    path = f"/aid-requests/{request['id']}/withdraw"
    refused = await desk.post(path, {"reason": "已不需要"}, expect=409)
    assert (refused["code"], refused["unit_ids"]) == ("still_committed", ["x1"])
    await desk.post(f"/assignments/{held['id']}/release", {"reason": "已不需要"}, expect=200)
    assert (await desk.post(path, {"reason": "已不需要"}, expect=200))["status"] == "withdrawn"
    assert (await desk.order(incident["id"], "x1", expect=409))["code"] == "by_request"
    assert (await desk.post(path, {}, expect=409))["code"] == "aid_not_open"


async def test_a_promise_ends_with_its_incident_and_goes_along_with_a_merge(desk: Desk) -> None:
    first, second = await desk.report(), await desk.report(separate=True)
    await promised(desk, first["id"], "x1")
    await asked(desk, first["id"], "x2")
    await desk.post(f"/incidents/{first['id']}/merge", {"into": second["id"]}, expect=200)
    moved = await desk.get(f"/incidents/{second['id']}/aid-requests")
    assert sorted(each["status"] for each in moved) == ["asked", "promised"]
    await desk.order(second["id"], "x1")
    await desk.clear()
    ended = await desk.get(f"/incidents/{second['id']}/aid-requests")
    assert {each["status"] for each in ended} == {"ended"}
    third = await desk.report()
    assert (await desk.order(third["id"], "x1", expect=409))["code"] == "by_request"
    await promised(desk, third["id"], "x1")


async def test_what_cannot_be_promised_is_refused(desk: Desk) -> None:
    incident, other = await desk.report(), await desk.report(at=ELSEWHERE, separate=True)
    await promised(desk, other["id"], "x2")
    request = await asked(desk, incident["id"])
    path = f"/aid-requests/{request['id']}/answer"
    for unit_id, told in (
        ("a1", (404, "aid_not_theirs")),
        ("x3", (409, "unit_out_of_service")),
        ("x2", (409, "unit_promised")),
    ):
        reply = await desk.ask("POST", path, {"promised": [{"unit_id": unit_id}]})
        assert (reply.status_code, reply.json()["code"], reply.json()["unit_id"]) == (*told, unit_id)
    assert (await desk.post(path, {}, expect=422))["code"] == "reason_missing"
    assert (await desk.post(path, {"reason": "自有任务"}, expect=200))["status"] == "declined"
    assert (await desk.post(path, {"reason": "自有任务"}, expect=409))["code"] == "aid_not_open"
    await desk.order(other["id"], "x2")
    again = await asked(desk, incident["id"], "x2")
    taken = await desk.ask("POST", f"/aid-requests/{again['id']}/answer", {"promised": [{"unit_id": "x2"}]})
    assert (taken.status_code, taken.json()["code"]) == (409, "unit_taken")


async def test_what_cannot_be_asked_is_refused(desk: Desk) -> None:
    incident = await desk.report()
    path = f"/incidents/{incident['id']}/aid-requests"
    for body, told in (
        ({"organisation_id": "org-brigade", "text": "水罐车"}, (409, "aid_not_needed")),
        ({"organisation_id": "nobody", "text": "水罐车"}, (404, "organisation_unknown")),
        ({"organisation_id": "org-xpcc"}, (422, "aid_empty")),
        ({"organisation_id": "org-xpcc", "unit_ids": ["a1"]}, (404, "aid_not_theirs")),
    ):
        reply = await desk.ask("POST", path, body)
        assert (reply.status_code, reply.json()["code"]) == told
    assert (await desk.ask("POST", "/aid-requests/none/answer", {})).json()["code"] == "aid_request_unknown"
    denied = await desk.as_(FLEET).ask("POST", path, {"organisation_id": "org-xpcc", "text": "水罐车"})
    assert denied.status_code == 403
    assert await desk.as_(FLEET).get(path) == []


async def test_asking_and_promising_twice_is_one_effect(desk: Desk) -> None:
    incident = await desk.report()
    path, body = f"/incidents/{incident['id']}/aid-requests", {"organisation_id": "org-xpcc", "unit_ids": ["x1"]}
    twice = [(await desk.ask("POST", path, body, key=f"aid {incident['id']}")).json() for _ in range(2)]
    assert twice[0] == twice[1]
    assert len(await desk.get(path)) == 1
    answer = {"promised": [{"unit_id": "x1"}]}
    told = [
        await desk.ask("POST", f"/aid-requests/{twice[0]['id']}/answer", answer, key=f"yes {incident['id']}")
        for _ in range(2)
    ]
    assert [(each.status_code, each.json()["version"]) for each in told] == [(200, 2), (200, 2)]
    log = await desk.get(f"/incidents/{incident['id']}/log")
    assert [each["code"] for each in log if each["code"].startswith("aid_")] == ["aid_requested", "aid_promised"]


async def promised_at_once(desk: Desk) -> list[int]:
    """Two desks are promised the same unit at the same moment, each for its own incident; what each was answered."""
    incidents = [await desk.report(), await desk.report(at=ELSEWHERE, separate=True)]
    requests = [await asked(desk, each["id"], "x1") for each in incidents]
    answer = {"promised": [{"unit_id": "x1"}]}
    told = await asyncio.gather(*(desk.ask("POST", f"/aid-requests/{each['id']}/answer", answer) for each in requests))
    assert {each.json()["code"] for each in told if each.status_code != 200} <= {"unit_promised"}
    return sorted(each.status_code for each in told)


async def test_two_desks_at_once_promise_a_unit_to_one_incident(desk: Desk) -> None:
    assert await promised_at_once(desk) == [200, 409]


async def test_a_unit_that_is_promised_twice_is_caught(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug: look whether it is promised, then promise it; both look before either has."""
    both = asyncio.Barrier(2)

    async def looked_up_first(tx: Transaction, request: AidRequest, scope: str) -> None:
        held = promises_of(await aid.list_promised(tx))
        await both.wait()
        if any(each.unit_id in held for each in request.promised):
            raise Conflict("unit_promised", "This unit is promised to another incident.")
        await store.save(tx, aid.KIND, request, "aid.promised", scope=scope)

    monkeypatch.setattr(aid, "save_promise", looked_up_first)
    assert await promised_at_once(desk) == [200, 200]
