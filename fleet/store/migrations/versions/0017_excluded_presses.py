"""Presses that are excluded from scores, and what was decided of them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rating_exclusions",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=84), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("counter", sa.String(), nullable=True),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("presses", sa.Integer(), nullable=False),
        sa.Column("usual_per_minute", sa.Float(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("office", "day", "id"),
    )
    op.create_table(
        "excluded_presses",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=84), nullable=False),
        sa.Column("exclusion", sa.String(length=84), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", "id"),
    )
    op.create_table(
        "examinations",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("linked", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day"),
    )


def downgrade() -> None:
    op.drop_table("examinations")
    op.drop_table("excluded_presses")
    op.drop_table("rating_exclusions")
