"""What dispatch tells Prometheus of itself: its copies, its workers, and what waits to be written or settled."""

import time
from collections.abc import Iterable

from dispatch import store
from dispatch.commands.supplies import DISPATCH
from dispatch.own import Own
from kernel.metrics import Figure
from kernel.running import Running


async def figures(running: Running, own: Own) -> Iterable[Figure]:
    """The figures of this moment."""
    ages = own.copies.ages_s().items()
    heard_s = time.monotonic() - own.worker_heard_at
    has_map = own.worker is not None and own.worker.box is not None
    return [
        *(
            Figure("muster_copy_age_seconds", "Since a copied service was heard.", age, {"source": of})
            for of, age in ages
        ),
        Figure("muster_worker_age_seconds", "Since the worker was heard.", heard_s),
        Figure("muster_worker_kills_total", "Killed for passing their guard.", own.pool.live.kills, kind="counter"),
        Figure("muster_road_map_loaded", "1 when the worker has a road map.", float(has_map)),
        Figure("muster_positions_unwritten", "Fixes not in the database yet.", len(own.positions.unwritten)),
        Figure("muster_positions_unpublished", "Positions not on the stream yet.", len(own.positions.unpublished)),
        Figure("muster_supply_orders_unsettled", "Not settled with the register.", await _unsettled(running)),
    ]


async def _unsettled(running: Running) -> int:
    async with running.work(DISPATCH) as tx:
        return len(await store.list_unsettled_supply_orders(tx))
