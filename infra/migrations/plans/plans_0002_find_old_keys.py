"""find old keys"""

from alembic import op

revision = "plans_0002"
down_revision = "plans_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_idempotency_at"), "idempotency", ["at"], schema="plans")


def downgrade() -> None:
    op.drop_index(op.f("ix_idempotency_at"), "idempotency", schema="plans")
