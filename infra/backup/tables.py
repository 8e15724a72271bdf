"""What is in a database's tables, as rows and one SHA-256 each: equal before and after, or it is not the same."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from infra.schema import SCHEMAS
from infra.steps import Refusal

# What a value is written like must not depend on who asks.
SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO, MDY",
    "intervalstyle": "iso_8601",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "search_path": "public",
}
_TABLES = """
SELECT n.nspname AS schema, c.relname AS name,
       array_agg(quote_ident(a.attname) || CASE WHEN a.attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END
                 ORDER BY array_position(i.indkey::int2[], a.attnum)) AS key
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[])
WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
GROUP BY 1, 2 ORDER BY 1, 2
"""


def plain(url: str) -> str:
    """A database address as PostgreSQL's own programs and asyncpg take it."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    """A connection on which equal values are written alike. Refuses a database that does not answer."""
    try:
        connection = await asyncpg.connect(plain(url), server_settings=SETTINGS, timeout=10)
    except (OSError, asyncpg.PostgresError) as error:
        raise Refusal(f"The database does not answer ({type(error).__name__}).") from error
    try:
        yield connection
    finally:
        await connection.close()


async def contents(connection: Any) -> dict[str, tuple[int, str]]:
    """Rows and SHA-256 of every table of ours, in the connection's transaction; every table has a primary key."""
    found = {}
    for row in await connection.fetch(_TABLES, list(SCHEMAS)):
        found[f"{row['schema']}.{row['name']}"] = await _content(connection, row)
    return found


async def _content(connection: Any, table: Any) -> tuple[int, str]:
    digest, rows = hashlib.sha256(), 0

    async def take(block: bytes) -> None:
        nonlocal rows
        digest.update(block)
        rows += block.count(b"\n")

    name = f'"{table["schema"]}"."{table["name"]}"'
    query = f"SELECT t::text FROM {name} t ORDER BY {', '.join(table['key'])}"  # noqa: S608 - names from the catalogue
    await connection.copy_from_query(query, output=take)
    return rows, digest.hexdigest()


async def revisions(connection: Any) -> dict[str, str]:
    """The migration that each schema stands at."""
    found = {}
    for schema in SCHEMAS:
        found[schema] = await connection.fetchval(f"SELECT version_num FROM {schema}.migrations")  # noqa: S608
    return found
