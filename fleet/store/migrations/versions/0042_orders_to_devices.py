"""Orders to devices, and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.String(length=40), primary_key=True),
        sa.Column("device", sa.String(length=32), sa.ForeignKey("devices.id"), nullable=False),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("arguments", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("not_after_ms", sa.BigInteger(), nullable=False),
        sa.Column("told_ms", sa.BigInteger()),
        sa.Column("answered_ms", sa.BigInteger()),
        sa.Column("ok", sa.Integer()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
    )
    for column in ("device", "asked_ms", "not_after_ms", "changed_ms"):
        op.create_index(f"ix_commands_{column}", "commands", [column])


def downgrade() -> None:
    op.drop_table("commands")
