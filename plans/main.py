"""The process of plans: response cards and the force table, versioned."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from kernel.app import Service, create_app
from kernel.auth import service_principal
from kernel.contracts.base import LIVE
from kernel.database import begin
from kernel.outbox import flush
from kernel.running import Running
from plans.api import cards
from plans.commands import current
from plans.seeding import seed
from plans.tables import LEDGER

RETRY_S = 1.0
log = logging.getLogger(__name__)


async def seed_when_possible(running: Running) -> None:
    """Publishes what comes with the product, once; a database that is away only delays it."""
    while True:
        try:
            principal, at = service_principal("plans"), running.clock.now()
            async with begin(running.engine, realm=LIVE, principal=principal, at=at) as tx:
                published = await seed(tx)
                await flush(LEDGER, tx)
        except Exception as error:
            log.warning("cards cannot be published yet: %s", type(error).__name__)
            await asyncio.sleep(RETRY_S)
            continue
        if published:
            log.info("%d cards and tables published", published)
            running.wake.set()
        return


@asynccontextmanager
async def _lifespan(running: Running) -> AsyncIterator[None]:
    seeding = asyncio.create_task(seed_when_possible(running))
    try:
        yield None
    finally:
        seeding.cancel()
        with suppress(asyncio.CancelledError):
            await seeding


app = create_app(
    Service(
        name="plans",
        title="Muster plans: response cards",
        ledger=LEDGER,
        routers=[cards],
        current=current,
        lifespan=_lifespan,
    )
)
