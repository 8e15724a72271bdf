"""Reading what another service says: snapshot + cursor, then follow. One idiom for every reader.

The stream in Redis is the fast lane; where it has a gap, was flushed or is away, the same events come from the
service's own `GET /events?after=`. Too far behind, or another epoch, and the reader gets a new snapshot.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kernel.auth import service_principal, signed_header
from kernel.contracts.base import Realm
from kernel.contracts.events import Envelope, EventPage, Snapshot
from kernel.outbox import decode, end_if_cancelled, entry_seq, stream_key

BLOCK_MS = 500
VERIFY_S = 2.0
RETRY_S = 0.5
PROBE_S = 0.25
IMPORTED = ".imported"  # the one event of a bulk change: it says that everything may differ, not what
log = logging.getLogger(__name__)


@dataclass
class Source:
    """One service's stream in one realm, and how its reader stands."""

    service: str
    realm: Realm
    url: str
    reader: str
    signing_key: str
    redis: Redis
    http: httpx.AsyncClient
    epoch: str = ""
    seq: int = 0
    fast: bool = True
    heard_at: float = field(default_factory=time.monotonic)

    def age_s(self) -> float:
        """Seconds since the source last answered."""
        return time.monotonic() - self.heard_at

    async def get(self, path: str, **params: Any) -> Any:
        """A signed read of the service, as this reader."""
        headers = signed_header(service_principal(self.reader), audience=self.service, key=self.signing_key)
        reply = await self.http.get(
            self.url + path, params=params, headers=headers | {"Muster-Realm": self.realm}, timeout=5
        )
        reply.raise_for_status()
        self.heard_at = time.monotonic()
        return reply.json()


Batch = Snapshot | tuple[Envelope, ...]


async def follow(source: Source) -> AsyncIterator[Batch]:
    """Yields a snapshot (unless the source already has a position), then events in order without a gap, for ever."""
    verified = time.monotonic()
    while True:
        end_if_cancelled()
        try:
            if not source.epoch:
                yield await _snapshot(source)
            events = await _fast(source)
            if events is None or (not events and time.monotonic() - verified > VERIFY_S):
                events = await _slow(source, pressed=events is None)
                verified = time.monotonic()
        except (httpx.HTTPError, OSError, ValueError) as error:
            log.info("%s cannot be heard: %s", source.service, type(error).__name__)
            await asyncio.sleep(RETRY_S)
            continue
        if events:
            source.seq = events[-1].seq
            yield events
            if any(event.type.endswith(IMPORTED) for event in events):
                source.epoch = ""


async def _snapshot(source: Source) -> Snapshot:
    snapshot = Snapshot.model_validate(await source.get("/snapshot"))
    source.epoch, source.seq = snapshot.epoch, snapshot.seq
    return snapshot


async def _fast(source: Source) -> tuple[Envelope, ...] | None:
    """New events from Redis, empty when there are none yet, None when only the slow lane can tell."""
    key = stream_key(source.epoch, source.realm, source.service)
    try:
        if not source.fast:  # a hung Redis must not make every look at the slow lane wait for its whole patience
            async with asyncio.timeout(PROBE_S):
                await source.redis.ping()
        reply = await source.redis.xread({key: f"{source.seq}-0"}, count=1000, block=BLOCK_MS)
    except (TimeoutError, RedisError, OSError):
        source.fast = False
        await asyncio.sleep(RETRY_S)
        return None
    source.fast = True
    entries = entries_of(reply)
    if not go_on(entries, source.seq):
        return None
    try:
        events = tuple(decode(fields) for _, fields in entries)
    except (ValueError, KeyError):
        return None
    if events:
        source.heard_at = time.monotonic()
    return events


def go_on(entries: Sequence[tuple[bytes, dict[bytes, bytes]]], after: int) -> bool:
    """Whether these are the very next events, without a hole anywhere among them."""
    return all(entry_seq(entry_id) == after + nth for nth, (entry_id, _) in enumerate(entries, 1))


def entries_of(reply: Any) -> Sequence[tuple[bytes, dict[bytes, bytes]]]:
    """The entries of the one stream asked for, in either shape that the client library answers."""
    if not reply:
        return []
    streams = reply.values() if isinstance(reply, dict) else [entries for _, entries in reply]
    found = next(iter(streams))
    return found[0] if found and isinstance(found[0], list) else found


async def _slow(source: Source, *, pressed: bool = False) -> tuple[Envelope, ...]:
    """Events from the service itself; forgets the position when the service says that it is gone.

    `pressed` says that the fast lane could not tell: where there is nothing either, a pause keeps them from spinning.
    """
    page = EventPage.model_validate(await source.get("/events", after=source.seq))
    if page.gone or page.epoch != source.epoch:
        source.epoch = ""
        return ()
    if pressed and not page.events:
        await asyncio.sleep(RETRY_S)
    return page.events
