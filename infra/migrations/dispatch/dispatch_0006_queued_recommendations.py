"""recommendations that wait for their further plans"""

import sqlalchemy as sa
from alembic import op

revision = "dispatch_0006"
down_revision = "dispatch_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    nobody = sa.text("false")
    queued = sa.Column("queued", sa.Boolean(), server_default=nobody, nullable=False)
    op.add_column("recommendations", queued, schema="dispatch")
    op.alter_column("recommendations", "queued", server_default=None, schema="dispatch")
    op.create_index(
        "queued_recommendations",
        "recommendations",
        ["realm"],
        schema="dispatch",
        postgresql_where=sa.text("queued"),
    )


def downgrade() -> None:
    op.drop_index("queued_recommendations", "recommendations", schema="dispatch")
    op.drop_column("recommendations", "queued", schema="dispatch")
