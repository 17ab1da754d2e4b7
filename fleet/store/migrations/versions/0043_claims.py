"""Claims, keys of devices, and what was done with devices."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.String(length=9), primary_key=True),
        sa.Column("device", sa.String(length=32), sa.ForeignKey("devices.id"), nullable=False),
        sa.Column("office", sa.String(), sa.ForeignKey("offices.id"), nullable=False),
        sa.Column("counter", sa.String(), sa.ForeignKey("counters.id")),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("hw", sa.String(length=32)),
        sa.Column("used_ms", sa.BigInteger()),
        sa.Column("used_hw", sa.String(length=32)),
        sa.Column("withdrawn_ms", sa.BigInteger()),
        sa.Column("batch", sa.String(length=16), nullable=False),
    )
    for column in ("device", "office", "made_ms", "expires_ms"):
        op.create_index(f"ix_claims_{column}", "claims", [column])
    op.create_table(
        "device_history",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("device", sa.String(length=32), sa.ForeignKey("devices.id"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("found", sa.String(), nullable=False),
    )
    op.create_index("ix_device_history_device", "device_history", ["device"])
    op.create_table(
        "device_keys",
        sa.Column("device", sa.String(length=32), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("slot", sa.String(length=1), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("next_slot", sa.String(length=1)),
        sa.Column("next_key", sa.String()),
        sa.Column("next_since_ms", sa.BigInteger()),
        sa.Column("hw", sa.String(length=32)),
    )


def downgrade() -> None:
    op.drop_table("device_keys")
    op.drop_table("device_history")
    op.drop_table("claims")
