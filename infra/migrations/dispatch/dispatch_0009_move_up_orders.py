"""ordered move-ups, one at a time for each unit"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "dispatch_0009"
down_revision = "dispatch_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "move_up_orders",
        sa.Column("realm", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name=op.f("pk_move_up_orders")),
        schema="dispatch",
    )
    op.create_index(
        "one_active_move_up",
        "move_up_orders",
        ["realm", "unit_id"],
        unique=True,
        schema="dispatch",
        postgresql_where=sa.text("active"),
    )
    op.create_index("move_ups_of_unit", "move_up_orders", ["realm", "unit_id"], schema="dispatch")


def downgrade() -> None:
    op.drop_index("move_ups_of_unit", "move_up_orders", schema="dispatch")
    op.drop_index("one_active_move_up", "move_up_orders", schema="dispatch")
    op.drop_table("move_up_orders", schema="dispatch")
