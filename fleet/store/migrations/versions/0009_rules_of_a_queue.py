"""The rules of an office's queue, counters that help, and since when a ticket that was given had waited."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("offices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("queue", sa.String(), nullable=False, server_default="{}"))
    with op.batch_alter_table("counter_services", schema=None) as batch_op:
        batch_op.add_column(sa.Column("helping", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since_ms", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.drop_column("since_ms")
    with op.batch_alter_table("counter_services", schema=None) as batch_op:
        batch_op.drop_column("helping")
    with op.batch_alter_table("offices", schema=None) as batch_op:
        batch_op.drop_column("queue")
