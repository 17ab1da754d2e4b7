"""The reserves of keypads: what each was told that it may call while it is cut off, and what it has confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reserves",
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("counter", sa.String(), nullable=False),
        sa.Column("said", sa.Integer(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=True),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"]),
        sa.PrimaryKeyConstraint("device"),
    )
    op.create_index("ix_reserves_office", "reserves", ["office"])
    op.create_table(
        "reserved",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("counter", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=True),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("called_ms", sa.BigInteger(), nullable=True),
        sa.Column("priority", sa.Boolean(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", "service", "number"),
    )
    op.create_index("reserved_of_device", "reserved", ["device", "service", "number"])


def downgrade() -> None:
    op.drop_table("reserved")
    op.drop_table("reserves")
