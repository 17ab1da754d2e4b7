"""Whom residents ask about their data at an office, and on what legal ground it keeps them."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "privacy_notices",
        sa.Column("office", sa.String(length=32), sa.ForeignKey("offices.id"), primary_key=True),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("ground", sa.String(length=500), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("privacy_notices")
