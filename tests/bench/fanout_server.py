"""The two servers of the fan-out benches, each a process: our hub, and `websockets.broadcast()`.

Both read the same events from a Redis stream and tell them to everybody. Ours is the gateway's own live endpoint on the
gateway's own server; only the services behind it are away, and every ticket holds.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import httpx
import uvloop
from redis.asyncio import Redis
from starlette.types import Receive, Scope, Send
from websockets.asyncio.server import ServerConnection, broadcast, serve

from gateway.hub import live
from gateway.hub.hub import Hub
from gateway.identity.sessions import Sessions
from infra.place import listen
from infra.zygote import serve_http
from kernel.auth import Principal, Role
from kernel.bus import Source, entries_of
from kernel.clock import RealmClock, real_now
from kernel.contracts.base import LIVE, Realm
from kernel.contracts.events import EventPage, PositionPage, Snapshot
from kernel.outbox import stream_key
from kernel.running import Running

EPOCH = "bench"
FIRST_PORT = 31_000
CLOCK = RealmClock(datetime(2026, 1, 1, tzinfo=UTC), 1)
WATCHER = Principal(subject="account:wall", name="wall", roles=frozenset({Role.WALL}))


class Quiet(Source):
    """A stream whose service says nothing beyond what is in Redis."""

    async def get(self, path: str, **params: Any) -> Any:
        """An empty snapshot, nothing new, no positions."""
        if path == "/snapshot":
            return Snapshot(stream=self.service, epoch=EPOCH, seq=0, realm=LIVE, things=()).model_dump(mode="json")
        if path == "/events":
            page = EventPage(stream=self.service, epoch=EPOCH, events=(), seq=params["after"])
            return page.model_dump(mode="json")
        return PositionPage(positions=(), as_of=real_now()).model_dump(mode="json")


@dataclass
class Nowhere:
    """Settings of a process without a data directory."""

    data: Path | None = None


@dataclass
class Alone:
    """What the hub holds while it runs, with nobody behind it."""

    redis: Redis
    http: httpx.AsyncClient
    clock: RealmClock
    settings: Nowhere

    def source(self, service: str, realm: Realm = LIVE) -> Source:
        """A stream."""
        return Quiet(service, realm, "", "gateway", "", self.redis, self.http)


class Everybody:
    """Sessions to which every ticket belongs."""

    async def redeem_ticket(self, ticket: str) -> tuple[str, Principal]:
        """A wall's session."""
        return ticket, WATCHER


@asynccontextmanager
async def working_hub(redis_url: str) -> AsyncIterator[Hub]:
    """A hub that follows the streams of this Redis."""
    async with httpx.AsyncClient() as http:
        hub = Hub(cast(Running, Alone(Redis.from_url(redis_url), http, CLOCK, Nowhere())))
        hub.start()
        yield hub
        await hub.stop()


def serve_hub(redis_url: str, line: Connection) -> None:
    """Our hub on a port of its own, told to the parent."""
    hubs: list[Hub] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await live.serve({LIVE: hubs[0]}, cast(Sessions, Everybody()), scope, receive, send)
            return
        await receive()
        async with working_hub(redis_url) as hub:
            hubs.append(hub)
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    serve_http(app, _told(line))


def serve_broadcast(redis_url: str, line: Connection) -> None:
    """The peer: every entry as one text to every connection."""
    uvloop.run(_broadcasting(redis_url, _told(line)))


def _told(line: Connection) -> socket.socket:
    listener = listen(FIRST_PORT)
    line.send(listener.getsockname()[1])
    return listener


async def _broadcasting(redis_url: str, listener: socket.socket) -> None:
    redis = Redis.from_url(redis_url)
    key, last = stream_key(EPOCH, LIVE, "broadcast"), b"0-0"
    connections: set[ServerConnection] = set()

    async def keep(connection: ServerConnection) -> None:
        connections.add(connection)
        await connection.wait_closed()
        connections.discard(connection)

    async with serve(keep, sock=listener, compression=None, ping_interval=5, ping_timeout=5):
        while True:
            for id_, fields in entries_of(await redis.xread({key: last}, count=1000, block=500)):
                last = id_
                broadcast(connections, fields[b"e"].decode())
            await asyncio.sleep(0)
