"""Orders to many devices at once."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order_batches",
        sa.Column("id", sa.String(length=64), primary_key=True),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("arguments", sa.String(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_order_batches_asked_ms", "order_batches", ["asked_ms"])
    op.create_table(
        "ordered_devices",
        sa.Column("batch", sa.String(length=64), sa.ForeignKey("order_batches.id"), primary_key=True),
        sa.Column("device", sa.String(length=32), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ordered_ms", sa.BigInteger()),
        sa.Column("command", sa.String(length=40)),
        sa.Column("reason", sa.String(), nullable=False),
    )
    op.create_index("ix_ordered_devices_ordered_ms", "ordered_devices", ["ordered_ms"])


def downgrade() -> None:
    op.drop_table("ordered_devices")
    op.drop_table("order_batches")
