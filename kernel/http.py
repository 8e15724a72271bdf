"""How a request becomes a transaction: who asks, may they, was it asked before, then do it and commit, then answer.

This is a route class and not a `yield` dependency because FastAPI runs the end of such a dependency after the reply
has left, and an acknowledged write must survive the next instant. The dependencies are coroutines although they wait
for nothing: FastAPI runs plain functions in threads, which costs more than all they do.
"""

import json
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError

from kernel.auth import Principal, allow, enters
from kernel.contracts.base import LIVE
from kernel.database import DATABASE_ERRORS, Transaction, begin
from kernel.errors import Invalid, NotAllowed, NotFound, NotSignedIn, Unavailable, Unreadable
from kernel.idempotency import MAX_KEY, Kept, Reply, claim, request_fingerprint
from kernel.outbox import flush
from kernel.running import Running

AWAY = frozenset({"08", "40", "53", "55", "57"})
DEADLINE = "Muster-Deadline"
EFFECTS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
log = logging.getLogger(__name__)


def may(action: str, *, keyed: bool = True) -> Callable[[Endpoint], Endpoint]:
    """Declares the action of an endpoint. `keyed=False` is for effects that need no Idempotency-Key, with a reason."""

    def declare(endpoint: Endpoint) -> Endpoint:
        endpoint.__muster_action__ = action  # type: ignore[attr-defined]
        endpoint.__muster_keyed__ = keyed  # type: ignore[attr-defined]
        return endpoint

    return declare


def action_of(endpoint: Callable[..., Any] | None) -> str | None:
    """The declared action of an endpoint, None when it has none."""
    return getattr(endpoint, "__muster_action__", None)


class TransactionRoute(APIRoute):
    """A route whose whole work is one transaction, committed before the reply is sent."""

    def get_route_handler(self) -> Handler:
        inner = super().get_route_handler()
        action = action_of(self.endpoint) or ""
        keyed = bool(getattr(self.endpoint, "__muster_keyed__", True))

        async def handler(request: Request) -> Response:
            key = _key(request) if keyed and request.method in EFFECTS else None
            return await _transact(request, inner, action, key)

        return _guarded(handler)


class AskedRoute(APIRoute):
    """A route that is not one transaction: who asks and may they, then whatever it does."""

    def get_route_handler(self) -> Handler:
        inner = super().get_route_handler()
        action = action_of(self.endpoint) or ""

        async def handler(request: Request) -> Response:
            request.state.principal = await running_of(request).authenticate(request)
            decide(request.state.principal, action)
            check_json(request, await request.body())
            return await inner(request)

        return _guarded(handler)


def _guarded(handler: Handler) -> Handler:
    """The handler, with a late caller and an absent database as refusals."""

    async def guarded(request: Request) -> Response:
        check_deadline(request)
        try:
            return await handler(request)
        except DATABASE_ERRORS as error:
            raise refusal_of(error) from error

    return guarded


async def _transact(request: Request, inner: Handler, action: str, key: str | None) -> Response:
    running = running_of(request)
    principal: Principal = await running.authenticate(request)
    decide(principal, action)
    body = await request.body()
    check_json(request, body)
    realm = realm_of(request, principal)
    async with begin(
        running.engine, realm=realm, principal=principal, at=running.clock.now(), request_id=request.state.request_id
    ) as tx:
        request.state.transaction = tx
        if key is not None:
            print_ = request_fingerprint(request.method, request.url.path, body)
            earlier = await claim(running.ledger.idempotency, tx, key, print_)
            if earlier is not None:
                return _replayed(earlier)
        response = await inner(request)
        if response.status_code >= 400:
            await tx.connection.rollback()
            return response
        await flush(
            running.ledger, tx, None if key is None else Kept(key, Reply(response.status_code, bytes(response.body)))
        )
    if tx.changes:
        running.wake.set()
    return response


def running_of(request: Request) -> Running:
    """The running service that a request came to."""
    running: Running = request.app.state.running
    return running


def decide(principal: Principal, action: str, thing: dict[str, Any] | None = None) -> None:
    """Raises NotSignedIn or NotAllowed unless `principal` may do `action` to `thing`."""
    decision = allow(principal, action, thing)
    if decision.allowed:
        return
    if not principal.roles:
        raise NotSignedIn("not_signed_in", "Sign in first.")
    raise NotAllowed(decision.reason, f"{principal.name or principal.subject} may not do this ({action}).")


def realm_of(request: Request, principal: Principal) -> str:
    """The realm a request is about. Live use is open, and the canary's own realm to the canary alone."""
    realm = request.headers.get("Muster-Realm", LIVE)
    if not enters(principal, realm):
        raise NotFound("realm_unknown", "There is no such exercise.")
    return realm


def check_deadline(request: Request) -> None:
    """Refuses to begin what nobody waits for any more; the header says until when, in seconds since 1970."""
    given = request.headers.get(DEADLINE, "")
    if given.isdecimal() and len(given) < 12 and time.time() > int(given):
        raise Unavailable("too_late", "The caller has stopped waiting. Nothing was changed; try again.")


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key or len(key) > MAX_KEY or not key.isprintable():
        raise Unreadable("key_missing", "Send an Idempotency-Key header of 1 to 255 characters.")
    return key


def check_json(request: Request, body: bytes) -> None:
    """Refuses bodies that are not strict JSON: NaN, Infinity, bad UTF-8, absurd nesting or numbers."""
    if not body or "json" not in request.headers.get("content-type", "json"):
        return
    try:
        json.loads(body.decode(), parse_constant=_no_constants)
    except (ValueError, RecursionError) as error:
        raise Unreadable("body_not_json", "The body is not valid JSON.") from error


def _no_constants(name: str) -> None:
    raise ValueError(name)


def _replayed(reply: Reply) -> Response:
    return Response(reply.body, reply.status, media_type="application/json", headers={"Idempotency-Replayed": "true"})


def refusal_of(error: Exception) -> Exception:
    """What the caller may know of a failing database; anything but absence or a bad value is a bug and stays one."""
    if not isinstance(error, DATABASE_ERRORS):
        return error
    state = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
    if isinstance(error, DBAPIError) and state[:2] == "22":
        return Invalid("value_refused", "A value in the request cannot be stored.")
    if isinstance(error, DBAPIError) and state and state[:2] not in AWAY and not error.connection_invalidated:
        return error
    log.warning("database: %s", str(error).splitlines()[0] if str(error) else type(error).__name__)
    # Whether a commit that was under way took effect is not known here; the key makes asking again safe.
    detail = "The database does not answer. Send the same request again with the same key."
    return Unavailable("database_away", detail, retry_after_s=1)


async def current_transaction(request: Request) -> Transaction:
    """The transaction of this request."""
    transaction: Transaction = request.state.transaction
    return transaction


async def _documented_key(
    idempotency_key: Annotated[
        str | None, Header(description="Required on effects: the same key is one effect and one reply.")
    ] = None,
) -> None:
    """Puts the header into the OpenAPI document; `TransactionRoute` is what demands it."""


async def current_principal(request: Request) -> Principal:
    """Who asks, on an `AskedRoute`."""
    principal: Principal = request.state.principal
    return principal


Tx = Annotated[Transaction, Depends(current_transaction)]
Asking = Annotated[Principal, Depends(current_principal)]


def router() -> APIRouter:
    """A router of transaction routes."""
    return APIRouter(route_class=TransactionRoute, dependencies=[Depends(_documented_key)])
