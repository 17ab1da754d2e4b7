"""Appointments."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bookings",
        sa.Column("lease", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_ms", sa.BigInteger(), nullable=True),
        sa.Column("came_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["lease"], ["leases.id"]),
        sa.ForeignKeyConstraint(["office"], ["offices.id"]),
        sa.PrimaryKeyConstraint("lease", "number"),
    )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bookings_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_bookings_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_bookings_office"), ["office"], unique=False)


def downgrade() -> None:
    op.drop_table("bookings")
