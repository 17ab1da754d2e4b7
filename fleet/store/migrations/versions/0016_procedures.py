"""The catalogue of procedures."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "procedures",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("days", sa.Float(), nullable=True),
        sa.Column("papers", sa.String(), nullable=False),
        sa.Column("fee", sa.String(), nullable=False),
        sa.Column("service", sa.String(length=32), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index("ix_procedures_service", "procedures", ["service"], unique=False)
    op.create_table(
        "service_groups",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("prefix", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("prefix"),
    )


def downgrade() -> None:
    op.drop_table("service_groups")
    op.drop_index("ix_procedures_service", table_name="procedures")
    op.drop_table("procedures")
