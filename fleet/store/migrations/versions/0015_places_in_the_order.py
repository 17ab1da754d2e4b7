"""Since when a ticket has its place in the order, and the time of an appointment."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since_ms", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("due_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_column("due_ms")
        batch_op.drop_column("since_ms")
