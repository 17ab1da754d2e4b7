"""Templates of configurations; what is a device's own, so that it can have the rest from them.

What a device has otherwise than by default was said of it, and stays its own.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

DIFFERING = sa.text("SELECT id, scale, sleep_after_s FROM devices WHERE scale <> 5 OR sleep_after_s IS NOT NULL")
SET_OWN = sa.text("UPDATE devices SET own = :own WHERE id = :id")
OWN = sa.text("SELECT id, own FROM devices WHERE own <> '{}'")
SET_SLEEP = sa.text("UPDATE devices SET sleep_after_s = :after_s WHERE id = :id")


def upgrade() -> None:
    op.create_table(
        "templates",
        sa.Column("id", sa.String(length=64), primary_key=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
    )
    op.create_index("ix_templates_place", "templates", ["place"])
    op.create_table(
        "template_versions",
        sa.Column("template", sa.String(length=64), sa.ForeignKey("templates.id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("fields", sa.String(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
    )
    op.add_column("devices", sa.Column("own", sa.String(), nullable=False, server_default="{}"))
    connection = op.get_bind()
    for row in connection.execute(DIFFERING).all():
        own = {} if row.scale == 5 else {"scale": row.scale}
        own |= {} if row.sleep_after_s is None else {"sleep_after_s": row.sleep_after_s}
        connection.execute(SET_OWN, {"id": row.id, "own": json.dumps(own, sort_keys=True)})
    op.drop_column("devices", "sleep_after_s")  # not in a batch: it would make the table anew, and others refer to it


def downgrade() -> None:
    op.add_column("devices", sa.Column("sleep_after_s", sa.Integer()))
    connection = op.get_bind()
    for row in connection.execute(OWN).all():
        connection.execute(SET_SLEEP, {"id": row.id, "after_s": json.loads(row.own).get("sleep_after_s")})
    op.drop_column("devices", "own")
    op.drop_table("template_versions")
    op.drop_table("templates")
