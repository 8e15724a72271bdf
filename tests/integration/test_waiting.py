"""Rows that wait: seen by the next statement, written as they are, and never taken along by what fails after them."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from dispatch import store
from kernel.clock import real_now
from kernel.database import Transaction, begin
from kernel.outbox import flush
from tests.integration import probe
from tests.integration.probe import DISPATCHER, LEDGER, Probed, things


@pytest.fixture(scope="module")
async def engine(environment: dict[str, str], owner_url: str, database_url: str) -> AsyncIterator[AsyncEngine]:
    await probe.make_schema(owner_url)
    made = create_async_engine(database_url)
    yield made
    await made.dispose()


def put(tx: Transaction, id_: str, **value: Any) -> None:
    """Makes a thing with its event."""
    tx.insert(things, {"realm": tx.realm, "id": id_, "version": 1, "value": value})
    tx.record("thing.made", "thing", Probed(id=id_, name="x", form={}))


async def there(engine: AsyncEngine, *tables: Any) -> list[set[str]]:
    """The identities in each table."""
    async with engine.connect() as connection:
        return [set((await connection.execute(select(table.c.id))).scalars()) for table in tables]


async def walk(engine: AsyncEngine, prefix: str, savepoint: Any) -> list[set[str]]:
    """One row, a block that fails on a row that is there already, one more row; what stays of things and events."""
    async with begin(engine, realm="live", principal=DISPATCHER, at=real_now()) as tx:
        put(tx, f"{prefix}-before")
        with suppress(IntegrityError):
            async with savepoint(tx):
                put(tx, f"{prefix}-inside")
                put(tx, f"{prefix}-before")
        put(tx, f"{prefix}-after")
        await flush(LEDGER, tx)
    found = await there(engine, things, LEDGER.events)
    return [{id_.removeprefix(f"{prefix}-") for id_ in ids if id_.startswith(prefix)} for ids in found]


async def test_a_row_is_seen_by_the_next_statement(engine: AsyncEngine) -> None:
    async with begin(engine, realm="live", principal=DISPATCHER, at=real_now()) as tx:
        put(tx, "w-1", text='"引号" \\ 😀 NULL', number=2**53)
        put(tx, "w-2")
        found = await tx.execute(select(things.c.id, things.c.value).where(things.c.id.in_(["w-1", "w-2"])))
        assert dict(found.all()) == {
            "w-1": {"text": '"引号" \\ 😀 NULL', "number": 2**53},
            "w-2": {},
        }
        await flush(LEDGER, tx)


async def test_a_row_of_every_kind_of_column_is_written_as_the_database_would_read_it(engine: AsyncEngine) -> None:
    at = real_now()
    reply = {"subject": "waiting", "key": "k", "fingerprint": "f", "status": None, "body": None, "at": at}
    async with begin(engine, realm="live", principal=DISPATCHER, at=at) as tx:
        tx.insert(LEDGER.idempotency, reply)
        found = await tx.execute(select(LEDGER.idempotency).where(LEDGER.idempotency.c.subject == "waiting"))
        assert dict(found.mappings().one()) == reply
        point = await tx.execute(select(func.ST_AsText(func.ST_GeomFromEWKT(store._point((87.600000001, 43.8))))))
        assert point.scalar_one() == "POINT(87.600000001 43.8)"


async def test_what_fails_after_them_takes_no_waiting_row_along(engine: AsyncEngine) -> None:
    assert await walk(engine, "sp", Transaction.savepoint) == [{"before", "after"}] * 2


async def test_a_bare_savepoint_is_caught(engine: AsyncEngine) -> None:
    """The planted twin: the database's own savepoint knows nothing of rows that wait, so its failure comes later."""
    with pytest.raises(IntegrityError):
        await walk(engine, "bare", lambda tx: tx.connection.begin_nested())
