"""The tables of plans: published versions that are only ever added to, and which of them is current."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, DateTime, Integer, String, Table
from sqlalchemy.dialects.postgresql import JSONB

from kernel.database import schema_metadata
from kernel.outbox import ledger

metadata = schema_metadata("plans")
LEDGER = ledger("plans", metadata)

response_cards = Table(
    "response_cards",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_en", String, nullable=False),
    Column("conditions", JSONB, nullable=False),
    Column("formation", JSONB(none_as_null=True)),
    Column("lines", JSONB, nullable=False),
    Column("initial_level", Integer),
    Column("priority", Integer, nullable=False),
    Column("retired", Boolean, nullable=False),
    Column("source", String, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
    Column("published_by", String, nullable=False),
    CheckConstraint("version > 0", name="version_counts"),
    CheckConstraint("initial_level BETWEEN 1 AND 5", name="level_possible"),
    info={"append_only": True},
)

force_tables = Table(
    "force_tables",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("formation_keys", JSONB, nullable=False),
    Column("add_ons", JSONB, nullable=False),
    Column("source", String, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
    Column("published_by", String, nullable=False),
    CheckConstraint("version > 0", name="version_counts"),
    info={"append_only": True},
)

# Which version counts now; the row that a publication locks.
pointers = Table(
    "pointers",
    metadata,
    Column("kind", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("version >= 0", name="version_counts"),
)
