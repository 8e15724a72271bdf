"""The register's process: organisations, stations, teams, units, equipment and stock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kernel.app import Service, create_app
from kernel.running import Running
from resources.api import register
from resources.current import current
from resources.layers import Layers
from resources.tables import LEDGER


@asynccontextmanager
async def _lifespan(_running: Running) -> AsyncIterator[Layers]:
    yield Layers()


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
