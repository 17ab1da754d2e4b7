"""Events of servers say where they belong."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OF_SERVERS = sa.text("office IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("office", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("counter", sa.String(), nullable=True))
        batch_op.create_index(
            "events_of_servers",
            ["office", "happened_ms"],
            unique=False,
            sqlite_where=OF_SERVERS,
            postgresql_where=OF_SERVERS,
        )


def downgrade() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("events_of_servers", sqlite_where=OF_SERVERS, postgresql_where=OF_SERVERS)
        batch_op.drop_column("counter")
        batch_op.drop_column("office")
