"""Networks that devices are being given."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "network_changes",
        sa.Column("device", sa.String(32), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.String(32), nullable=False),
        sa.Column("office", sa.String(32), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("parts", sa.String()),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("step_ms", sa.BigInteger(), nullable=False),
        sa.Column("told_ms", sa.BigInteger()),
        sa.Column("reason", sa.String(), nullable=False),
    )
    op.create_index("ix_network_changes_batch", "network_changes", ["batch"])
    op.create_index("ix_network_changes_step", "network_changes", ["step"])


def downgrade() -> None:
    op.drop_table("network_changes")
