"""The register answers: units, crew, layers by ETag, places, service, and a snapshot with a cursor."""

from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.auth import Principal, Role
from resources.main import app
from tests.integration import small_register as small
from tests.integration.small_register import DISPATCHER, KEEPER, Caller


@pytest.fixture(scope="module")
async def client(environment: dict[str, str], engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    batches = [
        small.batch("b1", "depot-1", "foam", 20),
        small.batch("b2", "depot-1", "foam", 5, expires=date(2020, 1, 1)),
    ]
    await small.fill(engine, batches)
    async with small.client_of(app) as made:
        yield made


@pytest.fixture
def keeper(client: httpx.AsyncClient) -> Caller:
    return Caller(client, "resources", KEEPER)


@pytest.fixture
def desk(client: httpx.AsyncClient) -> Caller:
    return Caller(client, "resources", DISPATCHER)


async def test_the_snapshot_holds_everything_that_readers_copy(desk: Caller) -> None:
    snapshot = (await desk.get("/snapshot")).json()
    kinds = {thing["kind"] for thing in snapshot["things"]}
    assert kinds == {"organisation", "station", "unit", "item", "stockpile", "stock"}
    stock = next(thing["value"] for thing in snapshot["things"] if thing["kind"] == "stock")
    assert (stock["id"], stock["available"], stock["expired"]) == ("depot-1:foam", 20, 5)
    unit = next(thing for thing in snapshot["things"] if thing["kind"] == "unit")
    assert unit["scope"] == "urumqi/detachment|open"
    assert unit["value"]["at"] == [87.61, 43.8]


async def test_a_unit_leaves_service_with_a_reason_and_comes_back(keeper: Caller) -> None:
    refused = await keeper.send("PATCH", "/units/unit-1/service", {"in_service": False})
    assert (refused.status_code, refused.json()["code"]) == (422, "reason_missing")
    out = await keeper.send("PATCH", "/units/unit-1/service", {"in_service": False, "reason": "水泵故障"})
    assert (out.json()["in_service"], out.json()["version"]) == (False, 2)
    again = await keeper.send("PATCH", "/units/unit-1/service", {"in_service": False, "reason": "水泵故障"})
    assert again.json()["version"] == 2
    back = await keeper.send("PATCH", "/units/unit-1/service", {"in_service": True})
    assert (back.json()["out_reason"], back.json()["version"]) == ("", 3)
    events = (await keeper.get("/events", params={"after": 0})).json()["events"]
    told = [event["version"] for event in events if event["type"] == "unit.changed"]
    assert told == [2, 3]


async def test_a_station_keeps_only_its_own_units(client: httpx.AsyncClient) -> None:
    other = Principal(subject="account:s9", name="他站", roles=frozenset({Role.STATION}), station_id="station-9")
    body = {"in_service": False, "reason": "检修"}
    refused = await Caller(client, "resources", other).send("PATCH", "/units/unit-1/service", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")


async def test_reading_a_crew_is_audited_and_names_stay_out_of_events(desk: Caller, client: httpx.AsyncClient) -> None:
    crew = (await desk.get("/units/unit-1/crew")).json()
    assert [member["name"] for member in crew] == ["张伟", "李强"]
    auditor = Principal(subject="account:auditor", name="审计", roles=frozenset({Role.AUDITOR}))
    audit = (await Caller(client, "resources", auditor).get("/audit")).json()
    assert audit["whole"]
    assert [row["id"] for row in audit["rows"] if row["action"] == "crew.read"] == ["unit-1"]
    events = (await desk.get("/events", params={"after": 0})).text
    assert "张伟" not in events


async def test_a_wall_may_not_read_a_crew(client: httpx.AsyncClient) -> None:
    wall = Principal(subject="account:wall", name="大屏", roles=frozenset({Role.WALL}))
    assert (await Caller(client, "resources", wall).get("/units/unit-1/crew")).status_code == 403


@pytest.mark.parametrize("layer", ["micro-stations", "station-areas", "vehicle-types", "capabilities"])
async def test_a_layer_is_sent_once(desk: Caller, layer: str) -> None:
    first = await desk.get(f"/{layer}")
    assert first.status_code == 200
    assert len(first.json()) == 1
    second = await desk.get(f"/{layer}", headers={"If-None-Match": first.headers["ETag"]})
    assert (second.status_code, second.content) == (304, b"")


async def test_places_are_found_by_name_part_initials_and_address(desk: Caller) -> None:
    async def found(**params: str) -> list[str]:
        return [place["id"] for place in (await desk.get("/places", params=params)).json()]

    assert await found(q="红山公园") == ["p1", "p2"]
    assert await found(q="HSG", near="87.9,43.9") == ["p2", "p1"]
    assert await found(q="nanm") == ["p3"]
    assert await found(q="南门大十字3号") == ["p3"]
    assert await found(q="%") == []


@pytest.mark.parametrize("query", ["\x00", "'; DROP TABLE resources.places; --", "x" * 101, "\u202e"])
async def test_hostile_searches_find_nothing(desk: Caller, query: str) -> None:
    reply = await desk.get("/places", params={"q": query})
    assert reply.status_code == 422 or reply.json() == []


async def test_an_unknown_unit_is_not_found(desk: Caller) -> None:
    reply = await desk.get("/units/nobody")
    assert (reply.status_code, reply.json()["code"]) == (404, "unit_unknown")
