"""The installation's one row: the epoch that gives event numbers their meaning"""

import sqlalchemy as sa
from alembic import op

revision = "kernel_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("single", sa.Boolean, primary_key=True, server_default=sa.true()),
        sa.Column(
            "epoch", sa.String, nullable=False, server_default=sa.text("replace(gen_random_uuid()::text, '-', '')")
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("single", name="ck_installation_single"),
        schema="kernel",
    )
    op.execute("INSERT INTO kernel.installation DEFAULT VALUES")


def downgrade() -> None:
    op.drop_table("installation", schema="kernel")
