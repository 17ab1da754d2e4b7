"""Events that name a holder are known; how far back what happened is whole."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "horizons",
        sa.Column("kept", sa.String(length=16), nullable=False),
        sa.Column("before_ms", sa.BigInteger(), nullable=False),
        sa.Column("purged_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kept"),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("with_holder", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        sa.text("UPDATE events SET with_holder = :yes WHERE body LIKE :holder").bindparams(
            yes=True, holder='%"holder":"%'
        )
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            "events_with_holder",
            ["happened_ms"],
            sqlite_where=sa.text("with_holder"),
            postgresql_where=sa.text("with_holder"),
        )


def downgrade() -> None:
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("events_with_holder", sqlite_where=sa.text("with_holder"))
        batch_op.drop_column("with_holder")
    op.drop_table("horizons")
