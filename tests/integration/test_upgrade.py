"""From the first released schema to this one: nothing that was there is lost, and the services can read it."""

import gzip
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

import dispatch.store
import resources.current
from dispatch.tables import LEDGER as DISPATCH
from infra import migrate
from infra.backup.tables import connected
from infra.postgres import OWNER, Cluster
from infra.schema import SCHEMAS
from kernel.auth import service_principal
from kernel.clock import real_now
from kernel.database import Thing, begin
from kernel.outbox import installation_epoch, page
from tests.contract.test_old_events import load

DUMPS = Path(__file__).parents[1] / "data"
Rows = dict[str, list[tuple[Any, ...]]]
_COLUMNS = """
SELECT table_schema || '.' || table_name AS name,
       array_agg(quote_ident(column_name)::text ORDER BY column_name) AS columns
FROM information_schema.columns JOIN pg_class c ON c.oid = (table_schema || '.' || table_name)::regclass
WHERE table_schema = ANY ($1) AND NOT c.relispartition AND table_name <> 'migrations' GROUP BY 1
"""


class Upgraded(NamedTuple):
    """Its address, the columns of the first release, what was in them, and what is after the upgrade."""

    url: str
    columns: dict[str, list[str]]
    before: Rows
    after: Rows


def revived(cluster: Cluster, name: str) -> str:
    """A stored dump as a database; its address as the owner."""
    database = f"revived_{name.replace('-', '_')}"
    cluster.sql(f"DROP DATABASE IF EXISTS {database}")
    cluster.make_database(database)
    argv = [str(cluster.programs / "psql"), "-h", str(cluster.socket), "-U", OWNER, "-d", database, "-Xq"]
    body = gzip.decompress((DUMPS / f"{name}.sql.gz").read_bytes())
    subprocess.run([*argv, "-v", "ON_ERROR_STOP=1"], input=body, check=True, stdout=subprocess.DEVNULL)
    return cluster.url(database, OWNER)


async def columns(url: str) -> dict[str, list[str]]:
    """The columns of every table of ours."""
    async with connected(url) as connection:
        return {row["name"]: row["columns"] for row in await connection.fetch(_COLUMNS, list(SCHEMAS))}


async def rows(connection: Any, wanted: dict[str, list[str]]) -> Rows:
    """Everything in these columns, as text, in any order."""
    found = {}
    for name, names in wanted.items():
        said = ", ".join(f"{each}::text" for each in names)
        found[name] = sorted(map(tuple, await connection.fetch(f"SELECT {said} FROM {name}")), key=str)
    return found


async def everything(url: str, wanted: dict[str, list[str]]) -> Rows:
    """The same, on a connection of its own."""
    async with connected(url) as connection:
        return await rows(connection, wanted)


def changed(before: Rows, after: Rows) -> set[str]:
    """The tables that do not hold what they held."""
    return {name for name in before if before[name] != after[name]}


@pytest.fixture(scope="module", params=["first-dispatch", "first-register"])
async def upgraded(postgres: Cluster, request: pytest.FixtureRequest) -> Upgraded:
    """A database of the first release, brought up to date."""
    url = revived(postgres, request.param)
    wanted = await columns(url)
    before = await everything(url, wanted)
    await migrate.on(url, migrate.upgrade)
    return Upgraded(url, wanted, before, await everything(url, wanted))


async def test_nothing_is_lost(upgraded: Upgraded) -> None:
    url, _, before, after = upgraded
    assert sum(len(found) for found in before.values()) > 40
    assert changed(before, after) == set()
    await migrate.on(url, migrate.check)


@pytest.mark.parametrize("deed", ["DELETE FROM {} WHERE number = 1", "UPDATE {} SET actor = '' WHERE number = 1"])
async def test_a_lost_row_and_a_lost_field_are_caught(upgraded: Upgraded, deed: str) -> None:
    """The planted bugs of a migration."""
    url, wanted, before, _ = upgraded
    name = next(name for name in ("dispatch.audit", "resources.audit") if before[name])
    async with connected(url) as connection:
        undone = connection.transaction()
        await undone.start()
        await connection.execute(deed.format(name))
        spoilt = await rows(connection, wanted)
        await undone.rollback()
    assert changed(before, spoilt) == {name}


async def test_the_services_read_what_is_there(upgraded: Upgraded) -> None:
    """Every current thing, and every event that was ever stored."""
    url, _, before, _ = upgraded
    engine = create_async_engine(url)
    try:
        async with begin(engine, realm="live", principal=service_principal("test"), at=real_now()) as tx:
            things: list[Thing] = [*await dispatch.store.current(tx), *await resources.current.current(tx)]
            seen = await load_all(tx.connection)
    finally:
        await engine.dispose()
    assert things
    assert seen == len(before["dispatch.events"])


async def load_all(connection: AsyncConnection) -> int:
    """Loads every event of dispatch, page after page; returns how many there were."""
    epoch, after, seen = await installation_epoch(connection), 0, 0
    while events := (await page(DISPATCH, connection, realm="live", after=after, epoch=epoch)).events:
        for event in events:
            load(event.model_dump())
        after, seen = events[-1].seq, seen + len(events)
    return seen


async def test_when_units_were_on_scene_is_told_of_old_assignments_too(upgraded: Upgraded) -> None:
    """What the rest rule adds up, read from the values that were there before it had columns."""
    wanted = "SELECT arrived_at, ended_at, body->>'arrived_at' AS arrived, body->>'ended_at' AS ended"
    async with connected(upgraded.url) as connection:
        told = await connection.fetch(f"{wanted} FROM dispatch.assignments")
    assert len(told) == len(upgraded.before["dispatch.assignments"])
    for row in told:
        said = [None if text is None else datetime.fromisoformat(text) for text in (row["arrived"], row["ended"])]
        assert [row["arrived_at"], row["ended_at"]] == said
