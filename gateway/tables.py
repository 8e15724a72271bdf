"""The gateway's tables: accounts, their sessions, one-use links and tickets, and failed attempts to sign in."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    func,
    text,
)

from kernel.database import schema_metadata
from kernel.outbox import ledger

metadata = schema_metadata("gateway")
LEDGER = ledger("gateway", metadata)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("title", String, nullable=False),
    Column("roles", ARRAY(String), nullable=False),
    Column("organisation", String, nullable=False, server_default=""),
    Column("station_id", String),
    Column("unit_ids", ARRAY(String), nullable=False, server_default=text("'{}'")),
    Column("seat", String, nullable=False, server_default=""),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("password_hash", String),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("cardinality(roles) > 0", name="some_role"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", String, primary_key=True),
    Column("account_id", String, ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("idle_s", Integer),
    Index("ix_sessions_account_id", "account_id"),
    Index("ix_sessions_expires_at", "expires_at"),
)

links = Table(
    "links",
    metadata,
    Column("hash", String, primary_key=True),
    Column("account_id", String, ForeignKey(accounts.c.id, ondelete="CASCADE"), nullable=False),
    Column("path", String, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("hash", String, primary_key=True),
    Column("session_hash", String, ForeignKey(sessions.c.hash, ondelete="CASCADE"), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("name_hash", String, primary_key=True),
    Column("address", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
)
