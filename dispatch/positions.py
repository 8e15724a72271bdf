"""The positions lane: latest in memory, a batch each second to PostgreSQL, ten times a second to Redis."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from dispatch.store import positions as store
from kernel.auth import service_principal
from kernel.clock import real_now
from kernel.contracts.assignment import Fix
from kernel.contracts.base import LIVE
from kernel.contracts.events import Position
from kernel.positions import positions_key, publish_positions
from kernel.running import Running

log = logging.getLogger(__name__)
WRITE_EVERY_S = 1.0
PUBLISH_EVERY_S = 0.1
KEEP_EVERY_S = 3600.0
KEEP_DAYS = 7
BATCH = 2000
REMEMBER = timedelta(hours=12)
MOST_PENDING = 20_000
ITSELF = service_principal("dispatch")


@dataclass
class Positions:
    """The last fix of every unit, and what is still to be written and published."""

    latest: dict[str, Position] = field(default_factory=dict)
    heard_at: dict[str, datetime] = field(default_factory=dict)
    unpublished: dict[str, Position] = field(default_factory=dict)
    unwritten: list[dict[str, Any]] = field(default_factory=list)

    def take(self, fixes: Iterable[Fix]) -> int:
        """Takes fixes; one older than what is known is kept for the trail but does not move the unit."""
        now, taken = real_now(), 0
        for fix in fixes:
            position = Position(**fix.model_dump())
            if len(self.unwritten) < MOST_PENDING:
                self.unwritten.append(_row(position, now))
            known = self.latest.get(fix.unit_id)
            if known is None or known.fixed_at <= fix.fixed_at:
                self.latest[fix.unit_id] = self.unpublished[fix.unit_id] = position
                self.heard_at[fix.unit_id] = now
                taken += 1
        return taken

    def after(self, since: datetime | None) -> list[Position]:
        """Positions heard after a real instant, or all: what a screen reads while Redis is away."""
        return [self.latest[unit_id] for unit_id, heard in self.heard_at.items() if since is None or heard > since]


def _row(position: Position, now: datetime) -> dict[str, Any]:
    return {
        "realm": LIVE,
        "unit_id": position.unit_id,
        "fixed_at": position.fixed_at,
        "recorded_at": now,
        "lon": position.at[0],
        "lat": position.at[1],
        "speed_mps": position.speed_mps,
        "heading_deg": position.heading_deg,
    }


async def recall(positions: Positions, running: Running) -> None:
    """Fills the memory with the last fixes from the database at start."""
    since = real_now() - REMEMBER
    async with running.work(ITSELF) as tx:
        await store.keep_partitions(tx, KEEP_DAYS)
        for row in await store.list_latest_positions(tx, since):
            position = Position(
                unit_id=row["unit_id"],
                at=(row["lon"], row["lat"]),
                fixed_at=row["fixed_at"],
                speed_mps=row["speed_mps"],
                heading_deg=row["heading_deg"],
            )
            positions.latest[position.unit_id] = position
            positions.heard_at[position.unit_id] = since


async def write(positions: Positions, running: Running) -> None:
    """Writes what is pending in one transaction; a batch that fails stays pending."""
    batch, positions.unwritten = positions.unwritten, []
    try:
        async with running.work(ITSELF) as tx:
            for start in range(0, len(batch), BATCH):
                await store.save_positions(tx, batch[start : start + BATCH])
    except Exception:
        positions.unwritten = (batch + positions.unwritten)[:MOST_PENDING]
        raise


async def keep(running: Running) -> None:
    """Makes the partitions of tomorrow and drops those past their retention."""
    async with running.work(ITSELF) as tx:
        await store.keep_partitions(tx, KEEP_DAYS)


async def publish(positions: Positions, redis: Redis, epoch: str) -> None:
    """Publishes what has moved; lost while Redis is away, by design: a screen only needs the latest."""
    moved, positions.unpublished = positions.unpublished, {}
    if not moved:
        return
    try:
        await publish_positions(redis, positions_key(epoch, LIVE), list(moved.values()))
    except (RedisError, OSError, TimeoutError):
        log.info("%d positions were not published: Redis is away", len(moved))
