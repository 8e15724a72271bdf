"""The process of plans: response cards and the force table, versioned."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kernel.app import Service, create_app
from kernel.running import Running
from plans.api import cards
from plans.commands import current
from plans.tables import LEDGER


@asynccontextmanager
async def _lifespan(_running: Running) -> AsyncIterator[None]:
    yield None


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
