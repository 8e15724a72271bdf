"""Brings every schema of the database up to date: extension, role, tables and the services' rights, under one lock.

`python -m infra.migrate upgrade` does it; `revision SCHEMA -m TEXT` writes a new migration from the difference between
the models and a database that is up to date; `check` refuses when models and migrations disagree.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import command as alembic
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from infra.postgres import APP_ROLE
from infra.schema import SCHEMAS, schema_fingerprint
from infra.steps import Refusal

APPEND_ONLY = ("events", "audit")
_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x6D757374  # "must": any number that no other program takes in this database


def metadata_of(schema: str) -> MetaData:
    """The tables that a service declares; the kernel's one table is written by hand in its migration."""
    if schema == "kernel":
        return MetaData(schema=schema)
    found: MetaData = import_module(f"{schema}.tables").metadata
    return found


def belongs(schema: str) -> Callable[[str | None, str, Any], bool]:
    """Alembic's filter: only this schema, and not the partitions that a service makes as time goes on."""

    def include(name: str | None, kind: str, _parents: Any) -> bool:
        if kind == "schema":
            return name == schema
        return not (kind == "table" and name is not None and "_part_" in name)

    return include


def config_of(schema: str, connection: Connection | None = None) -> Config:
    """Alembic's settings for one schema."""
    config = Config()
    config.set_main_option("script_location", _literal(_SCRIPTS))
    config.set_main_option("version_locations", _literal(_SCRIPTS / schema))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(schema=schema, connection=connection)
    return config


def _literal(path: Path) -> str:
    """A path as Alembic's settings take it, in which a percent sign begins something else."""
    return str(path).replace("%", "%%")


@contextmanager
def _locked(connection: Connection) -> Iterator[None]:
    """One migration at a time; the lock ends with the transaction."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    yield


def upgrade(connection: Connection) -> None:
    """Everything, in one transaction: a failed upgrade leaves the database as it was."""
    with _locked(connection):
        _make_ground(connection)
        for schema in SCHEMAS:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
            _refuse_newer(connection, schema)
            alembic.upgrade(config_of(schema, connection), "head")
            _grant(connection, schema)
        connection.exec_driver_sql(f"COMMENT ON SCHEMA kernel IS '{schema_fingerprint()}'")


def _make_ground(connection: Connection) -> None:
    """PostGIS, and the role that the services work under."""
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    if not connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": APP_ROLE}).scalar():
        connection.execute(text(f"CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"))
    password = os.environ.get("MUSTER_APP_PASSWORD")
    if password:
        quoted = connection.execute(text("SELECT quote_literal(:password)"), {"password": password}).scalar_one()
        connection.exec_driver_sql(f"ALTER ROLE {APP_ROLE} PASSWORD {quoted}")


def _grant(connection: Connection, schema: str) -> None:
    """What the services may do: everything with their rows, but logs are only ever added to."""
    rights = "SELECT" if schema == "kernel" else "SELECT, INSERT, UPDATE, DELETE"
    connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {APP_ROLE}"))
    connection.execute(text(f"GRANT {rights} ON ALL TABLES IN SCHEMA {schema} TO {APP_ROLE}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {APP_ROLE}"))
    connection.execute(text(f"REVOKE INSERT, UPDATE, DELETE ON {schema}.migrations FROM {APP_ROLE}"))
    for table in append_only(schema):
        if connection.execute(text("SELECT to_regclass(:name)"), {"name": f"{schema}.{table}"}).scalar() is None:
            continue  # a model whose first migration is being written
        connection.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {schema}.{table} FROM {APP_ROLE}"))


def append_only(schema: str) -> list[str]:
    """The tables to which a service only adds: its logs, and whatever its author has marked `append_only`."""
    tables = metadata_of(schema).tables.values()
    return [table.name for table in tables if table.name in APPEND_ONLY or table.info.get("append_only")]


def _refuse_newer(connection: Connection, schema: str) -> None:
    """Refuses a database that a newer Muster has written: an old program must not work on it."""
    there = connection.execute(text("SELECT to_regclass(:name)"), {"name": f"{schema}.migrations"}).scalar()
    if there is None:
        return
    known = known_revisions(schema)
    written = text(f"SELECT version_num FROM {schema}.migrations")  # noqa: S608 - one of our own five names
    for (revision,) in connection.execute(written):
        if revision not in known:
            raise Refusal(
                f"This database was written by a newer Muster (schema {schema}, revision {revision}). "
                "Start that version, or restore a backup made by this one."
            )


def known_revisions(schema: str) -> frozenset[str]:
    """Every migration of a schema that this program has."""
    scripts = ScriptDirectory.from_config(config_of(schema)).walk_revisions()
    return frozenset(script.revision for script in scripts)


def next_number(schema: str) -> str:
    """The identity of the next migration of a schema."""
    written = len(list((_SCRIPTS / schema).glob("*.py")))
    return f"{schema}_{written + 1:04d}"


def revision(connection: Connection, schema: str, message: str) -> None:
    """Writes a migration from what the models have and this database, brought up to date first, has not."""
    upgrade(connection)
    config = config_of(schema, connection)
    config.set_section_option("post_write_hooks", "hooks", "fix, format")
    for hook, options in (("fix", "check --fix --quiet"), ("format", "format --quiet")):
        config.set_section_option("post_write_hooks", f"{hook}.type", "exec")
        config.set_section_option("post_write_hooks", f"{hook}.executable", str(Path(sys.executable).parent / "ruff"))
        config.set_section_option("post_write_hooks", f"{hook}.options", f"{options} REVISION_SCRIPT_FILENAME")
    alembic.revision(config, message, autogenerate=True, rev_id=next_number(schema))


def check(connection: Connection) -> None:
    """Refuses when the models of a service and its migrations disagree."""
    for schema in SCHEMAS[1:]:
        try:
            alembic.check(config_of(schema, connection))
        except CommandError as error:
            raise Refusal(f"The models and migrations of {schema} disagree: {error}") from error


async def on(url: str, work: Callable[[Connection], None]) -> None:
    """Runs work on one connection, in one transaction."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()


def main() -> int:
    """The command line; the database is MUSTER_OWNER_DATABASE_URL, or else MUSTER_DATABASE_URL."""
    parser = argparse.ArgumentParser(prog="python -m infra.migrate", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("upgrade", help="bring every schema up to date")
    commands.add_parser("check", help="refuse when models and migrations disagree")
    written = commands.add_parser("revision", help="write a migration from the models of one schema")
    written.add_argument("schema", choices=SCHEMAS)
    written.add_argument("-m", "--message", required=True)
    options = parser.parse_args()
    url = os.environ.get("MUSTER_OWNER_DATABASE_URL") or os.environ.get("MUSTER_DATABASE_URL")
    try:
        if options.command == "revision":
            write_revision(url, options.schema, options.message)
        elif url is None:
            raise Refusal("Give the database in MUSTER_OWNER_DATABASE_URL.")
        else:
            asyncio.run(on(url, upgrade if options.command == "upgrade" else check))
    except Refusal as refusal:
        print(f"muster: {refusal}", file=sys.stderr)
        return 1
    return 0


def write_revision(url: str | None, schema: str, message: str) -> None:
    """Writes a migration, against the given database or a scratch one that is thrown away."""
    from infra.scratch import scratch_databases

    if url is not None:
        asyncio.run(on(url, lambda connection: revision(connection, schema, message)))
        return
    with scratch_databases(redis=False) as scratch:
        asyncio.run(on(scratch.owner, lambda connection: revision(connection, schema, message)))


if __name__ == "__main__":
    sys.exit(main())
