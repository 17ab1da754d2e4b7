"""How an office called before somebody changed it, so that an old day is measured by its own rules."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "past_rules",
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("skills", sa.String(), nullable=False),
        sa.Column("scan_opens_visit", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.id"]),
        sa.PrimaryKeyConstraint("office", "until_ms"),
    )


def downgrade() -> None:
    op.drop_table("past_rules")
