"""Keys of devices are sealed and change; and incidents."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

COLUMNS = (("claim", sa.String(length=32)), ("told_ms", sa.BigInteger()), ("kept_ms", sa.BigInteger()))


def upgrade() -> None:
    op.execute("DELETE FROM device_keys")  # those were not sealed; no release ever wrote one
    with op.batch_alter_table("device_keys") as table:
        table.add_column(sa.Column("since_ms", sa.BigInteger(), nullable=False))
        for name, kind in COLUMNS:
            table.add_column(sa.Column(name, kind))
        table.add_column(sa.Column("nonces", sa.String(), nullable=False))
    op.create_index("ix_device_keys_next_since_ms", "device_keys", ["next_since_ms"])
    op.create_table(
        "incidents",
        sa.Column("device", sa.String(length=32), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("kind", sa.String(length=32), primary_key=True),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("found", sa.String(), nullable=False),
    )
    op.create_index("ix_incidents_last_ms", "incidents", ["last_ms"])


def downgrade() -> None:
    op.drop_table("incidents")
    op.execute("DELETE FROM device_keys")
    op.drop_index("ix_device_keys_next_since_ms", "device_keys")
    with op.batch_alter_table("device_keys") as table:
        for name in ("nonces", "kept_ms", "told_ms", "claim", "since_ms"):
            table.drop_column(name)
