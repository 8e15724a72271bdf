"""The audit chain: every deed has its row, and a flipped, swapped, missing or cut row is found."""

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from kernel.audit import CHAINED, first_broken, sign_head
from kernel.heads import append, current_heads, file_of
from kernel.settings import Settings
from tests.integration import probe
from tests.integration.probe import AUDITOR, headers

COUNT = 12


@pytest.fixture(scope="module")
async def client(environment: dict[str, str], owner_url: str) -> AsyncIterator[httpx.AsyncClient]:
    await probe.make_schema(owner_url)
    async with probe.client_of(probe.make_app()) as made:
        for number in range(COUNT):
            form = {"id": f"t{number % 5}", "name": f"泵车{number}"}
            reply = await made.post("/things", json=form, headers=headers(key=f"k{number}"))
            assert reply.status_code == 201, reply.text
        yield made


@pytest.fixture
async def owner(owner_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_async_engine(owner_url)
    yield made
    await made.dispose()


async def whole(client: httpx.AsyncClient) -> bool:
    reply = await client.get("/audit", headers=headers(AUDITOR))
    assert reply.status_code == 200, reply.text
    return bool(reply.json()["whole"])


async def test_every_change_has_its_row_and_the_chain_holds(client: httpx.AsyncClient, owner: AsyncEngine) -> None:
    reply = (await client.get("/audit", headers=headers(AUDITOR))).json()
    assert reply["whole"] is True
    assert [row["number"] for row in reply["rows"]] == list(range(1, COUNT + 1))
    assert {row["actor"] for row in reply["rows"]} == {"account:probe"}
    async with owner.connect() as connection:
        events = (await connection.execute(text("SELECT id, version FROM probe.events ORDER BY seq"))).all()
    assert [(row["id"], row["version"]) for row in reply["rows"]] == [(each.id, each.version) for each in events]


async def test_the_audit_is_for_auditors(client: httpx.AsyncClient) -> None:
    assert (await client.get("/audit", headers=headers())).status_code == 403


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE probe.audit SET actor = 'somebody' WHERE number = 5",
        "UPDATE probe.audit SET action = 'nothing' WHERE number = 1",
        "UPDATE probe.audit SET at = '2020-01-01T00:00:00Z' WHERE number = 12",
        "UPDATE probe.audit SET value_hash = repeat('0', 64) WHERE number = 7",
        "UPDATE probe.audit SET version = version + 1 WHERE number = 3",
        "UPDATE probe.audit SET number = CASE number WHEN 4 THEN -6 ELSE -4 END WHERE number IN (4, 6)",
        "DELETE FROM probe.audit WHERE number = 6",
        "DELETE FROM probe.audit WHERE number = 12",
        "DELETE FROM probe.audit WHERE number > 8",
        "DELETE FROM probe.audit",
        "INSERT INTO probe.audit SELECT realm, 13, at, recorded_at, actor, action, kind, id, version, value_hash,"
        " request_id, hash FROM probe.audit WHERE number = 12",
    ],
)
async def test_a_forgery_is_found(client: httpx.AsyncClient, owner: AsyncEngine, forgery: str) -> None:
    async with owner.begin() as connection:
        await connection.execute(text("CREATE TABLE probe.kept AS TABLE probe.audit"))
        await connection.execute(text(forgery))
        await connection.execute(text("UPDATE probe.audit SET number = -number WHERE number < 0"))
    try:
        assert await whole(client) is False
    finally:
        async with owner.begin() as connection:
            await connection.execute(text("DELETE FROM probe.audit"))
            await connection.execute(text("INSERT INTO probe.audit TABLE probe.kept"))
            await connection.execute(text("DROP TABLE probe.kept"))
    assert await whole(client) is True


async def test_a_cut_tail_whose_counter_is_put_back_is_found_by_its_signed_head(
    client: httpx.AsyncClient, owner: AsyncEngine, environment: dict[str, str]
) -> None:
    """Without the signed head, which is the planted bug, nothing is noticed."""
    file = file_of(Path(environment["MUSTER_AUDIT_HEADS"]), "probe")
    async with owner.connect() as connection:
        heads = await current_heads(probe.LEDGER, connection)
    append(file, sign_head(heads[0], Settings().signing_key) + "\n")
    assert (await client.get("/audit", headers=headers(AUDITOR))).json()["signed"]["number"] == COUNT
    async with owner.begin() as connection:
        await connection.execute(text("CREATE TABLE probe.kept AS TABLE probe.audit"))
        await connection.execute(text("CREATE TABLE probe.counters AS TABLE probe.streams"))
        await connection.execute(text("DELETE FROM probe.audit WHERE number > 9"))
        back = "UPDATE probe.streams SET audit_count = 9, audit_head = (SELECT hash FROM probe.audit WHERE number = 9)"
        await connection.execute(text(back))
    try:
        assert await whole(client) is False
        file.rename(file.with_suffix(".away"))
        assert await whole(client) is True
    finally:
        file.with_suffix(".away").unlink(missing_ok=True)
        file.unlink(missing_ok=True)
        async with owner.begin() as connection:
            for table, kept in (("audit", "kept"), ("streams", "counters")):
                await connection.execute(text(f"DELETE FROM probe.{table}"))
                await connection.execute(text(f"INSERT INTO probe.{table} TABLE probe.{kept}"))
                await connection.execute(text(f"DROP TABLE probe.{kept}"))
    assert await whole(client) is True


async def test_any_flipped_byte_is_found(owner: AsyncEngine, client: httpx.AsyncClient) -> None:
    async with owner.connect() as connection:
        found = await connection.execute(text("SELECT * FROM probe.audit ORDER BY number"))
        rows = [dict(row) for row in found.mappings()]
        head = (await connection.execute(text("SELECT audit_head, audit_count FROM probe.streams"))).one()
    assert first_broken(rows, head=head.audit_head, count=head.audit_count) is None
    chance = random.Random(7)
    for _ in range(500):
        number, name = chance.randrange(len(rows)), chance.choice((*CHAINED, "hash"))
        forged = [dict(row) for row in rows]
        forged[number][name] = _flipped(forged[number][name], chance)
        assert first_broken(forged, head=head.audit_head, count=head.audit_count) is not None, (number, name)


def _flipped(value: Any, chance: random.Random) -> Any:
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(8))
    if not value:
        return "x"
    at = chance.randrange(len(value))
    return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
