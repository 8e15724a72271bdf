"""Fixes of units, appended by day and forgotten by whole partitions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from dispatch import tables
from kernel.database import Transaction


async def save_positions(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Appends fixes; the same fix twice is one."""
    if rows:
        await tx.execute(insert(tables.positions).values(list(rows)).on_conflict_do_nothing())


async def list_latest_positions(tx: Transaction, since: datetime) -> list[Mapping[str, Any]]:
    """The last fix of every unit recorded since an instant."""
    latest = text(
        "SELECT DISTINCT ON (unit_id) unit_id, fixed_at, lon, lat, speed_mps, heading_deg FROM dispatch.positions"
        " WHERE realm = :realm AND recorded_at > :since ORDER BY unit_id, fixed_at DESC"
    )
    return list((await tx.execute(latest, {"realm": tx.realm, "since": since})).mappings())


async def keep_partitions(tx: Transaction, days: int) -> None:
    """Makes the partitions of positions for today and tomorrow and drops those older than `days`."""
    await tx.execute(text("SELECT dispatch.keep_position_partitions(:days)"), {"days": days})
