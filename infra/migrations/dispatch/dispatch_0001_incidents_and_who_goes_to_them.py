"""incidents and who goes to them"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "dispatch_0001"
down_revision = None
branch_labels = None
depends_on = None

PARTITIONS = """
CREATE FUNCTION dispatch.keep_position_partitions(days integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  day date;
  old regclass;
BEGIN
  FOR day IN SELECT generate_series(current_date - 1, current_date + 1, interval '1 day')::date LOOP
    EXECUTE format(
      'CREATE TABLE IF NOT EXISTS dispatch.positions_part_%s PARTITION OF dispatch.positions'
      ' FOR VALUES FROM (%L) TO (%L)', to_char(day, 'YYYYMMDD'), day, day + 1);
    EXECUTE format('GRANT SELECT, INSERT ON dispatch.positions_part_%s TO muster_app', to_char(day, 'YYYYMMDD'));
  END LOOP;
  FOR old IN
    SELECT inhrelid::regclass FROM pg_inherits
    WHERE inhparent = 'dispatch.positions'::regclass
      AND right(inhrelid::regclass::text, 8) < to_char(current_date - days, 'YYYYMMDD')
  LOOP
    EXECUTE format('DROP TABLE %s', old);
  END LOOP;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("value_hash", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "number", name=op.f("pk_audit")),
        schema="dispatch",
    )
    op.create_table(
        "closures",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name=op.f("pk_closures")),
        schema="dispatch",
    )
    op.create_table(
        "controls",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name=op.f("pk_controls")),
        schema="dispatch",
    )
    op.create_table(
        "copies",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("realm", "kind", "id", name=op.f("pk_copies")),
        schema="dispatch",
    )
    op.create_table(
        "copy_cursors",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "service", name=op.f("pk_copy_cursors")),
        schema="dispatch",
    )
    op.create_table(
        "events",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("v", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("realm", "seq", name=op.f("pk_events")),
        schema="dispatch",
    )
    op.create_table(
        "idempotency",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("subject", "key", name=op.f("pk_idempotency")),
        schema="dispatch",
    )
    op.create_geospatial_table(
        "incidents",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ST_X(point) BETWEEN -180 AND 180 AND ST_Y(point) BETWEEN -90 AND 90",
            name=op.f("ck_incidents_point_is_a_place"),
        ),
        sa.PrimaryKeyConstraint("realm", "id", name=op.f("pk_incidents")),
        schema="dispatch",
    )
    op.create_geospatial_index(
        "idx_incidents_point",
        "incidents",
        ["point"],
        unique=False,
        schema="dispatch",
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index("open_incidents", "incidents", ["realm", "status"], unique=False, schema="dispatch")
    op.create_table(
        "numbers",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "day", name=op.f("pk_numbers")),
        schema="dispatch",
    )
    op.create_table(
        "persons",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name=op.f("pk_persons")),
        schema="dispatch",
    )
    op.create_table(
        "positions",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("speed_mps", sa.Float(), nullable=True),
        sa.Column("heading_deg", sa.Float(), nullable=True),
        sa.CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name=op.f("ck_positions_a_place")),
        sa.PrimaryKeyConstraint("realm", "unit_id", "fixed_at", "recorded_at", name=op.f("pk_positions")),
        schema="dispatch",
        postgresql_partition_by="RANGE (recorded_at)",
    )
    op.create_table(
        "relays",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("realm", name=op.f("pk_relays")),
        schema="dispatch",
    )
    op.create_table(
        "reports",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name=op.f("pk_reports")),
        schema="dispatch",
    )
    op.create_table(
        "routes",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("realm", "assignment_id", name=op.f("pk_routes")),
        schema="dispatch",
    )
    op.create_table(
        "streams",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("audit_count", sa.BigInteger(), nullable=False),
        sa.Column("audit_head", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("realm", name=op.f("pk_streams")),
        schema="dispatch",
    )
    op.create_table(
        "assignments",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["realm", "incident_id"],
            ["dispatch.incidents.realm", "dispatch.incidents.id"],
            name=op.f("fk_assignments_realm_incident_id"),
        ),
        sa.PrimaryKeyConstraint("realm", "id", name=op.f("pk_assignments")),
        schema="dispatch",
    )
    op.create_index("assignments_of_incident", "assignments", ["realm", "incident_id"], unique=False, schema="dispatch")
    op.create_index(
        "one_active_assignment",
        "assignments",
        ["realm", "unit_id"],
        unique=True,
        schema="dispatch",
        postgresql_where=sa.text("active AND exclusive"),
    )
    op.create_table(
        "entries",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["realm", "incident_id"],
            ["dispatch.incidents.realm", "dispatch.incidents.id"],
            name=op.f("fk_entries_realm_incident_id"),
        ),
        sa.PrimaryKeyConstraint("realm", "id", name=op.f("pk_entries")),
        schema="dispatch",
    )
    op.create_index("entries_of_incident", "entries", ["realm", "incident_id", "at"], unique=False, schema="dispatch")
    op.create_table(
        "recommendations",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["realm", "incident_id"],
            ["dispatch.incidents.realm", "dispatch.incidents.id"],
            name=op.f("fk_recommendations_realm_incident_id"),
        ),
        sa.PrimaryKeyConstraint("realm", "id", name=op.f("pk_recommendations")),
        schema="dispatch",
    )
    op.create_table(
        "supply_orders",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("settled", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["realm", "incident_id"],
            ["dispatch.incidents.realm", "dispatch.incidents.id"],
            name=op.f("fk_supply_orders_realm_incident_id"),
        ),
        sa.PrimaryKeyConstraint("realm", "id", name=op.f("pk_supply_orders")),
        schema="dispatch",
    )
    op.create_index(
        "supply_orders_of_incident", "supply_orders", ["realm", "incident_id"], unique=False, schema="dispatch"
    )
    op.create_index(
        "unsettled_supply_orders",
        "supply_orders",
        ["realm"],
        unique=False,
        schema="dispatch",
        postgresql_where=sa.text("settled <> status"),
    )
    op.execute(PARTITIONS)
    op.execute("SELECT dispatch.keep_position_partitions(7)")
    op.execute("GRANT EXECUTE ON FUNCTION dispatch.keep_position_partitions(integer) TO muster_app")


def downgrade() -> None:
    op.execute("DROP FUNCTION dispatch.keep_position_partitions(integer)")
    op.drop_index(
        "unsettled_supply_orders",
        table_name="supply_orders",
        schema="dispatch",
        postgresql_where=sa.text("settled <> status"),
    )
    op.drop_index("supply_orders_of_incident", table_name="supply_orders", schema="dispatch")
    op.drop_table("supply_orders", schema="dispatch")
    op.drop_table("recommendations", schema="dispatch")
    op.drop_index("entries_of_incident", table_name="entries", schema="dispatch")
    op.drop_table("entries", schema="dispatch")
    op.drop_index(
        "one_active_assignment",
        table_name="assignments",
        schema="dispatch",
        postgresql_where=sa.text("active AND exclusive"),
    )
    op.drop_index("assignments_of_incident", table_name="assignments", schema="dispatch")
    op.drop_table("assignments", schema="dispatch")
    op.drop_table("streams", schema="dispatch")
    op.drop_table("routes", schema="dispatch")
    op.drop_table("reports", schema="dispatch")
    op.drop_table("relays", schema="dispatch")
    op.drop_table("positions", schema="dispatch")
    op.drop_table("persons", schema="dispatch")
    op.drop_table("numbers", schema="dispatch")
    op.drop_index("open_incidents", table_name="incidents", schema="dispatch")
    op.drop_geospatial_index(
        "idx_incidents_point", table_name="incidents", schema="dispatch", postgresql_using="gist", column_name="point"
    )
    op.drop_geospatial_table("incidents", schema="dispatch")
    op.drop_table("idempotency", schema="dispatch")
    op.drop_table("events", schema="dispatch")
    op.drop_table("copy_cursors", schema="dispatch")
    op.drop_table("copies", schema="dispatch")
    op.drop_table("controls", schema="dispatch")
    op.drop_table("closures", schema="dispatch")
    op.drop_table("audit", schema="dispatch")
