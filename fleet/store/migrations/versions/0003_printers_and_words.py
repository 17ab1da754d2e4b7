"""What staff decide of a printer and of an office's tickets, and which devices must still be told."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("printer", sa.String(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("config_due", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index("ix_devices_config_due", ["config_due"])
    with op.batch_alter_table("offices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ticket_url", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("texts", sa.String(), nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("offices", schema=None) as batch_op:
        batch_op.drop_column("texts")
        batch_op.drop_column("ticket_url")
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_index("ix_devices_config_due")
        batch_op.drop_column("config_due")
        batch_op.drop_column("printer")
