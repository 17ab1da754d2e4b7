"""When devices vanished everywhere at once."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fleet_losses",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger()),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("devices", sa.Integer(), nullable=False),
        sa.Column("offices", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Integer()),
    )
    op.create_index("one_fleet_loss_is_open", "fleet_losses", ["is_open"], unique=True)


def downgrade() -> None:
    op.drop_table("fleet_losses")
