"""Day keys move into a database of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("day_keys")


def downgrade() -> None:
    op.create_table(
        "day_keys",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["office"], ["offices.id"]),
        sa.PrimaryKeyConstraint("office", "day"),
    )
    with op.batch_alter_table("day_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_day_keys_expires_ms"), ["expires_ms"], unique=False)
