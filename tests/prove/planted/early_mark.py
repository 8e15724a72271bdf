"""Planted bug: the relay notes events as published before it publishes them, so that a stream may miss them."""

from redis.asyncio import Redis
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from dispatch.main import app
from kernel import outbox
from kernel.failpoints import PUBLISHED, reach

__all__ = ["app"]


async def mark_then_publish(tables: outbox.Ledger, connection: AsyncConnection, redis: Redis, epoch: str) -> int:
    """One page of every realm that is behind, in the wrong order."""
    streams, relays = tables.streams, tables.relays
    done = func.coalesce(relays.c.seq, 0)
    joined = streams.outerjoin(relays, streams.c.realm == relays.c.realm)
    behind = select(streams.c.realm, done).select_from(joined).where(streams.c.seq > done)
    sent = 0
    for realm, after in (await connection.execute(behind)).all():
        envelopes = await outbox._after(tables, connection, realm, after, epoch, outbox.PAGE)
        row = {"realm": realm, "seq": envelopes[-1].seq}
        marked = insert(relays).values(row).on_conflict_do_update(index_elements=["realm"], set_={"seq": row["seq"]})
        await connection.execute(marked)
        await connection.commit()
        reach(PUBLISHED)
        await outbox._xadd(redis, outbox.stream_key(epoch, realm, tables.service), envelopes)
        sent += len(envelopes)
    await connection.commit()
    return sent


outbox._publish_all = mark_then_publish
