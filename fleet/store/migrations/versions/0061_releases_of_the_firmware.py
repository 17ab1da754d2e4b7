"""Releases of the firmware, and which of them each device runs."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_roots",
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "releases",
        sa.Column("sequence", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("version_text", sa.String(length=32), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("holds_ms", sa.BigInteger()),
    )
    op.create_table(
        "release_images",
        sa.Column("sha256", sa.String(length=64), primary_key=True),
        sa.Column("board", sa.String(length=32), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.add_column("devices", sa.Column("application", sa.String()))
    op.add_column("devices", sa.Column("release_due", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("devices", sa.Column("release_told_ms", sa.BigInteger()))
    op.create_index("ix_devices_release_due", "devices", ["release_due"])
    where = sa.text("kind = 'update'")
    op.create_index(
        "events_of_updates", "events", ["device", "received_ms"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_index("events_of_updates", "events")
    op.drop_index("ix_devices_release_due", "devices")
    op.drop_column("devices", "release_told_ms")
    op.drop_column("devices", "release_due")
    op.drop_column("devices", "application")
    op.drop_table("release_images")
    op.drop_table("releases")
    op.drop_table("release_roots")
