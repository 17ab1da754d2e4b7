"""What people are told of their waits, what was promised, and what past days teach."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "estimates",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("taken_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.id"]),
        sa.PrimaryKeyConstraint("office"),
    )
    seconds = ("played_low_s", "played_middle_s", "played_high_s", "low_s", "middle_s", "high_s")
    op.create_table(
        "promises",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("told_ms", sa.BigInteger(), nullable=False),
        sa.Column("ahead", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in seconds),
        sa.Column("rivals", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", "service", "number"),
    )
    op.create_table(
        "estimate_days",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("linked", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("taught", sa.String(), nullable=False),
        sa.Column("score", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day"),
    )


def downgrade() -> None:
    op.drop_table("estimate_days")
    op.drop_table("promises")
    op.drop_table("estimates")
