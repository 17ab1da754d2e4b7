"""Why something was done with a device, in the words of whoever did it."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("device_history") as history:
        history.add_column(sa.Column("why", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("device_history") as history:
        history.drop_column("why")
