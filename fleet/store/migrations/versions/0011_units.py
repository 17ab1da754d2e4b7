"""The tree of units in time."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "units",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=False),
        sa.Column("valid_to", sa.String(length=10), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent", sa.String(length=32), nullable=True),
        sa.Column("codes", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(length=32), nullable=True),
        sa.Column("hotline", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", "valid_from"),
    )
    op.create_table(
        "unit_heirs",
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("heir", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("unit", "heir"),
    )


def downgrade() -> None:
    op.drop_table("unit_heirs")
    op.drop_table("units")
