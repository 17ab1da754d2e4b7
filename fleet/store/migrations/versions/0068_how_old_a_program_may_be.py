"""How old a program may be that works with these tables."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schema_reach",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("oldest_program", sa.String(length=16), nullable=False),
        sa.CheckConstraint("id = 1", name="one_reach"),
    )


def downgrade() -> None:
    op.drop_table("schema_reach")
