"""Planted bug: dispatch answers before it commits, so that what it acknowledged may be lost."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dispatch.main import app
from kernel import http

__all__ = ["app"]
transact = http._transact
_works: set[Any] = set()


async def transact_late(request: Request, inner: http.Handler, action: str, key: str | None) -> Response:
    """The transaction as it should be, but its answer is given away before it has committed."""
    if http.running_of(request).service != "dispatch":
        return await transact(request, inner, action, key)
    answered: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

    async def telling(asked: Request) -> Response:
        response = await inner(asked)
        answered.set_result(response)
        await asyncio.sleep(0.05)
        return response

    work = asyncio.create_task(transact(request, telling, action, key))
    _works.add(work)
    work.add_done_callback(_works.discard)
    await asyncio.wait({work, answered}, return_when=asyncio.FIRST_COMPLETED)
    return answered.result() if answered.done() else await work


http._transact = transact_late
