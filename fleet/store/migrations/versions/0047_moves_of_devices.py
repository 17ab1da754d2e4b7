"""Moves of devices that are yet to be confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_moves",
        sa.Column("device", sa.String(length=32), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("office", sa.String(), sa.ForeignKey("offices.id"), nullable=False),
        sa.Column("counter", sa.String(), sa.ForeignKey("counters.id")),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.BigInteger()),
    )


def downgrade() -> None:
    op.drop_table("device_moves")
