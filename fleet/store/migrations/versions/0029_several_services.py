"""A visit says what it was about, and a ticket since when its holder was sent on."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visits", sa.Column("about", sa.String(), nullable=True))
    op.add_column("tickets", sa.Column("sent_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("tickets") as batch_op:
        batch_op.drop_column("sent_ms")
    with op.batch_alter_table("visits") as batch_op:
        batch_op.drop_column("about")
