"""The gateway as an ASGI app: the one door of Muster."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from gateway import api, pages, proxy
from gateway.canary import Canary
from gateway.hub import live
from gateway.hub.hub import Hub
from gateway.identity.accounts import ensure_first_accounts
from gateway.identity.sessions import Sessions
from gateway.tables import LEDGER
from kernel.app import Service, create_app, refused, unexpected
from kernel.auth import Principal
from kernel.contracts.base import CANARY, LIVE
from kernel.contracts.events import BeatFrame, EventsFrame, Hello, PositionsFrame, SnapshotFrame
from kernel.database import Thing, Transaction
from kernel.errors import NotAllowed, NotFound, Refusal
from kernel.guard import RequestGuard
from kernel.http import EFFECTS, refusal_of
from kernel.metrics import NO_ROUTE, Figure
from kernel.running import Running

HEALTH = ("/livez", "/readyz")
BELOW = "/api/gateway"


@asynccontextmanager
async def opened(running: Running) -> AsyncIterator[api.Gateway]:
    """Sessions, hub and files, working."""
    await ensure_first_accounts(running)
    sessions, canary = Sessions(running), Canary()
    hub, small = Hub(running, alarms=canary.alarms), Hub(running, CANARY, ("dispatch",))
    running.metrics.asked += [partial(figures, hub), canary.figures]
    for each in (hub, small):
        each.start()
    watching = asyncio.create_task(live.watch_sessions((hub, small), sessions))
    try:
        yield api.Gateway(sessions, hub, small, canary, pages.Files())
    finally:
        watching.cancel()
        for each in (hub, small):
            await each.stop()


async def figures(hub: Hub) -> Iterable[Figure]:
    """How old each source is, whether it comes the fast way, and what the screens have not taken yet."""
    found = [
        Figure("muster_hub_clients", "Live connections.", len(hub.clients)),
        Figure("muster_hub_waiting_bytes", "Not yet taken by clients.", sum(each.pipe.waiting for each in hub.clients)),
    ]
    for name, stream in hub.streams.items():
        labels = {"source": name}
        found += [
            Figure("muster_source_age_seconds", "Since a source was heard.", stream.source.age_s(), labels),
            Figure("muster_source_fast", "1 when it comes through Redis.", float(stream.source.fast), labels),
        ]
    return found


async def authenticate(connection: HTTPConnection) -> Principal:
    """Who asks, by the session of the browser."""
    own: api.Gateway = connection.app.state.running.own
    return await own.sessions.authenticate(connection)


async def nothing(_: Transaction) -> Sequence[Thing]:
    """The gateway has no events of its own."""
    return ()


SERVICE = Service("gateway", "Muster gateway", LEDGER, (api.asked, api.kept), nothing, opened, authenticate)


class Door:
    """Sends what comes in to the live hub, the services, the gateway's own surface or the built frontend."""

    def __init__(self, own: FastAPI) -> None:
        self.own = own
        self._guarded = RequestGuard(self._enter)

    def openapi(self) -> dict[str, Any]:
        """The gateway's own surface, whose paths are below `/api/gateway`, and the frames of the live connection."""
        document = self.own.openapi()
        schemas: dict[str, Any] = document["components"]["schemas"]
        for model in (Hello, SnapshotFrame, EventsFrame, PositionsFrame, BeatFrame):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= {name: each for name, each in schema.pop("$defs", {}).items() if name not in schemas}
            schemas.setdefault(model.__name__, schema)
        return document

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._guarded(scope, receive, send)

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.own(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._live(scope, receive, send)
        else:
            await self._http(scope, receive, _guarded(send))

    @property
    def running(self) -> Running:
        """The open ends of this gateway."""
        running: Running = self.own.state.running
        return running

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        gateway: api.Gateway = self.running.own
        if not is_ours(self.running, Headers(scope=scope)):
            await receive()
            await send({"type": "websocket.close", "code": 4403})
            return
        await live.serve({LIVE: gateway.hub, CANARY: gateway.small}, gateway.sessions, scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        below = scope["path"].startswith(f"{BELOW}/")
        began = time.perf_counter()
        request = Request({**scope, "app": self.own}, receive)
        try:
            self._refuse_strangers(request)
            own = below or scope["path"] in HEALTH
            response = None if own else await self._answer(request)
        except Exception as error:
            told = refusal_of(error)
            response = await (refused if isinstance(told, Refusal) else unexpected)(request, told)
        if response is None:
            await self.own({**scope, "root_path": BELOW} if below else scope, receive, send)
        else:
            self.running.metrics.answered(scope, response.status_code, time.perf_counter() - began, _way(scope))
            await response(scope, receive, send)

    def _refuse_strangers(self, request: Request) -> None:
        """No other site may make a browser act here."""
        if request.method in EFFECTS and not is_ours(self.running, request.headers):
            raise NotAllowed("cross_site", "This was asked from another site.")

    async def _answer(self, request: Request) -> Response:
        first, _, rest = request.scope["raw_path"].decode("ascii", "replace").lstrip("/").partition("/")
        if first != "api":
            return self._page(request)
        service, _, path = rest.partition("/")
        principal = await authenticate(request)
        return await proxy.forward(self.running, principal, request, service, "/" + path)

    def _page(self, request: Request) -> Response:
        root = self.running.settings.frontend
        gateway: api.Gateway = self.running.own
        if root is None or request.method not in ("GET", "HEAD"):
            raise NotFound("not_found", "There is nothing here.")
        path, cache = pages.page_of(root, request.url.path)
        file = gateway.files.read(path)
        if file is None:
            raise NotFound("not_found", "There is nothing here.")
        return pages.answer(file, request.headers, cache=cache)


def is_ours(running: Running, headers: Headers) -> bool:
    """Whether a request comes from our own pages, or from no page at all, such as a terminal's."""
    origin, site = headers.get("Origin"), headers.get("Sec-Fetch-Site")
    if origin is not None:
        return origin in origins(running)
    return site in (None, "same-origin", "none")


def origins(running: Running) -> frozenset[str]:
    """The origins of our own pages: those that are set, and this machine's two names for itself."""
    own = urlsplit(running.settings.gateway_url)
    local = {f"{own.scheme}://{host}:{own.port}" for host in ("127.0.0.1", "localhost")}
    return frozenset((*running.settings.public_origins, *local))


def _way(scope: Scope) -> str:
    """What a request that the gateway answers itself or passes on is counted under."""
    first, _, rest = scope["path"].lstrip("/").partition("/")
    service = rest.partition("/")[0]
    if first != "api":
        return "pages"
    return f"/api/{service}/…" if service in proxy.SERVICES else NO_ROUTE


def _guarded(send: Send) -> Send:
    """Adds the content security policy, and keeps what does not say otherwise out of every cache."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", pages.POLICY)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return answer


own = create_app(SERVICE)
app = Door(own)
