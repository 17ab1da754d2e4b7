"""A counter may be closed for good; it keeps its id and its past."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("counters", sa.Column("closed_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("counters", "closed_ms")
