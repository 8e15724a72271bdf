"""Apps behind real sockets in this process, for what needs a real server: WebSockets, broken lines, the whole way."""

import asyncio
import contextlib
import json
import os
import socket
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.integration.probe import headers


def listener() -> socket.socket:
    """A bound socket on a free port of this machine."""
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    return made


def url_of(bound: socket.socket) -> str:
    """The base address of a bound socket."""
    return f"http://127.0.0.1:{bound.getsockname()[1]}"


@asynccontextmanager
async def served(app: Any, bound: socket.socket) -> AsyncIterator[uvicorn.Server]:
    """Serves an app as the launcher does."""
    config = uvicorn.Config(
        app, ws="websockets-sansio", lifespan="on", log_level="warning", timeout_graceful_shutdown=1, http="httptools"
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    while not server.started:
        assert not serving.done(), "the app did not start"
        await asyncio.sleep(0.01)
    try:
        yield server
    finally:
        server.should_exit = True
        await serving


@dataclass
class Town:
    """Where the services of a test listen, and a browser that is not signed in."""

    sockets: Mapping[str, socket.socket]
    browser: httpx.AsyncClient

    def url(self, service: str) -> str:
        """The base address of a service."""
        return url_of(self.sockets[service])

    @asynccontextmanager
    async def signed_in(self, role: str = "dispatcher", **own: str) -> AsyncIterator[httpx.AsyncClient]:
        """A browser of its own, signed in by a role button."""
        base = self.url("gateway")
        async with httpx.AsyncClient(base_url=base, headers={"Origin": base}) as browser:
            reply = await browser.post("/api/gateway/demo-session", json={"role": role, **own})
            assert reply.status_code == 200, reply.text
            yield browser

    async def make(self, id_: str, *, name: str = "泵车", **fields: Any) -> dict[str, Any]:
        """Makes a thing straight at the probe that stands in for dispatch."""
        async with httpx.AsyncClient(base_url=self.url("dispatch")) as client:
            signed = headers(key=uuid.uuid4().hex, audience="dispatch")
            reply = await client.post("/things", json={"id": id_, "name": name, **fields}, headers=signed)
        assert reply.status_code == 201, reply.text
        made: dict[str, Any] = reply.json()
        return made


@dataclass
class Watcher:
    """A screen on the live connection: its frames, and the picture that it holds by the rules of the contract."""

    line: ClientConnection
    frames: list[dict[str, Any]] = field(default_factory=list)
    things: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    positions: dict[str, dict[str, Any]] = field(default_factory=dict)
    cursor: str | None = None
    seen: dict[str, int] = field(default_factory=dict)

    async def next(self, timeout_s: float = 5) -> dict[str, Any]:
        """The next frame, applied."""
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(self.line.recv(), timeout_s))
        self.frames.append(frame)
        self.cursor = frame.get("cursor", self.cursor)
        if frame["type"] == "snapshot":
            self.things.clear()
            self.seen.clear()
        if frame["type"] == "events":
            last = self.seen.get(frame["stream"])
            assert last is None or frame["from_seq"] == last + 1, (last, frame["from_seq"])
            self.seen[frame["stream"]] = frame["to_seq"]
        for each in frame.get("things", []) + frame.get("events", []):
            held = self.things.get((each["kind"], each["id"]))
            if held is None or held["version"] < each["version"]:
                self.things[(each["kind"], each["id"])] = each
        self.positions |= {each["unit_id"]: each for each in frame.get("positions", [])}
        return frame

    async def until(self, type_: str, timeout_s: float = 8) -> dict[str, Any]:
        """The next frame of a type."""
        async with asyncio.timeout(timeout_s):
            while (frame := await self.next(timeout_s))["type"] != type_:
                pass
        return frame

    async def holds(self, id_: str, *, name: str | None = None, timeout_s: float = 8) -> None:
        """Waits until the picture holds a thing."""
        async with asyncio.timeout(timeout_s):
            while (held := self.things.get(("thing", id_))) is None or name not in (None, held["value"]["name"]):
                await self.next(timeout_s)


@asynccontextmanager
async def watching(browser: httpx.AsyncClient, cursor: str | None = None, **options: Any) -> AsyncIterator[Watcher]:
    """Opens the live connection as a browser does."""
    base = str(browser.base_url).rstrip("/")
    ticket = (await browser.post("/api/gateway/ws-ticket", json={})).json()["ticket"]
    protocols = [Subprotocol("muster"), Subprotocol(ticket)]
    url = base.replace("http", "ws") + "/live"
    async with connect(url, subprotocols=protocols, origin=base, max_size=None, **options) as line:
        hello = {"type": "hello", "realm": "live"} | ({"cursor": cursor} if cursor else {})
        await line.send(json.dumps(hello))
        yield Watcher(line)


@asynccontextmanager
async def town(apps: Mapping[str, Any], environment: dict[str, str]) -> AsyncIterator[Town]:
    """Every app on its own socket, each knowing the others' addresses."""
    sockets = {name: listener() for name in ("gateway", "dispatch", "resources", "plans")}
    for name, bound in sockets.items():
        os.environ[f"MUSTER_{name.upper()}_URL"] = environment[f"MUSTER_{name.upper()}_URL"] = url_of(bound)
    async with contextlib.AsyncExitStack() as stack:
        for name, bound in sockets.items():
            if name not in apps:
                stack.callback(bound.close)
        for name, app in apps.items():
            await stack.enter_async_context(served(app, sockets[name]))
        browser = httpx.AsyncClient(base_url=url_of(sockets["gateway"]))
        yield Town(sockets, await stack.enter_async_context(browser))
