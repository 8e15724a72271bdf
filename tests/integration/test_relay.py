"""From the event log to a follower: in order, once, without a gap, whatever becomes of Redis."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from kernel import bus
from kernel.bus import Source, follow
from kernel.clock import real_now
from kernel.contracts.events import Snapshot
from kernel.database import begin
from kernel.outbox import flush, stream_key
from kernel.settings import Settings
from tests.integration import probe
from tests.integration.probe import DISPATCHER


async def until(condition: Callable[[], bool], timeout_s: float = 15) -> None:
    """Waits for a condition; TimeoutError when it does not come true."""
    ends = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > ends:
            raise TimeoutError
        await asyncio.sleep(0.01)


class Reader:
    """A follower and everything that it was told."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.snapshots: list[Snapshot] = []
        self.seqs: list[int] = []
        self.names: list[str] = []

    async def run(self) -> None:
        async for batch in follow(self.source):
            if isinstance(batch, Snapshot):
                self.snapshots.append(batch)
                continue
            self.seqs += [each.seq for each in batch]
            self.names += [each.id for each in batch]

    async def reaches(self, seq: int, timeout_s: float = 15) -> None:
        await until(lambda: self.source.seq >= seq, timeout_s)


@pytest.fixture(scope="module")
async def client(environment: dict[str, str], owner_url: str) -> AsyncIterator[httpx.AsyncClient]:
    await probe.make_schema(owner_url)
    async with probe.client_of(probe.make_app()) as made:
        yield made


@contextlib.asynccontextmanager
async def reading(client: httpx.AsyncClient, redis: Redis) -> AsyncIterator[Reader]:
    key = Settings().signing_key
    reader = Reader(Source("probe", "live", "http://probe", "tests", key, redis, client))
    task = asyncio.create_task(reader.run())
    try:
        await until(lambda: bool(reader.snapshots))
        yield reader
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def write(engine: AsyncEngine, count: int, prefix: str) -> int:
    """Writes events in several transactions; returns the number of the last."""
    for start in range(0, count, 10):
        async with begin(engine, realm="live", principal=DISPATCHER, at=real_now()) as tx:
            for number in range(start, min(start + 10, count)):
                tx.record("thing.made", "thing", probe.Probed(id=f"{prefix}-{number}", name="x", form={}))
            await flush(probe.LEDGER, tx)
    async with engine.connect() as connection:
        return int((await connection.execute(text("SELECT seq FROM probe.streams"))).scalar_one())


def gapless(reader: Reader) -> bool:
    first = reader.snapshots[0].seq
    return reader.seqs == list(range(first + 1, first + 1 + len(reader.seqs)))


async def test_the_relay_publishes_in_order_and_once(
    client: httpx.AsyncClient, engine: AsyncEngine, redis: Redis
) -> None:
    async with reading(client, redis) as reader:
        last = await write(engine, 100, "order")
        await reader.reaches(last)
        assert gapless(reader)
        assert reader.names[-100:] == [f"order-{number}" for number in range(100)]
        assert reader.source.fast
        entries = await redis.xrange(stream_key(reader.source.epoch, "live", "probe"))
        assert [int(entry[0].split(b"-")[0]) for entry in entries][-100:] == list(range(last - 99, last + 1))


async def test_a_second_relay_publishes_nothing_twice(
    client: httpx.AsyncClient, engine: AsyncEngine, redis: Redis
) -> None:
    """A relay that lost its memory of what was sent begins again; Redis refuses what it holds."""
    last = await write(engine, 20, "again")
    async with reading(client, redis) as reader:
        await asyncio.sleep(0.6)
        before = await redis.xlen(stream_key(reader.source.epoch, "live", "probe"))
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE probe.relays SET seq = :seq"), {"seq": last - 20})
        new = await write(engine, 5, "more")
        await reader.reaches(new)
        assert gapless(reader)
        assert await redis.xlen(stream_key(reader.source.epoch, "live", "probe")) == before + 5


async def test_flushall_loses_nothing(client: httpx.AsyncClient, engine: AsyncEngine, redis: Redis) -> None:
    async with reading(client, redis) as reader:
        for turn in range(4):
            last = await write(engine, 30, f"flush{turn}")
            await redis.flushall()
        last = await write(engine, 3, "afterwards")
        await reader.reaches(last)
        assert gapless(reader)
        assert len(reader.seqs) == 123


async def test_with_redis_away_events_come_from_the_service(client: httpx.AsyncClient, engine: AsyncEngine) -> None:
    nowhere = Redis.from_url("unix:///nowhere/redis.sock", socket_connect_timeout=0.2)
    async with reading(client, nowhere) as reader:
        last = await write(engine, 25, "away")
        await reader.reaches(last)
        assert gapless(reader)
        assert not reader.source.fast
    await nowhere.aclose()


async def test_a_poisoned_entry_is_read_from_the_service(
    client: httpx.AsyncClient, engine: AsyncEngine, redis: Redis
) -> None:
    async with reading(client, redis) as reader:
        next_seq = reader.source.seq + 1
        await redis.xadd(stream_key(reader.source.epoch, "live", "probe"), {"e": "{nonsense"}, id=f"{next_seq}-0")
        last = await write(engine, 4, "poison")
        await reader.reaches(last)
        assert gapless(reader)


async def test_a_reader_that_trusts_the_stream_alone_loses_events(
    client: httpx.AsyncClient, engine: AsyncEngine, redis: Redis
) -> None:
    """The planted twin: what FLUSHALL took shows as a gap, which a reader that does not look for gaps steps over."""
    async with reading(client, redis) as reader:
        await reader.reaches(await write(engine, 3, "known"))
    source, key = reader.source, stream_key(reader.source.epoch, "live", "probe")
    await published(redis, key, await write(engine, 10, "lost"))
    await redis.flushall()
    await published(redis, key, await write(engine, 3, "kept"))

    reply = await redis.xread({key: f"{source.seq}-0"})
    trusting = [bus.decode(fields).seq for _, fields in bus.entries_of(reply)]
    assert trusting == [source.seq + 11, source.seq + 12, source.seq + 13], "the twin should have lost ten events"
    assert await bus._fast(source) is None, "the gap must send the reader to the service"
    assert [each.seq for each in await bus._slow(source)] == list(range(source.seq + 1, source.seq + 14))


async def published(redis: Redis, key: str, seq: int) -> None:
    """Waits until the relay has put an event on the stream."""
    for _ in range(500):
        if await redis.xrange(key, f"{seq}-0", f"{seq}-0"):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the relay did not publish")
