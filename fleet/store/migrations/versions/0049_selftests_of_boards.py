"""Self-tests of boards."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "selftests",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("claim", sa.String(length=9), sa.ForeignKey("claims.id"), nullable=False),
        sa.Column("device", sa.String(), sa.ForeignKey("devices.id"), nullable=False),
        sa.Column("hw", sa.String(length=32), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("board", sa.String(length=32), nullable=False),
        sa.Column("firmware", sa.String(length=32), nullable=False),
        sa.Column("tool", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("proof", sa.String(length=32), nullable=False),
        sa.UniqueConstraint("claim", "proof", name="a_selftest_is_kept_once"),
    )
    op.create_index("ix_selftests_device", "selftests", ["device"])
    op.create_table(
        "selftest_keys",
        sa.Column("claim", sa.String(length=9), sa.ForeignKey("claims.id"), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("selftest_keys")
    op.drop_table("selftests")
