"""Readings of when a boot began; what devices tell after a restore, and from rescue."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anchors",
        sa.Column("device", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.BigInteger(), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("first_up_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_up_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device", "epoch", "boot", "cell"),
    )
    op.execute("""
        INSERT INTO anchors (device, epoch, boot, cell, offset_ms, first_up_ms, last_up_ms)
        SELECT device, epoch, boot, offset_ms / 60000, offset_ms, 0, 0 FROM boots WHERE offset_ms >= 0""")
    with op.batch_alter_table("boots", schema=None) as batch_op:
        batch_op.add_column(sa.Column("anchor_sure", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("anchor_days", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("offices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("restored_ms", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rescue", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("reported", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("lost", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("leases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("next_told", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table, columns in (
        ("leases", ("next_told",)),
        ("devices", ("lost", "reported", "rescue")),
        ("offices", ("restored_ms",)),
        ("boots", ("anchor_days", "anchor_sure")),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column)
    op.drop_table("anchors")
