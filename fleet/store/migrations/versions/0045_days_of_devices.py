"""How devices were, day by day."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

LONG = ("connected_ms", "expected_ms", "asleep_ms")
COUNTS = ("hours", "crash_free", "planned", "switched_on", "cuts", "crashes")


def upgrade() -> None:
    op.create_table(
        "presence_changes",
        sa.Column("device", sa.String(length=32), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("at_ms", sa.BigInteger(), primary_key=True),
        sa.Column("presence", sa.String(length=16), nullable=False),
    )
    op.create_table(
        "device_days",
        sa.Column("device", sa.String(length=32), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("day", sa.String(length=10), primary_key=True),
        sa.Column("firmware", sa.String(), primary_key=True),
        sa.Column("board", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in LONG),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("reasons", sa.String(), nullable=False),
    )
    op.create_index("ix_device_days_day", "device_days", ["day"])
    op.create_table(
        "device_folds",
        sa.Column("device", sa.String(length=32), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("next_day", sa.String(length=10), nullable=False),
    )
    op.create_index("ix_device_folds_next_day", "device_folds", ["next_day"])
    # Of devices that were there before, what they are now is all that is known.
    op.execute("""
        INSERT INTO presence_changes (device, at_ms, presence)
        SELECT id, presence_ms, presence FROM devices WHERE kind = 'board' AND presence_ms IS NOT NULL""")
    op.execute("INSERT INTO device_folds (device, next_day) SELECT device, '' FROM presence_changes")


def downgrade() -> None:
    for table in ("device_folds", "device_days", "presence_changes"):
        op.drop_table(table)
