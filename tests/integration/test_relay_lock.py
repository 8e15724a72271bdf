"""A relay leads by a lock of its session: when Redis fails under it, the lock goes, and the next round leads again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kernel import outbox
from kernel.clock import real_now
from kernel.database import begin, connect
from kernel.outbox import flush, installation_epoch, relay, stream_key
from tests.integration import probe
from tests.integration.probe import DISPATCHER, LEDGER

OTHERS = 4  # connections that wait in the pool beside the relay's
PATIENCE_S = 15
NUMBERS = count(1)


@pytest.fixture(scope="module")
async def pool(owner_url: str, database_url: str) -> AsyncIterator[AsyncEngine]:
    """The pool of a service whose app does not run: nobody else relays its events."""
    await probe.make_schema(owner_url)
    made = connect(database_url)
    yield made
    await made.dispose()


@pytest.fixture
def publishing(pool: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Awaitable[bool]]:
    """Whether an event is published within so many seconds although the first attempt fails."""

    async def published(within_s: float) -> bool:
        async with begin(pool, realm="live", principal=DISPATCHER, at=real_now()) as tx:
            id_ = f"lock-{next(NUMBERS)}"
            tx.record("thing.made", "thing", probe.Probed(id=id_, name="x", form={}))
            await flush(LEDGER, tx)
        async with pool.connect() as connection:
            key = stream_key(await installation_epoch(connection), "live", LEDGER.service)
            last = f"{(await connection.execute(text('SELECT seq FROM probe.streams'))).scalar_one()}-0".encode()
        async with AsyncExitStack() as opened:
            for _ in range(OTHERS):
                await opened.enter_async_context(pool.connect())
        relaying = asyncio.create_task(relay(LEDGER, pool, redis, asyncio.Event()))
        try:
            async with asyncio.timeout(within_s):
                while last not in dict(await redis.xrange(key)):  # noqa: ASYNC110 - in Redis
                    await asyncio.sleep(0.02)
        except TimeoutError:
            return False
        finally:
            relaying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await relaying
        return True

    sound, failures = outbox._xadd, iter([RedisError()])

    async def stumbling(*order: Any) -> None:
        for failure in failures:
            raise failure
        await sound(*order)

    monkeypatch.setattr(outbox, "_xadd", stumbling)
    return published


async def test_the_relay_leads_again_after_redis_was_away(publishing: Callable[[float], Awaitable[bool]]) -> None:
    assert await publishing(PATIENCE_S)


async def test_a_relay_that_gives_its_lock_to_the_pool_is_caught(
    publishing: Callable[[float], Awaitable[bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def kept(_: AsyncConnection) -> None:
        """The planted bug: the connection goes back to the pool with the lock."""

    monkeypatch.setattr(AsyncConnection, "invalidate", kept)
    assert not await publishing(3)
