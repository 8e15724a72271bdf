"""Is the process alive, can it work, and what are its figures: the routes that machines ask."""

import hmac
from collections.abc import Iterable

from fastapi import APIRouter, Request, Response
from sqlalchemy import text

from kernel.errors import Unavailable
from kernel.http import decide, may
from kernel.metrics import CONTENT_TYPE, Figure
from kernel.outbox import behind
from kernel.running import Running


def health() -> APIRouter:
    """`/livez`, `/readyz` and `/metrics` of a service."""
    routes = APIRouter()

    @routes.get("/livez", tags=["health"])
    @may("health.read")
    async def live() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @routes.get("/readyz", tags=["health"])
    @may("health.read")
    async def ready(request: Request) -> dict[str, str]:
        """The process can do its work: its database answers, and it has what it works with."""
        running: Running = request.app.state.running
        try:
            async with running.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as error:
            raise Unavailable("database_away", "The database does not answer.", retry_after_s=1) from error
        if lacking := running.lacks():
            raise Unavailable("not_ready", lacking, retry_after_s=1)
        return {"status": "ok"}

    @routes.get("/metrics", tags=["health"], response_class=Response)
    @may("metrics.read")
    async def metrics(request: Request) -> Response:
        """Figures for Prometheus, as text."""
        running: Running = request.app.state.running
        if not _came_straight(running, request):
            decide(await running.authenticate(request), "metrics.read")
        return Response(await running.metrics.text(), media_type=CONTENT_TYPE)

    return routes


def _came_straight(running: Running, request: Request) -> bool:
    """Whether this was asked on a private listener: what the gateway passes on is always signed.

    The gateway has no private listener; there the installation's own token stands for one.
    """
    given = request.headers.get("Authorization", "")
    if not running.is_door:
        return not given
    file = running.settings.metrics_token_file
    token = file.read_text().strip() if file is not None and file.exists() else ""
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


async def own_figures(running: Running) -> Iterable[Figure]:
    """What every service tells: how far its relay is behind, and who waits for the database."""
    pool = running.engine.pool
    busy = getattr(pool, "checkedout", lambda: 0)()
    figures = [Figure("muster_database_connections", "Connections in use.", busy)]
    async with running.engine.connect() as connection:
        for realm, events, seconds in await behind(running.ledger, connection):
            labels = {"realm": realm}
            figures += [
                Figure("muster_relay_lag_events", "Events that are not on the stream yet.", events, labels),
                Figure("muster_relay_lag_seconds", "Age of the oldest event not on the stream.", seconds, labels),
            ]
    return figures
