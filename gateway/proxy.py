"""The way through to the services: who asks is signed, what may pass is named, an absence is said plainly."""

import math
import time

import httpx
from starlette.requests import Request
from starlette.responses import Response

from kernel.auth import Principal, signed_header
from kernel.errors import NotFound, Unavailable
from kernel.http import DEADLINE
from kernel.running import Running

SERVICES = frozenset({"dispatch", "resources", "plans"})
PATIENCE_S = 10.0
ASKED = (
    "accept",
    "accept-encoding",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "muster-realm",
)
ANSWERED = (
    "cache-control",
    "content-encoding",
    "content-type",
    "etag",
    "idempotency-replayed",
    "location",
    "retry-after",
    "vary",
)
LOST = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)


async def forward(running: Running, principal: Principal, request: Request, service: str, path: str) -> Response:
    """The service's answer to a request on behalf of `principal`. Raises NotFound or Unavailable."""
    if service not in SERVICES:
        raise NotFound("not_found", "There is no such service.")
    headers: dict[str, str] = {name: request.headers[name] for name in ASKED if name in request.headers}
    headers.setdefault("accept-encoding", "identity")
    headers["X-Request-Id"] = request.state.request_id
    headers[DEADLINE] = str(math.ceil(time.time() + PATIENCE_S))
    # Signed also for nobody: a service takes what is not signed for a machine on its private listener.
    headers |= signed_header(principal, audience=service, key=running.settings.signing_key)
    url = httpx.URL(running.settings.url_of(service)).copy_with(raw_path=_target(request, path))
    patience = httpx.Timeout(PATIENCE_S, connect=0.5)
    body = await request.body()
    asked = running.http.build_request(request.method, url, headers=headers, content=body, timeout=patience)
    return await _send(running.http, asked, service)


def _target(request: Request, path: str) -> bytes:
    query: bytes = request.scope["query_string"]
    return path.encode("ascii") + (b"?" + query if query else b"")


async def _send(http: httpx.AsyncClient, asked: httpx.Request, service: str) -> Response:
    """Sends once, and again where the line broke and a second time can do no harm."""
    again = asked.method in ("GET", "HEAD") or "idempotency-key" in asked.headers
    try:
        try:
            return await _exchange(http, asked)
        except LOST:
            if not again:
                raise
            return await _exchange(http, asked)
    except httpx.TimeoutException as error:
        late = not isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)
        told = "did not answer in time. Send the same request again with the same key" if late else "cannot be reached"
        raise Unavailable(f"{service}_away", f"The service {service} {told}.", retry_after_s=1) from error
    except httpx.TransportError as error:
        raise Unavailable(f"{service}_away", f"The service {service} cannot be reached.", retry_after_s=1) from error


async def _exchange(http: httpx.AsyncClient, asked: httpx.Request) -> Response:
    reply = await http.send(asked, stream=True)
    try:
        body = b"".join([part async for part in reply.aiter_raw()])
    finally:
        await reply.aclose()
    headers = {name: reply.headers[name] for name in ANSWERED if name in reply.headers}
    return Response(body, reply.status_code, headers=headers)
