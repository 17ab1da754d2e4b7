"""The configuration that a device said it has, so that it can be held against the one that it shall have."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", sa.Column("held", sa.String()))
    op.add_column("devices", sa.Column("held_version", sa.BigInteger()))
    op.execute("UPDATE devices SET held = config, held_version = config_version WHERE config_version = config_reported")


def downgrade() -> None:
    op.drop_column("devices", "held_version")
    op.drop_column("devices", "held")
