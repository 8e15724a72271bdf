"""create_app(): what every service has in common, from lifespan to refusals."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from redis.asyncio import Redis
from sqlalchemy import text
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from kernel.audit_routes import audit_routes
from kernel.auth import ACTIONS, ANONYMOUS, Principal, sees, verify
from kernel.calling import http_client
from kernel.clock import RealmClock, real_now
from kernel.contracts.events import Envelope, EventPage, Snapshot
from kernel.database import Thing, Transaction, connect
from kernel.errors import RESPONSES, Problem, Refusal
from kernel.failpoints import arm
from kernel.guard import RequestGuard
from kernel.heads import keep_heads
from kernel.health import health, own_figures
from kernel.http import Tx, action_of, may, router
from kernel.idempotency import stay_short
from kernel.metrics import Measured, Metrics
from kernel.outbox import Ledger, head, installation_epoch, page, relay
from kernel.running import Running
from kernel.settings import Settings

log = logging.getLogger(__name__)
Current = Callable[[Transaction], Awaitable[Sequence[Thing]]]
Lifespan = Callable[[Running], AbstractAsyncContextManager[Any]]
Authenticate = Callable[[HTTPConnection], Awaitable[Principal]]


@dataclass(frozen=True)
class Service:
    """What makes one service different from another."""

    name: str
    title: str
    ledger: Ledger
    routers: Sequence[APIRouter]
    current: Current
    lifespan: Lifespan
    authenticate: Authenticate | None = None


def create_app(service: Service) -> FastAPI:
    """The service as an ASGI app. Refuses to start while a route has no declared action."""
    metrics = Metrics(service.name)
    app = FastAPI(
        title=service.title, version="1", lifespan=_lifespan(service, metrics), responses=RESPONSES, docs_url=None
    )
    for each in (health(), _ledger(service), audit_routes(service.ledger), *service.routers):
        refuse_undeclared(each)
        app.include_router(each)
    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, unexpected)
    app.add_middleware(Measured, metrics=metrics)
    app.add_middleware(RequestGuard)
    _document_problem(app)
    return app


def refuse_undeclared(declared: APIRouter) -> None:
    """Raises when a route declares no action or an unknown one, or hides others that cannot be looked at."""
    for route in declared.routes:
        if action_of(getattr(route, "endpoint", None)) not in ACTIONS:
            raise RuntimeError(f"{getattr(route, 'path', route)} declares no known action")


def _document_problem(app: FastAPI) -> None:
    plain = app.openapi

    def documented() -> dict[str, Any]:
        schema = plain()
        schema.setdefault("components", {}).setdefault("schemas", {}).setdefault("Problem", Problem.model_json_schema())
        return schema

    app.openapi = documented  # type: ignore[method-assign]


def _lifespan(service: Service, metrics: Metrics) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        settings = Settings()
        metrics.begin()
        arm(settings.failpoints, service.name)
        async with http_client(timeout=httpx.Timeout(5, connect=0.5)) as http:
            running = Running(
                service=service.name,
                settings=settings,
                engine=connect(settings.database_url),
                redis=Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=0.5),
                http=http,
                clock=RealmClock(settings.clock_anchor, settings.clock_rate),
                ledger=service.ledger,
                authenticate=service.authenticate or signed(service.name, settings),
                metrics=metrics,
                is_door=service.authenticate is not None,
            )
            metrics.asked.append(partial(own_figures, running))
            app.state.running = running
            works = (
                relay(service.ledger, running.engine, running.redis, running.wake),
                keep_heads(running),
                stay_short(service.ledger.idempotency, running.engine),
            )
            tasks = [asyncio.create_task(work) for work in works]
            try:
                async with service.lifespan(running) as running.own:
                    yield
            finally:
                await _end(tasks)
                await running.redis.aclose()
                await running.engine.dispose()

    return lifespan


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def signed(name: str, settings: Settings) -> Authenticate:
    """Who asks, by the gateway's signature; nobody else is believed. Without a token it is nobody."""

    async def authenticate(connection: HTTPConnection) -> Principal:
        scheme, _, token = connection.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return ANONYMOUS
        return verify(token, audience=name, key=settings.verify_key)

    return authenticate


def _ledger(service: Service) -> APIRouter:
    ledger = router()
    tables = service.ledger

    @ledger.get("/snapshot", tags=["events"])
    @may("picture.read")
    async def snapshot(tx: Tx) -> Snapshot:
        """Everything current, and the position of the stream at that instant."""
        await tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        epoch = await installation_epoch(tx.connection)
        seq = await head(tables, tx.connection, tx.realm)
        things = [thing for thing in await service.current(tx) if sees(tx.principal, thing.scope)]
        wrapped = tuple(_wrap(tx, service.name, epoch, seq, thing) for thing in things)
        return Snapshot(stream=service.name, epoch=epoch, seq=seq, realm=tx.realm, things=wrapped)

    @ledger.get("/events", tags=["events"])
    @may("picture.read")
    async def events(tx: Tx, after: Annotated[int, Query(ge=0, le=2**62)]) -> EventPage:
        """Events after a position, in order."""
        epoch = await installation_epoch(tx.connection)
        found = await page(tables, tx.connection, realm=tx.realm, after=after, epoch=epoch)
        seen = tuple(event for event in found.events if sees(tx.principal, event.scope))
        return found.model_copy(update={"events": seen})

    return ledger


def _wrap(tx: Transaction, stream: str, epoch: str, seq: int, thing: Thing) -> Envelope:
    return Envelope(
        stream=stream,
        epoch=epoch,
        seq=seq,
        realm=tx.realm,
        scope=thing.scope,
        type=f"{thing.kind}.current",
        kind=thing.kind,
        id=thing.value.id,
        version=thing.value.version,
        at=tx.at,
        recorded_at=real_now(),
        actor="",
        value=thing.value.model_dump(mode="json"),
    )


def _answer(problem: dict[str, Any]) -> JSONResponse:
    headers = {"Retry-After": str(problem.get("retry_after_s", 1))} if problem["status"] in (429, 503) else None
    return JSONResponse(problem, problem["status"], headers=headers, media_type="application/problem+json")


def _request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", "")) or uuid.uuid4().hex


async def refused(request: Request, error: Exception) -> JSONResponse:
    """A refusal as problem+json."""
    assert isinstance(error, Refusal)
    return _answer(error.problem(_request_id(request)))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """422 that names fields and reasons but never echoes the input, which may not be encodable."""
    assert isinstance(error, RequestValidationError)
    fields = [{"field": _place(each), "reason": each["type"]} for each in error.errors()[:20]]
    detail = "These fields are missing or wrong: " + ", ".join(sorted({each["field"] for each in fields}))
    problem = Problem(title="Invalid", status=422, code="invalid", detail=detail[:500], request_id=_request_id(request))
    return _answer({**problem.model_dump(), "fields": fields})


def _place(error: Any) -> str:
    """Where an error is, in our own names; a name that the caller made up is not repeated."""
    parts = [str(part) if str(part).isidentifier() or isinstance(part, int) else "?" for part in error["loc"]]
    if error["type"] == "extra_forbidden":
        parts[-1] = "?"
    return ".".join(part[:80] if part.isascii() else "?" for part in parts)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed", 400: "unreadable"}.get(error.status_code, "http")
    problem = Problem(
        title=code, status=error.status_code, code=code, detail=str(error.detail), request_id=_request_id(request)
    )
    return _answer(problem.model_dump())


async def unexpected(request: Request, error: Exception) -> JSONResponse:
    """A bug as problem+json: the log has the story, the caller has its number."""
    request_id = _request_id(request)
    log.error("unexpected", exc_info=error, extra={"request_id": request_id})
    problem = Problem(
        title="Unexpected",
        status=500,
        code="unexpected",
        detail="Something unexpected happened; nothing was changed.",
        request_id=request_id,
    )
    return _answer(problem.model_dump())
