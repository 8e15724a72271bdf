"""find old keys"""

from alembic import op

revision = "dispatch_0003"
down_revision = "dispatch_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_idempotency_at"), "idempotency", ["at"], schema="dispatch")


def downgrade() -> None:
    op.drop_index(op.f("ix_idempotency_at"), "idempotency", schema="dispatch")
