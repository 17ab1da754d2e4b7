"""A kiosk in the lobby: by which ways it gives numbers, and pictures of services."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offices", sa.Column("kiosk", sa.String(length=32), nullable=False, server_default="paper,phone"))
    op.add_column("services", sa.Column("icon", sa.String(length=32), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("services", "icon")
    op.drop_column("offices", "kiosk")
