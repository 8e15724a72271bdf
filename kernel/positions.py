"""The positions lane: latest per unit, droppable; fast through Redis, slower from the service while that is away."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
from pydantic import TypeAdapter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kernel.bus import RETRY_S, Source, entries_of
from kernel.contracts.base import Realm
from kernel.contracts.events import Position, PositionPage
from kernel.outbox import end_if_cancelled

KEPT = 100
POLL_S = 1.0
BLOCK_MS = 1000
REFRESH_S = 30.0
TIP = b"$"
POSITIONS: TypeAdapter[tuple[Position, ...]] = TypeAdapter(tuple[Position, ...])
log = logging.getLogger(__name__)


def positions_key(epoch: str, realm: Realm) -> str:
    """Redis key of the short stream of position batches of a realm."""
    return f"muster:{epoch}:{realm}:positions"


async def publish_positions(redis: Redis, key: str, positions: Sequence[Position]) -> None:
    """Puts one batch, the latest per unit, on the stream. Raises RedisError; the batch may be dropped then."""
    fields: dict[Any, Any] = {"p": POSITIONS.dump_json(tuple(positions))}
    await redis.xadd(key, fields, maxlen=KEPT, approximate=True)


async def follow_positions(source: Source, epoch_of: Source) -> AsyncIterator[tuple[Position, ...]]:
    """Yields all positions, then those that change, for ever. `epoch_of` is the followed event stream of the service.

    A batch may be missed or repeated; a position is only ever replaced by a later one of the same unit.
    """
    loop = asyncio.get_running_loop()
    after: str | None = None
    last, refreshed = TIP, -REFRESH_S
    while True:
        end_if_cancelled()
        try:
            if loop.time() - refreshed >= REFRESH_S or not source.fast:
                page = await _page(source, after)
                after, refreshed = page.as_of.isoformat(), loop.time()
                yield page.positions
            last, batch = await _read(source, positions_key(epoch_of.epoch, source.realm), last)
        except (httpx.HTTPError, OSError) as error:
            log.info("positions of %s cannot be heard: %s", source.service, type(error).__name__)
            await asyncio.sleep(RETRY_S)
            continue
        if batch:
            yield batch


async def _page(source: Source, after: str | None) -> PositionPage:
    params = {} if after is None else {"after": after}
    return PositionPage.model_validate(await source.get("/positions", **params))


async def _read(source: Source, key: str, last: bytes) -> tuple[bytes, tuple[Position, ...]]:
    """The next batches of the stream, the newest position of each unit winning; waits out an absent Redis."""
    try:
        if last == TIP:
            tip: Any = await source.redis.xrevrange(key, count=1)
            last = tip[0][0] if tip else b"0-0"
        reply: Any = await source.redis.xread({key: last}, count=KEPT, block=BLOCK_MS)
    except (TimeoutError, RedisError, OSError):
        source.fast = False
        await asyncio.sleep(POLL_S)
        return TIP, ()
    source.fast = True
    entries = entries_of(reply)
    if not entries:
        return last, ()
    newest = {each.unit_id: each for _, fields in entries for each in POSITIONS.validate_json(fields[b"p"])}
    return entries[-1][0], tuple(newest.values())
