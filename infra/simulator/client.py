"""A client of the gateway as any terminal is: a session, signed effects with keys, and the live picture."""

import asyncio
import json
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from pydantic import TypeAdapter
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from gateway.picture import EMPTY, Picture, apply, values
from kernel.contracts.base import LIVE, Realm
from kernel.contracts.events import BeatFrame, EventsFrame, Frame, SnapshotFrame

FRAMES: TypeAdapter[Frame] = TypeAdapter(Frame)
RETRY_S = 1.0
log = logging.getLogger(__name__)


@dataclass
class Client:
    """One signed-in client. `things` is the picture; `now` is realm time by the server's clock."""

    http: httpx.AsyncClient
    credentials: Mapping[str, Any]
    sign_in_path: str = "/api/gateway/session"
    realm: Realm = LIVE
    picture: Picture = field(default_factory=lambda: EMPTY)
    cursor: str | None = None
    clock: tuple[datetime, datetime, float] | None = None
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def now(self) -> datetime:
        """Realm time now; real time before the server has said anything."""
        real = datetime.now(UTC)
        if self.clock is None:
            return real
        said, heard_at, rate = self.clock
        return said + timedelta(seconds=(real - heard_at).total_seconds() * rate)

    def things(self, kind: str) -> dict[str, dict[str, Any]]:
        """The current values of a kind by id."""
        return values({kind: self.picture.get(kind, {})})[kind]

    async def sign_in(self) -> None:
        """Signs in, waiting for the gateway."""
        while True:
            try:
                reply = await self.http.post(self.sign_in_path, json=dict(self.credentials))
                reply.raise_for_status()
                return
            except httpx.HTTPError as error:
                log.info("cannot sign in yet: %s", error)
                await asyncio.sleep(RETRY_S)

    async def send(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """An effect or a reading; its JSON, or None when it was refused or nobody answered."""
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        try:
            reply = await self.http.request(method, path, json=body, headers=headers)
            if reply.status_code == 401:
                await self.sign_in()
                reply = await self.http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            log.info("%s %s: %s", method, path, type(error).__name__)
            return None
        if reply.is_error:
            log.info("%s %s refused: %s", method, path, reply.text[:300])
            return None
        return reply.json() if reply.content else None

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until the picture is as asked."""
        while not holds():
            self.changed.clear()
            await self.changed.wait()

    async def watch(self) -> None:
        """Keeps the picture, for ever: connects, resumes from the cursor, and connects again."""
        while True:
            try:
                await self._watch_once()
            except (WebSocketException, httpx.HTTPError, OSError, KeyError, ValueError) as error:
                log.info("live connection lost: %s", type(error).__name__)
            await asyncio.sleep(RETRY_S)

    async def _watch_once(self) -> None:
        answer = await self.send("POST", "/api/gateway/ws-ticket")
        if answer is None:
            return
        base = str(self.http.base_url).rstrip("/")
        url = base.replace("http", "ws", 1) + "/live"
        protocols: list[Any] = ["muster", answer["ticket"]]
        async with connect(url, subprotocols=protocols, origin=base, max_size=None) as socket:  # type: ignore[arg-type]
            await socket.send(json.dumps({"type": "hello", "realm": self.realm, "cursor": self.cursor}))
            async for message in socket:
                self._take(FRAMES.validate_json(message))

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, SnapshotFrame):
            self.picture, self.cursor = apply(EMPTY, frame.things), frame.cursor
            self.heard.set()
        elif isinstance(frame, EventsFrame):
            self.picture, self.cursor = apply(self.picture, frame.events), frame.cursor
        self.changed.set()
        if isinstance(frame, SnapshotFrame | BeatFrame):
            self.clock = (frame.now, datetime.now(UTC), frame.rate)
