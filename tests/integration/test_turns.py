"""A unit under way turns to a worse fire next door: proposed with what it saves, given by one order, then done."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.desk_of import FLEET, Desk, staffed
from tests.worlds import three_stations_one_fire


@pytest.fixture(scope="module")
async def desk(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    async with staffed(three_stations_one_fire(), tmp_path_factory.mktemp("w")) as made:
        yield made


async def test_with_one_incident_nobody_turns(desk: Desk) -> None:
    incident = await desk.report()
    await desk.order(incident["id"], "a1")
    assert (await desk.get("/turns"))["turns"] == []
    await desk.clear()


async def test_units_turn_to_the_worse_fire_next_door(desk: Desk) -> None:
    small = await desk.report(at=(87.75, 43.80))
    sent = (await desk.order(small["id"], "a1", "a2"))["assignments"]
    for each in sent:
        await desk.as_(FLEET).advance(each["id"], "acknowledged", "enroute")
    worse = await desk.report(at=(87.60, 43.80), alarm_level=4)
    found = await desk.get("/turns")
    assert found["turns"]
    held = {each["unit_id"]: each["id"] for each in sent}
    for turn in found["turns"]:
        assert (turn["from_incident_id"], turn["to_incident_id"]) == (small["id"], worse["id"])
        assert turn["saves_unmet"] > 0 or turn["saves_s"] > 0
        form = {"incident_id": worse["id"], "reason": "改派"}
        await desk.post(f"/assignments/{held[turn['unit_id']]}/divert", form)
    going = {each["unit_id"] for each in await desk.get(f"/incidents/{worse['id']}/assignments")}
    assert going == {turn["unit_id"] for turn in found["turns"]}
    again = {turn["unit_id"] for turn in (await desk.get("/turns"))["turns"]}
    assert not again & going
    await desk.clear()
