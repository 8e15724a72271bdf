"""find old keys"""

from alembic import op

revision = "resources_0002"
down_revision = "resources_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_idempotency_at"), "idempotency", ["at"], schema="resources")


def downgrade() -> None:
    op.drop_index(op.f("ix_idempotency_at"), "idempotency", schema="resources")
