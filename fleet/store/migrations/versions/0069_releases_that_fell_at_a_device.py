"""With which releases of the firmware each device could not live, for good: its hello says the last one only."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_returns",
        sa.Column("device", sa.String(length=32), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index(op.f("ix_release_returns_sequence"), "release_returns", ["sequence"])


def downgrade() -> None:
    op.drop_table("release_returns")
