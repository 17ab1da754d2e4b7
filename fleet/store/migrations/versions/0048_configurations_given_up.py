"""With which configuration a device could not live."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("devices") as devices:
        devices.add_column(sa.Column("reverted", sa.String()))


def downgrade() -> None:
    with op.batch_alter_table("devices") as devices:
        devices.drop_column("reverted")
