"""Passwords that are to be replaced, when somebody signed in last, and programs that are told nothing for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("one_time_until_ms", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("signed_in_ms", sa.BigInteger(), nullable=True))
    op.add_column("webhook_endpoints", sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("webhook_endpoints", sa.Column("since_ms", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("webhook_endpoints", "since_ms")
    op.drop_column("webhook_endpoints", "paused")
    op.drop_column("users", "signed_in_ms")
    op.drop_column("users", "one_time_until_ms")
