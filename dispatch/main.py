"""The dispatch service: `uvicorn dispatch.main:app`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from dispatch import feed, positions, store, watch
from dispatch.api import desk, units
from dispatch.api import positions as position_lane
from dispatch.api_cover import cover
from dispatch.commands import coverage, further, owed, reach, siting
from dispatch.copies import COPIED, Copies
from dispatch.feed import Feed
from dispatch.figures import figures
from dispatch.loops import end, repeat
from dispatch.own import Own
from dispatch.positions import Positions
from dispatch.tables import LEDGER
from dispatch.workers.pool import Pool, Worker
from kernel.app import Service, create_app
from kernel.outbox import installation_epoch
from kernel.running import Running

PLAN_EVERY_S = 1.0


@asynccontextmanager
async def live(running: Running) -> AsyncIterator[Own]:
    """Remembers copies and positions, then follows, writes, publishes, watches and settles until the end."""
    live_socket = running.settings.worker_live or Path("worker-live.sock")
    background_socket = running.settings.worker_background or Path("worker-background.sock")
    pool = Pool(Worker(live_socket), Worker(background_socket), running.settings.patience_s)
    own = Own(Copies(), Positions(), pool, running.clock)
    running.metrics.keep(own.recommended)
    running.metrics.asked.append(partial(figures, running, own))
    sources = [running.source(name) for name in COPIED]
    await feed.recall(own.copies, running, sources)
    running.lacks = own.copies.lacks
    await positions.recall(own.positions, running)
    await owed.recall(running, own)
    async with running.engine.connect() as connection:
        epoch = await installation_epoch(connection)
    work = (
        *(Feed(own.copies, running, source).run() for source in sources),
        repeat(lambda: positions.write(own.positions, running), every_s=positions.WRITE_EVERY_S),
        repeat(lambda: positions.publish(own.positions, running.redis, epoch), every_s=positions.PUBLISH_EVERY_S),
        repeat(lambda: positions.keep(running), every_s=positions.KEEP_EVERY_S),
        repeat(lambda: watch.keep_ready(running, own), every_s=watch.READY_EVERY_S),
        repeat(lambda: coverage.keep(running, own), every_s=coverage.LOOK_EVERY_S),
        repeat(lambda: coverage.learn(running, own), every_s=coverage.LEARN_EVERY_S),
        repeat(lambda: further.add(running, own), every_s=further.LOOK_EVERY_S, wake=own.further),
        repeat(lambda: owed.pay(running, own), every_s=owed.LOOK_EVERY_S, wake=own.owing),
        repeat(lambda: siting.work(own), every_s=PLAN_EVERY_S, wake=own.planning.wake),
        repeat(lambda: reach.work(running, own), every_s=PLAN_EVERY_S),
        repeat(lambda: watch.look_for_silence(running, own), every_s=watch.LOOK_EVERY_S),
        repeat(lambda: watch.sweep_canary(running), every_s=watch.SWEEP_EVERY_S),
        repeat(lambda: watch.settle_stock(running, own), every_s=watch.SETTLE_EVERY_S, wake=own.settle),
    )
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield own
    finally:
        await end(tasks)
        await own.pool.live.close()
        await own.pool.background.close()


app = create_app(
    Service(
        name="dispatch",
        title="Muster dispatch",
        ledger=LEDGER,
        routers=(desk, units, position_lane, cover),
        current=store.current,
        lifespan=live,
    )
)
