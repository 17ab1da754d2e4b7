"""The linker remembers where events stand in their day, so that it reads again only what is touched."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INDEXES = (
    ("visits", "visits_of_counter", ["office", "day", "counter", "called_ms"]),
    ("visits", "visits_by_end", ["office", "day", "counter", "finished_ms"]),
    ("visits", "visits_of_number", ["office", "day", "service", "number"]),
    ("visits", "visits_by_finish", ["office", "day", "finish"]),
    ("ratings", "ratings_by_place", ["office", "day", "place"]),
    ("ratings", "ratings_of_visit", ["office", "day", "visit"]),
    ("rating_reasons", "rating_reasons_by_place", ["office", "day", "place"]),
    ("clerk_sessions", "clerk_sessions_of_counter", ["office", "day", "counter"]),
)


def upgrade() -> None:
    op.create_table(
        "touched",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("touched_of_day", "touched", ["office", "day"])
    op.create_table(
        "placements",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.String(length=100), nullable=False),
        sa.Column("order_ms", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("counter", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("office", "day", "device", "epoch", "boot", "seq"),
    )
    op.create_index("placements_of_line", "placements", ["office", "day", "line", "order_ms"])
    op.create_table(
        "checkpoints",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("line", sa.String(length=100), nullable=False),
        sa.Column("after_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office", "day", "line", "after_ms"),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resumed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("closed_by", sa.String(length=84), nullable=True))
        batch_op.add_column(sa.Column("to_service", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("to_counter", sa.String(), nullable=True))
    with op.batch_alter_table("clerk_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_scan", sa.String(length=84), nullable=True))
    for table, name, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for table, name, _ in INDEXES:
        op.drop_index(name, table)
    with op.batch_alter_table("clerk_sessions", schema=None) as batch_op:
        batch_op.drop_column("ended_scan")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        for column in ("to_counter", "to_service", "closed_by", "resumed"):
            batch_op.drop_column(column)
    for table in ("checkpoints", "placements", "touched"):
        op.drop_table(table)
