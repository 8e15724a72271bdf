"""The outermost middleware: request ids, the body limit, and security headers."""

import uuid
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.errors import TooLarge
from kernel.logs import belonging_to

BODY_LIMIT = 1_000_000
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class RequestGuard:
    """Gives every request an id and refuses bodies over 1 MB, counted as they arrive."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        given = state.get("request_id") or _given(Headers(scope=scope).get("X-Request-Id", ""))
        request_id = state["request_id"] = given or uuid.uuid4().hex

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
            await send(message)

        with belonging_to(request_id):
            await self.app(scope, _limited(receive), answer)


def _limited(receive: Receive) -> Receive:
    got = 0

    async def counted() -> Message:
        nonlocal got
        message: Any = await receive()
        got += len(message.get("body", b""))
        if got > BODY_LIMIT:
            raise TooLarge("body_too_large", "The body is larger than 1 MB.")
        return dict(message)

    return counted


def _given(request_id: str) -> str:
    """A caller's request id if it is short and harmless, else nothing."""
    fit = len(request_id) <= 64 and request_id.replace("-", "").isalnum() and request_id.isascii()
    return request_id if fit else ""
