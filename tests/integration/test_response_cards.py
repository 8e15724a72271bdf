"""Response cards are published as versions that never change, current by a pointer, seeded once, kept by API, CLI."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel.outbox import flush
from plans import cards as command_line
from plans.main import app
from plans.seeding import seed
from plans.tables import LEDGER
from tests.integration import small_register as small
from tests.integration.small_register import DISPATCHER, PLANNER, Caller

LINE = {"key": "EMS_ALS", "kind": "count", "capabilities": ["EMS_ALS"], "quantity": 2}
CARD: dict[str, Any] = {"name": "演练卡", "conditions": {"kinds": ["other"]}, "lines": [LINE]}


async def seeded(engine: AsyncEngine) -> int:
    async with small.transaction(engine) as tx:
        published = await seed(tx)
        await flush(LEDGER, tx)
    return published


@pytest.fixture(scope="module")
async def client(environment: dict[str, str], engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    """A service on its first start, which publishes what comes with it."""
    async with small.client_of(app) as made:
        planner = Caller(made, "plans", PLANNER)
        async with asyncio.timeout(20):
            while (await planner.get("/force-table")).status_code != 200:  # noqa: ASYNC110 - the service says no sooner
                await asyncio.sleep(0.05)
        assert len((await planner.get("/response-cards")).json()) > 40
        yield made


@pytest.fixture
def planner(client: httpx.AsyncClient) -> Caller:
    return Caller(client, "plans", PLANNER)


async def scalar(engine: AsyncEngine, sql: str) -> Any:
    async with engine.connect() as connection:
        return (await connection.execute(text(sql))).scalar()


async def test_seeding_again_publishes_nothing_and_overwrites_nothing(planner: Caller, engine: AsyncEngine) -> None:
    card = (await planner.get("/response-cards/fire-rubbish")).json()
    form = {name: value for name, value in card.items() if name not in ("id", "version", "retired")}
    changed = await planner.send("PUT", "/response-cards/fire-rubbish", form | {"name": "垃圾火灾（本市）"})
    assert changed.json()["version"] == 2
    assert (await planner.send("DELETE", "/response-cards/fire-night")).json()["retired"]
    before = await scalar(engine, "SELECT max(seq) FROM plans.events")
    assert await seeded(engine) == 0
    assert await scalar(engine, "SELECT max(seq) FROM plans.events") == before
    assert (await planner.get("/response-cards/fire-rubbish")).json()["name"] == "垃圾火灾（本市）"
    listed = {each["id"] for each in (await planner.get("/response-cards")).json()}
    assert "fire-night" not in listed
    assert {each["id"] for each in (await planner.get("/response-cards?retired=true")).json()} - listed == {
        "fire-night"
    }


async def test_the_snapshot_holds_the_current_cards_and_the_force_table(planner: Caller) -> None:
    snapshot = (await planner.get("/snapshot")).json()
    assert {thing["kind"] for thing in snapshot["things"]} == {"response_card", "force_table"}
    assert len({thing["id"] for thing in snapshot["things"]}) == len(snapshot["things"])
    events = (await planner.get("/events", params={"after": 0})).json()["events"]
    assert {event["type"] for event in events} >= {"response_card.published", "force_table.published"}
    sizes = [len(json.dumps(each["value"], ensure_ascii=False, separators=(",", ":")).encode()) for each in events]
    assert max(sizes) <= 16_000


async def test_a_published_version_never_changes(planner: Caller, engine: AsyncEngine) -> None:
    first = (await planner.send("POST", "/response-cards", CARD)).json()
    path = f"/response-cards/{first['id']}"
    second = (await planner.send("PUT", path, CARD | {"name": "第二版"})).json()
    assert (first["version"], second["version"]) == (1, 2)
    assert (await planner.get(path, params={"version": 1})).json() == first
    assert (await planner.get(path)).json() == second
    same = (await planner.send("PUT", path, CARD | {"name": "第二版"})).json()
    assert same == second
    assert (await planner.get(path, params={"version": 3})).status_code == 404
    for deed in ("UPDATE plans.response_cards SET name = 'x'", "DELETE FROM plans.response_cards"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            await scalar(engine, deed)


async def test_two_planners_at_once_make_two_versions(planner: Caller) -> None:
    first = (await planner.send("POST", "/response-cards", CARD)).json()
    path = f"/response-cards/{first['id']}"
    edits = [planner.send("PUT", path, CARD | {"name": f"第{n}稿"}) for n in range(8)]
    versions = [reply.json()["version"] for reply in await asyncio.gather(*edits)]
    assert sorted(versions) == list(range(2, 10))


async def test_a_planner_who_edited_an_old_version_is_told(planner: Caller) -> None:
    first = (await planner.send("POST", "/response-cards", CARD)).json()
    path = f"/response-cards/{first['id']}"
    await planner.send("PUT", path, CARD | {"name": "同事的一稿"})
    late = await planner.send("PUT", path, CARD | {"name": "我的一稿"}, **{"Muster-Version": "1"})
    assert (late.status_code, late.json()["code"]) == (409, "version_conflict")
    fresh = await planner.send("PUT", path, CARD | {"name": "我的一稿"}, **{"Muster-Version": "2"})
    assert fresh.json()["version"] == 3


@pytest.mark.parametrize(
    "change",
    [
        {"name": "a\x00b"},
        {"name": "\ud800"},
        {"name": "x" * 500},
        {"lines": [LINE | {"quantity": 10**30}]},
        {"lines": [LINE | {"quantity": -1}]},
        {"lines": [LINE | {"capabilities": ["'; DROP TABLE"]}]},
        {"lines": [LINE | {"thresholds": [{"parameter": "height_m", "at_least": -1}]}]},
        {"conditions": {"kinds": ["fire.sea"]}},
        {"conditions": {"season": "monsoon"}},
        {"salary": 3},
    ],
)
async def test_hostile_cards_are_refused(client: httpx.AsyncClient, planner: Caller, change: dict[str, Any]) -> None:
    reply = await planner.send("POST", "/response-cards", CARD | change)
    assert 400 <= reply.status_code < 500
    assert reply.json()["code"]


async def test_a_dispatcher_reads_cards_and_keeps_none(client: httpx.AsyncClient) -> None:
    desk = Caller(client, "plans", DISPATCHER)
    assert (await desk.get("/force-table")).status_code == 200
    assert (await desk.send("POST", "/response-cards", CARD)).status_code == 403


async def test_a_force_table_may_not_orphan_a_card(planner: Caller) -> None:
    table = (await planner.get("/force-table")).json()
    form = {name: table[name] for name in ("formation_keys", "add_ons", "source")}
    form["formation_keys"] = [key for key in form["formation_keys"] if key["key"] != "RESCUE"]
    refused = await planner.send("PUT", "/force-table", form)
    assert (refused.status_code, refused.json()["code"]) == (422, "formation_key_unknown")
    form["formation_keys"] = table["formation_keys"]
    form["source"] = "本市 2026 年版"
    assert (await planner.send("PUT", "/force-table", form)).json()["version"] == 2
    assert (await planner.get("/force-table", params={"version": 1})).json()["source"] == table["source"]


async def test_the_command_line_lists_shows_puts_and_retires(
    client: httpx.AsyncClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(*arguments: str) -> str:
        code = command_line.main(list(arguments))
        out, err = capsys.readouterr()
        return f"{code}:{out}{err}"

    async def run(*arguments: str) -> str:
        return await asyncio.to_thread(told, *arguments)

    assert "fire-highrise v1  高层建筑火灾" in await run("list")
    shown = await run("show", "fire-highrise")
    path = tmp_path / "card.yaml"
    path.write_text(shown.removeprefix("0:"))
    assert "fire-highrise v1" in await run("put", str(path))
    path.write_text(shown.removeprefix("0:").replace("高层建筑火灾", "高层火灾", 1))
    assert "fire-highrise v2  高层火灾" in await run("put", str(path))
    assert "(retired)" in await run("retire", "fire-highrise")
    path.write_text("{id: bad, name: x, conditions: {}}")
    assert await run("put", str(path)) == "1:card_empty: A card needs a formation or at least one line.\n"
    assert (await run("show", "nothing")).startswith("1:response_card_unknown")
    assert await run("seed") == "0:0 published\n"
