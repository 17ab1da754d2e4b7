"""How long people waited and were served, in sums that are kept while visits are linked."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KEYS: dict[str, tuple[tuple[str, Any], ...]] = {
    "wait_hours": (
        ("day", sa.String(length=10)),
        ("service", sa.String()),
        ("counter", sa.String()),
        ("hour", sa.Integer()),
    ),
    "wait_sums": (
        ("span", sa.String(length=5)),
        ("part", sa.String(length=7)),
        ("begins", sa.String(length=10)),
        ("key", sa.String()),
    ),
}


def upgrade() -> None:
    op.add_column("windows", sa.Column("waits", sa.Integer(), nullable=False, server_default="0"))
    for table, keys in KEYS.items():
        op.create_table(
            table,
            sa.Column("office", sa.String(length=32), nullable=False),
            *(sa.Column(name, kind, nullable=False) for name, kind in keys),
            *(sa.Column(name, sa.Integer(), nullable=False) for name in ("visits", "no_shows", "finished", "rated")),
            *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("wait_ms", "service_ms", "total_ms")),
            *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("wait", "service_times", "total")),
            sa.PrimaryKeyConstraint("office", *(name for name, _ in keys)),
        )


def downgrade() -> None:
    for table in KEYS:
        op.drop_table(table)
    with op.batch_alter_table("windows", schema=None) as batch_op:
        batch_op.drop_column("waits")
