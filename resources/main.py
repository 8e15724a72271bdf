"""The register's process: organisations, stations, teams, units, equipment and stock."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date, timedelta

from kernel.app import Service, create_app
from kernel.auth import service_principal
from kernel.contracts.base import LIVE
from kernel.database import begin
from kernel.outbox import flush
from kernel.running import Running
from resources.api import register
from resources.commands import tell_expired
from resources.current import current
from resources.layers import Layers
from resources.rules import city_day
from resources.tables import LEDGER

LOOK_S = 30.0
log = logging.getLogger(__name__)


async def watch_expiry(running: Running) -> None:
    """At every midnight of the city tells whose stock has expired; at the start, what did so yesterday."""
    told = city_day(running.clock.now()) - timedelta(days=1)
    while True:
        day = city_day(running.clock.now())
        try:
            if day > told and await tell_expired_since(running, told):
                running.wake.set()
            told = max(told, day)
        except Exception as error:
            log.warning("expiry is told later: %s", type(error).__name__)
        await asyncio.sleep(LOOK_S)


async def tell_expired_since(running: Running, first: date) -> int:
    """One look at what has expired since a day, in its own transaction."""
    principal, at = service_principal("resources"), running.clock.now()
    async with begin(running.engine, realm=LIVE, principal=principal, at=at) as tx:
        told = await tell_expired(tx, first)
        await flush(LEDGER, tx)
    return told


@asynccontextmanager
async def _lifespan(running: Running) -> AsyncIterator[Layers]:
    watching = asyncio.create_task(watch_expiry(running))
    try:
        yield Layers()
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


app = create_app(
    Service(
        name="resources",
        title="Muster resources: the register",
        ledger=LEDGER,
        routers=[register],
        current=current,
        lifespan=_lifespan,
    )
)
