"""Units of many offices get sums of waits of their own, by and by."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wait_members",
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("unit", "office"),
    )
    op.create_index("ix_wait_members_office", "wait_members", ["office"])
    op.create_table(
        "wait_open",
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("office", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("unit", "day", "office"),
    )


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM wait_sums WHERE office IN (SELECT unit FROM wait_members)"))
    op.drop_table("wait_open")
    op.drop_table("wait_members")
