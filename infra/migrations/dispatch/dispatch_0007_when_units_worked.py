"""when units were on scene, for the rest rule"""

import sqlalchemy as sa
from alembic import op

revision = "dispatch_0007"
down_revision = "dispatch_0006"
branch_labels = None
depends_on = None

COLUMNS = ("arrived_at", "ended_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("assignments", sa.Column(name, sa.DateTime(timezone=True)), schema="dispatch")
    op.execute(
        "UPDATE dispatch.assignments SET arrived_at = (body->>'arrived_at')::timestamptz, "
        "ended_at = (body->>'ended_at')::timestamptz WHERE body->>'arrived_at' IS NOT NULL OR body->>'ended_at' IS NOT NULL"
    )
    op.create_index(
        "worked_assignments",
        "assignments",
        ["realm", "ended_at"],
        schema="dispatch",
        postgresql_where=sa.text("arrived_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("worked_assignments", "assignments", schema="dispatch")
    for name in COLUMNS:
        op.drop_column("assignments", name, schema="dispatch")
