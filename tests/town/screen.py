"""A screen that stays: one live connection, resumed by its cursor whenever it breaks, and a checker of what it saw."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from gateway.hub.frames import decode_cursor

Frame = dict[str, Any]
SILENCE_S = 10.0


@dataclass
class Screen:
    """Watches for ever; `frames` is all that it was told, with a mark wherever it opened the connection again.

    A flaky one loses its line `holds_s` after it was opened, again and again.
    """

    browser: httpx.AsyncClient
    holds_s: float | None = None
    frames: list[Frame] = field(default_factory=list)
    cursor: str | None = None

    @property
    def standing(self) -> dict[str, int]:
        """The last event number of every stream, as the cursor says."""
        return standing_of(self.cursor)

    async def watch(self) -> None:
        """Connects, follows, and connects again, until it is cancelled."""
        while True:
            with suppress(OSError, WebSocketException, httpx.HTTPError, TimeoutError, KeyError, ValueError):
                await self._follow()
            await asyncio.sleep(0.3)

    async def _follow(self) -> None:
        base = str(self.browser.base_url).rstrip("/")
        ticket = (await self.browser.post("/api/gateway/ws-ticket", json={})).json()["ticket"]
        protocols = [Subprotocol("muster"), Subprotocol(ticket)]
        url = base.replace("http", "ws") + "/live"
        async with connect(url, subprotocols=protocols, origin=base, max_size=None, close_timeout=1) as line:  # type: ignore[arg-type]
            hello = {"type": "hello", "realm": "live"} | ({"cursor": self.cursor} if self.cursor else {})
            await line.send(json.dumps(hello))
            self.frames.append({"type": "opened", "cursor": self.cursor})
            async with asyncio.timeout(self.holds_s):
                await self._listen(line)

    async def _listen(self, line: ClientConnection) -> None:
        while True:
            frame = json.loads(await asyncio.wait_for(line.recv(), SILENCE_S))
            self.frames.append(frame | {"heard_s": time.monotonic()})
            self.cursor = frame.get("cursor", self.cursor)


@asynccontextmanager
async def staying(
    browser: httpx.AsyncClient, holds_s: float | None = None, *, cursor: str | None = None
) -> AsyncIterator[Screen]:
    """A screen that watches until the block ends, from a cursor if it has one."""
    screen = Screen(browser, holds_s, cursor=cursor)
    watching = asyncio.create_task(screen.watch())
    try:
        yield screen
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


def standing_of(cursor: str | None) -> dict[str, int]:
    """The last event number of every stream of a cursor."""
    return {name: seq for name, (_, seq) in (decode_cursor(cursor or "") or {}).items()}


@dataclass
class Seen:
    """What a screen holds after its frames, and what was wrong with them."""

    things: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    standing: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    opened: int = 0
    snapshots: int = 0
    events: int = 0

    def take(self, frame: Frame) -> None:
        """Applies one frame."""
        if frame["type"] == "opened":
            self.opened += 1
        elif frame["type"] == "snapshot":
            self.snapshots += 1
            self.things = {(each["kind"], each["id"]): each for each in frame["things"]}
            self.standing = standing_of(frame["cursor"])
        elif frame["type"] == "events":
            self._take_events(frame)

    def _take_events(self, frame: Frame) -> None:
        stream, first, last = frame["stream"], frame["from_seq"], frame["to_seq"]
        if first != self.standing.get(stream, -1) + 1:
            self.faults.append(f"{stream} goes on at {first} after {self.standing.get(stream)}")
        if [each["seq"] for each in frame["events"]] != list(range(first, last + 1)):
            self.faults.append(f"{stream} {first} to {last} does not hold these events")
        self.standing[stream] = last
        if standing_of(frame["cursor"]) != self.standing:
            self.faults.append(f"the cursor after {stream} {last} says {standing_of(frame['cursor'])}: {self.standing}")
        for each in frame["events"]:
            self.events += 1
            held = self.things.get((each["kind"], each["id"]))
            if held is None or held["version"] < each["version"]:
                self.things[(each["kind"], each["id"])] = each


def seen(frames: Iterable[Frame]) -> Seen:
    """What a screen that was told these frames holds, by the rules of the contract."""
    made = Seen()
    for frame in frames:
        made.take(frame)
    return made
