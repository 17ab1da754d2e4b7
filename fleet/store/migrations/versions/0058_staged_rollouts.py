"""Staged rollouts."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rollouts",
        sa.Column("id", sa.String(length=32), primary_key=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("wave_ms", sa.BigInteger(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_as", sa.String(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("approved_as", sa.String(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger()),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
    )
    op.create_index("ix_rollouts_state", "rollouts", ["state"])
    op.create_table(
        "rollout_devices",
        sa.Column("rollout", sa.String(length=32), sa.ForeignKey("rollouts.id"), primary_key=True),
        sa.Column("device", sa.String(length=32), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("at", sa.String(length=16), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("given_ms", sa.BigInteger()),
        sa.Column("settled_ms", sa.BigInteger()),
        sa.Column("carried", sa.Integer()),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("holds", sa.Integer(), nullable=False),
    )
    op.create_index("ix_rollout_devices_device", "rollout_devices", ["device"])
    op.create_table(
        "rollout_steps",
        sa.Column("rollout", sa.String(length=32), sa.ForeignKey("rollouts.id"), primary_key=True),
        sa.Column("n", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("rollout_steps")
    op.drop_table("rollout_devices")
    op.drop_table("rollouts")
