"""A request is a transaction: committed before the reply, whole or not at all, with events gapless in commit order."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from kernel import idempotency
from kernel.database import begin
from kernel.outbox import flush
from tests.integration import probe
from tests.integration.probe import DISPATCHER, headers


@pytest.fixture(scope="module")
async def client(environment: dict[str, str], owner_url: str) -> AsyncIterator[httpx.AsyncClient]:
    await probe.make_schema(owner_url)
    async with probe.client_of(probe.make_app()) as made:
        yield made


@pytest.fixture(scope="module")
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_async_engine(database_url, pool_size=40)
    yield made
    await made.dispose()


async def scalar(engine: AsyncEngine, sql: str, **values: Any) -> Any:
    async with engine.begin() as connection:
        return (await connection.execute(text(sql), values)).scalar()


async def make(client: httpx.AsyncClient, id_: str, *, key: str, name: str = "泵车") -> httpx.Response:
    return await client.post("/things", json={"id": id_, "name": name}, headers=headers(key=key))


async def test_the_reply_leaves_after_the_commit(client: httpx.AsyncClient, engine: AsyncEngine) -> None:
    """Looks from another connection at the very moment the first byte of the reply is sent."""
    seen: list[int] = []
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    inner = transport.app

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def look_then_send(message: Any) -> None:
            if message["type"] == "http.response.start":
                seen.append(await scalar(engine, "SELECT count(*) FROM probe.things WHERE id = 'early'"))
            await send(message)

        await inner(scope, receive, look_then_send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=watched), base_url="http://probe") as watching:
        reply = await make(watching, "early", key="early")
    assert reply.status_code == 201, reply.text
    assert seen == [1]


async def test_a_refusal_after_writing_leaves_nothing(client: httpx.AsyncClient, engine: AsyncEngine) -> None:
    before = await scalar(engine, "SELECT coalesce(max(seq), 0) FROM probe.streams")
    reply = await client.post("/things/half/refuse", headers=headers(key="half"))
    assert (reply.status_code, reply.json()["code"]) == (409, "refused")
    assert await scalar(engine, "SELECT count(*) FROM probe.things WHERE id = 'half'") == 0
    assert await scalar(engine, "SELECT count(*) FROM probe.idempotency WHERE key = 'half'") == 0
    assert await scalar(engine, "SELECT coalesce(max(seq), 0) FROM probe.streams") == before


async def reader(engine: AsyncEngine, sql: str, after: int, stop: asyncio.Event) -> list[int]:
    """Reads `number > last` again and again, as a follower does, and gives what it saw in the order it saw it."""
    seen: list[int] = []
    while True:
        ending = stop.is_set()
        async with engine.connect() as connection:
            rows = await connection.execute(text(sql), {"last": seen[-1] if seen else after})
            seen += [row[0] for row in rows]
        if ending:
            return seen
        await asyncio.sleep(0.001)


async def race(engine: AsyncEngine, sql: str, write: Any, after: int = 0) -> list[int]:
    """What a reader saw while 32 writers wrote ten times each."""
    stop = asyncio.Event()
    reading = asyncio.create_task(reader(engine, sql, after, stop))

    async def writer(number: int) -> None:
        chance = random.Random(number)
        for turn in range(10):
            await write(f"w{number}-{turn}", chance.uniform(0, 0.008))

    await asyncio.gather(*(writer(number) for number in range(32)))
    stop.set()
    return await reading


async def test_events_are_gapless_and_in_commit_order_under_32_writers(
    client: httpx.AsyncClient, engine: AsyncEngine
) -> None:
    first = await scalar(engine, "SELECT coalesce(max(seq), 0) FROM probe.streams")
    realm_now = probe.datetime.now().astimezone()

    async def write(id_: str, pause_s: float) -> None:
        async with begin(engine, realm="live", principal=DISPATCHER, at=realm_now) as tx:
            tx.record("thing.made", "thing", probe.Probed(id=id_, name="x", form={}))
            await flush(probe.LEDGER, tx)
            await asyncio.sleep(pause_s)

    seen = await race(engine, "SELECT seq FROM probe.events WHERE seq > :last ORDER BY seq", write, first)
    assert seen == list(range(first + 1, first + 321))


async def test_the_same_race_loses_events_with_a_bigserial(owner_url: str) -> None:
    """The planted twin: numbers drawn from a sequence are neither gapless nor in commit order, and the reader loses."""
    engine = create_async_engine(owner_url, pool_size=40)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE probe.naive (seq bigserial PRIMARY KEY)"))

    async def write(_: str, pause_s: float) -> None:
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO probe.naive DEFAULT VALUES"))
            await asyncio.sleep(pause_s)

    seen = await race(engine, "SELECT seq FROM probe.naive WHERE seq > :last ORDER BY seq", write)
    await engine.dispose()
    assert len(seen) < 320, "the naive reader should have lost events"


async def test_the_same_key_is_one_effect_and_one_reply(client: httpx.AsyncClient, engine: AsyncEngine) -> None:
    first = await make(client, "once", key="once")
    again = await make(client, "once", key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert await scalar(engine, "SELECT version FROM probe.things WHERE id = 'once'") == 1


async def test_five_parallel_twins_are_one_effect(client: httpx.AsyncClient, engine: AsyncEngine) -> None:
    replies = await asyncio.gather(*(make(client, "twins", key="twins") for _ in range(5)))
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.content for reply in replies}) == 1
    assert sum("Idempotency-Replayed" in reply.headers for reply in replies) == 4
    assert await scalar(engine, "SELECT version FROM probe.things WHERE id = 'twins'") == 1


async def test_without_the_key_the_same_twins_are_five_effects(client: httpx.AsyncClient, engine: AsyncEngine) -> None:
    """The planted twin of the test above: it is the key that makes them one."""
    await asyncio.gather(*(make(client, "five", key=f"five-{number}") for number in range(5)))
    assert await scalar(engine, "SELECT version FROM probe.things WHERE id = 'five'") == 5


async def test_the_same_key_with_another_body_is_refused(client: httpx.AsyncClient) -> None:
    await make(client, "reused", key="reused")
    reply = await make(client, "reused", key="reused", name="other")
    assert (reply.status_code, reply.json()["code"]) == (422, "key_reused")


async def test_an_effect_without_a_key_is_refused(client: httpx.AsyncClient) -> None:
    reply = await client.post("/things", json={"id": "a", "name": "b"}, headers=headers())
    assert (reply.status_code, reply.json()["code"]) == (400, "key_missing")


async def keys_after_forgetting(engine: AsyncEngine) -> tuple[int, set[str]]:
    """How many of 2,501 keys of eight days and one of six are forgotten, and which are left."""
    aged = "INSERT INTO probe.idempotency (subject, key, fingerprint, at) SELECT 'aged', "
    async with engine.begin() as connection:
        await connection.execute(
            text(f"{aged} 'old-' || n, '', now() - interval '8 days' FROM generate_series(0, 2500) n")
        )
        await connection.execute(text(f"{aged} 'young', '', now() - interval '6 days'"))
    async with engine.connect() as connection:
        forgotten = await idempotency.forget_old(probe.LEDGER.idempotency, connection)
        await connection.rollback()
        left = await connection.execute(text("DELETE FROM probe.idempotency WHERE subject = 'aged' RETURNING key"))
        keys = set(left.scalars())
        await connection.commit()
    return forgotten, keys


async def test_keys_are_forgotten_after_a_week_and_not_before(client: httpx.AsyncClient, engine: AsyncEngine) -> None:
    assert await keys_after_forgetting(engine) == (2501, {"young"})


async def test_forgetting_too_soon_is_caught(
    client: httpx.AsyncClient, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "KEPT_FOR", timedelta(days=5))
    assert await keys_after_forgetting(engine) == (2502, set())


async def test_nobody_is_believed_without_a_signature(client: httpx.AsyncClient) -> None:
    anonymous = await client.get("/count")
    forged = await client.get("/count", headers={"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."})
    elsewhere = await client.get("/count", headers=headers(audience="plans"))
    assert [reply.status_code for reply in (anonymous, forged, elsewhere)] == [401, 401, 401]
    assert (await client.get("/count", headers=headers())).status_code == 200
