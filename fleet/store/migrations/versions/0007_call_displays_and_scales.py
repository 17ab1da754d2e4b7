"""What staff decide of a call display, and how many rating buttons a device has."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("display", sa.String(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("scale", sa.Integer(), nullable=False, server_default="5"))
        batch_op.add_column(sa.Column("scale_version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_column("scale_version")
        batch_op.drop_column("scale")
        batch_op.drop_column("display")
