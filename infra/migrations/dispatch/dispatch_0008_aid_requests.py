"""aid requests and who is promised"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "dispatch_0008"
down_revision = "dispatch_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "aid_requests",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["realm", "incident_id"],
            ["dispatch.incidents.realm", "dispatch.incidents.id"],
            name=op.f("fk_aid_requests_realm_incident_id"),
        ),
        sa.PrimaryKeyConstraint("realm", "id", name=op.f("pk_aid_requests")),
        schema="dispatch",
    )
    op.create_index("aid_requests_of_incident", "aid_requests", ["realm", "incident_id"], schema="dispatch")
    promised = sa.text("status = 'promised'")
    op.create_index("promised_aid", "aid_requests", ["realm"], schema="dispatch", postgresql_where=promised)
    op.create_table(
        "promises",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("aid_request_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["realm", "aid_request_id"],
            ["dispatch.aid_requests.realm", "dispatch.aid_requests.id"],
            name=op.f("fk_promises_realm_aid_request_id"),
        ),
        sa.PrimaryKeyConstraint("realm", "unit_id", name=op.f("pk_promises")),
        schema="dispatch",
    )


def downgrade() -> None:
    op.drop_table("promises", schema="dispatch")
    op.drop_index("promised_aid", "aid_requests", schema="dispatch")
    op.drop_index("aid_requests_of_incident", "aid_requests", schema="dispatch")
    op.drop_table("aid_requests", schema="dispatch")
