"""The tables of dispatch. A row keeps as columns what is searched or constrained, and the whole value as JSON.

Exclusivity of units is the partial unique index `one_active_assignment`: a database constraint, never a lock service
and never check-then-insert.
"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

from kernel.database import schema_metadata
from kernel.outbox import ledger

metadata = schema_metadata("dispatch")
LEDGER = ledger("dispatch", metadata)

# NaN is greater than every number in PostgreSQL, so the range refuses it too.
A_PLACE = "ST_X(point) BETWEEN -180 AND 180 AND ST_Y(point) BETWEEN -90 AND 90"


def _state(name: str, *columns: SchemaItem) -> Table:
    """A table of versioned values: realm and id, the version, the value, and further columns."""
    return Table(
        name,
        metadata,
        Column("realm", String, primary_key=True),
        Column("id", String, primary_key=True),
        Column("version", BigInteger, nullable=False),
        Column("scope", String, nullable=False),
        Column("body", JSONB, nullable=False),
        *columns,
    )


def _of_incident() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["realm", "incident_id"], ["dispatch.incidents.realm", "dispatch.incidents.id"])


incidents = _state(
    "incidents",
    Column("status", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("point", Geometry("POINT", 4326), nullable=False),
    Column("reported_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(A_PLACE, name="point_is_a_place"),
    Index("open_incidents", "realm", "status"),
)

reports = _state(
    "reports", Column("incident_id", String), Column("reported_at", DateTime(timezone=True), nullable=False)
)

entries = _state(
    "entries",
    Column("incident_id", String, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    _of_incident(),
    Index("entries_of_incident", "realm", "incident_id", "at"),
)

assignments = _state(
    "assignments",
    Column("incident_id", String, nullable=False),
    Column("unit_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("exclusive", Boolean, nullable=False),
    Column("arrived_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    _of_incident(),
    Index(
        "one_active_assignment",
        "realm",
        "unit_id",
        unique=True,
        postgresql_where=text("active AND exclusive"),
    ),
    Index("assignments_of_incident", "realm", "incident_id"),
    Index("worked_assignments", "realm", "ended_at", postgresql_where=text("arrived_at IS NOT NULL")),
)

supply_orders = _state(
    "supply_orders",
    Column("incident_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("settled", String, nullable=False),
    _of_incident(),
    Index("supply_orders_of_incident", "realm", "incident_id"),
    Index("unsettled_supply_orders", "realm", postgresql_where=text("settled <> status")),
)

recommendations = _state(
    "recommendations",
    Column("incident_id", String, nullable=False),
    Column("problem", JSONB, nullable=False),
    Column("queued", Boolean, nullable=False),
    _of_incident(),
    Index("queued_recommendations", "realm", postgresql_where=text("queued")),
)

aid_requests = _state(
    "aid_requests",
    Column("incident_id", String, nullable=False),
    Column("status", String, nullable=False),
    _of_incident(),
    Index("aid_requests_of_incident", "realm", "incident_id"),
    Index("promised_aid", "realm", postgresql_where=text("status = 'promised'")),
)

# One row for each unit that is promised now: nobody is promised twice.
promises = Table(
    "promises",
    metadata,
    Column("realm", String, primary_key=True),
    Column("unit_id", String, primary_key=True),
    Column("aid_request_id", String, nullable=False),
    ForeignKeyConstraint(["realm", "aid_request_id"], ["dispatch.aid_requests.realm", "dispatch.aid_requests.id"]),
)

move_up_orders = _state(
    "move_up_orders",
    Column("unit_id", String, nullable=False),
    Column("active", Boolean, nullable=False),
    Index("one_active_move_up", "realm", "unit_id", unique=True, postgresql_where=text("active")),
    Index("move_ups_of_unit", "realm", "unit_id"),
)

closures = _state("closures", Column("lifted", Boolean, nullable=False))

controls = _state("controls")

coverages = _state("coverages")

policies = _state("policies")

routes = Table(
    "routes",
    metadata,
    Column("realm", String, primary_key=True),
    Column("assignment_id", String, primary_key=True),
    Column("body", JSONB, nullable=False),
)

persons = Table(
    "persons",
    metadata,
    Column("realm", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("phone", String, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

numbers = Table(
    "numbers",
    metadata,
    Column("realm", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

copies = Table(
    "copies",
    metadata,
    Column("realm", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("body", JSONB, nullable=False),
)

copy_cursors = Table(
    "copy_cursors",
    metadata,
    Column("realm", String, primary_key=True),
    Column("service", String, primary_key=True),
    Column("epoch", String, nullable=False),
    Column("seq", BigInteger, nullable=False),
)

positions = Table(
    "positions",
    metadata,
    Column("realm", String, primary_key=True),
    Column("unit_id", String, primary_key=True),
    Column("fixed_at", DateTime(timezone=True), primary_key=True),
    Column("recorded_at", DateTime(timezone=True), primary_key=True),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("speed_mps", Float),
    Column("heading_deg", Float),
    CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name="a_place"),
    postgresql_partition_by="RANGE (recorded_at)",
)
