"""The dispatch service: `uvicorn dispatch.main:app`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from dispatch import feed, positions, store, watch
from dispatch.api import desk, units
from dispatch.api import positions as position_lane
from dispatch.feed import COPIED, Copies, Feed
from dispatch.own import Own
from dispatch.positions import Positions
from dispatch.tables import LEDGER
from dispatch.workers.pool import Pool, Worker
from kernel.app import Service, create_app
from kernel.outbox import installation_epoch
from kernel.running import Running


@asynccontextmanager
async def live(running: Running) -> AsyncIterator[Own]:
    """Remembers copies and positions, then follows, writes, publishes, watches and settles until the end."""
    socket = running.settings.worker_live or Path("worker-live.sock")
    own = Own(Copies(), Positions(), Pool(Worker(socket)), running.clock)
    sources = [running.source(name) for name in COPIED]
    await feed.recall(own.copies, running.engine, running.clock, sources)
    await positions.recall(own.positions, running.engine, running.clock)
    async with running.engine.connect() as connection:
        epoch = await installation_epoch(connection)
    jobs = [
        *(Feed(own.copies, running.engine, running.clock, source).run() for source in sources),
        positions.write(own.positions, running.engine, running.clock),
        positions.publish(own.positions, running.redis, epoch),
        watch.watch_receipts(running, own),
        watch.settle_supplies(running, own),
    ]
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield own
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


app = create_app(
    Service(
        name="dispatch",
        title="Muster dispatch",
        ledger=LEDGER,
        routers=(desk, units, position_lane),
        current=store.current,
        lifespan=live,
    )
)
