"""The commander chooses: other plans beside the recommendation, units pinned and forbidden, each with its price."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.desk_of import Desk, desk_over, worker
from tests.worlds import three_stations_one_fire


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


async def test_other_ways_stand_beside_the_recommendation(desk: Desk) -> None:
    incident = await desk.report()
    advice = await desk.post(f"/incidents/{incident['id']}/recommendations")
    assert [each["name"] for each in advice["alternatives"]] == ["fastest", "covered", "calm", "greedy"]
    fastest = advice["alternatives"][0]
    assert fastest["adds"] == fastest["leaves"] == []
    assert fastest["curve"] == sorted(pick["eta_s"] for pick in advice["picks"])
    assert fastest["stations"] == {"a": [2, 0]}
    assert advice["price"] is None


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
