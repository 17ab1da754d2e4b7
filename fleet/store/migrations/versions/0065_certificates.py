"""The certificates that the fleet lives by."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificates",
        sa.Column("use", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ends_ms", sa.BigInteger()),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("told_days", sa.Integer()),
    )


def downgrade() -> None:
    op.drop_table("certificates")
