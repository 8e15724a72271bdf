"""PostgreSQL: the engine, the metadata of a service's schema, and the transaction that a request is.

One request is one transaction: state, events, idempotency record and audit rows commit together or not at all.
Nobody outside this file calls `commit()`.
"""

import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import MetaData, Table, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from kernel.auth import Principal
from kernel.contracts.base import Realm, Versioned
from kernel.failpoints import AFTER_COMMIT, BEFORE_COMMIT, reach
from kernel.waiting import Row, together

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

RESTED_S = 1.0
DATABASE_ERRORS = (DBAPIError, InterfaceError, PoolTimeout, OSError)  # what a database that is away may raise
Engine = AsyncEngine  # for who passes it on and asks nothing of it


def schema_metadata(schema: str) -> MetaData:
    """The metadata of a service's own schema; every table name is qualified with it."""
    return MetaData(schema=schema, naming_convention=NAMING)


def connect(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine that waits at most 2 s for a connection and 5 s for a statement."""
    made = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=2,
        hide_parameters=True,  # an error's text must not carry what a row says
        connect_args={
            "timeout": 3,
            "command_timeout": 30,
            "server_settings": {
                "timezone": "UTC",
                "statement_timeout": "5000",
                "idle_in_transaction_session_timeout": "30000",
            },
        },
    )
    _ask_the_rested(made)
    return made


def _ask_the_rested(engine: AsyncEngine) -> None:
    """Asks a connection that has rested whether it is still there, before it is used; the busy ones answer by working.

    To ask each time, as `pool_pre_ping` does, is one more round trip in every transaction.
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def rest(_connection: Any, record: Any) -> None:
        record.info["rested_at"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("rested_at", math.inf) < RESTED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


@dataclass(frozen=True)
class Thing:
    """A current value with its kind and the scope of who may see it: `organisation path|open` or `...|restricted`."""

    kind: str
    value: Versioned
    scope: str = "|open"


@dataclass(frozen=True)
class Recorded:
    """A change waiting for its place in the event log; `body` is the JSON of its value."""

    type: str
    thing: Thing
    body: dict[str, Any]


@dataclass(frozen=True)
class Noted:
    """A deed for the audit log that changes no state, such as reading private data."""

    action: str
    kind: str
    id: str


@dataclass
class Transaction:
    """One request's work: its connection, who asks, in which realm, when, and what it has changed so far."""

    connection: AsyncConnection
    realm: Realm
    principal: Principal
    at: datetime
    request_id: str = ""
    changes: list[Recorded] = field(default_factory=list)
    notes: list[Noted] = field(default_factory=list)
    waiting: list[tuple[Table, Row]] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)  # done once all this is committed

    def record(self, type_: str, kind: str, value: Versioned, scope: str = "|open") -> dict[str, Any]:
        """Remembers that `value` is now current; it becomes an event when the transaction commits. Returns its JSON."""
        body = value.model_dump(mode="json")
        self.changes.append(Recorded(type_, Thing(kind, value, scope), body))
        return body

    def note(self, action: str, kind: str, id_: str) -> None:
        """Remembers a deed for the audit log."""
        self.notes.append(Noted(action, kind, id_))

    @property
    def writes(self) -> bool:
        """Whether it leaves anything in the event or audit log."""
        return bool(self.changes or self.notes)

    def insert(self, table: Table, row: Row) -> None:
        """Writes a row together with the next statement: a round trip costs more than a row does."""
        self.waiting.append((table, row))

    async def execute(self, statement: Any, parameters: Any = None) -> Any:
        """Runs one statement in this transaction, after the rows that wait."""
        await self._write()
        return await self.connection.execute(statement, parameters)

    async def execute_with_waiting(self, then: str, **parameters: Any) -> Any:
        """Inserts the rows that wait and runs `then` in one statement (see `kernel.waiting.together`)."""
        statement, rows = together(self.waiting, then)
        self.waiting.clear()
        return await self.connection.execute(statement, rows | parameters)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A block that leaves nothing behind when it raises, while what came before it stays."""
        await self._write()
        changes, notes = len(self.changes), len(self.notes)
        try:
            async with self.connection.begin_nested():
                yield
                await self._write()
        except BaseException:
            del self.changes[changes:], self.notes[notes:], self.waiting[:]
            raise

    async def _write(self) -> None:
        if self.waiting:
            await self.execute_with_waiting("SELECT")


@asynccontextmanager
async def begin(
    engine: AsyncEngine, *, realm: Realm, principal: Principal, at: datetime, request_id: str = ""
) -> AsyncIterator[Transaction]:
    """A transaction that commits when the block ends and rolls back when it raises."""
    async with engine.begin() as connection:
        tx = Transaction(connection, realm, principal, at, request_id)
        yield tx
        if tx.writes:
            reach(BEFORE_COMMIT)
    if tx.writes:
        reach(AFTER_COMMIT)
    for each in tx.afterwards:
        each()
