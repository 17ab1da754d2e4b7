"""Clerks sign in at counters by badge, and visitors say why they rated low."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=32), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["office"], ["offices.id"]),
        sa.ForeignKeyConstraint(["person"], ["users.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    with op.batch_alter_table("badges", schema=None) as batch_op:
        batch_op.create_index("badges_of_office", ["office", "person"])
    op.create_table(
        "clerk_sessions",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=84), nullable=False),
        sa.Column("counter", sa.String(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("office", "day", "id"),
    )
    op.create_table(
        "rating_reasons",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=84), nullable=False),
        sa.Column("counter", sa.String(), nullable=True),
        sa.Column("rating", sa.String(length=84), nullable=True),
        sa.Column("said", sa.String(length=32), nullable=False),
        sa.Column("pressed_ms", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("office", "day", "id"),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("session", sa.String(length=84), nullable=True))
    with op.batch_alter_table("offices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sign_in_required", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rating", sa.String(), nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_column("rating")
    with op.batch_alter_table("offices", schema=None) as batch_op:
        batch_op.drop_column("sign_in_required")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_column("session")
    op.drop_table("rating_reasons")
    op.drop_table("clerk_sessions")
    with op.batch_alter_table("badges", schema=None) as batch_op:
        batch_op.drop_index("badges_of_office")
    op.drop_table("badges")
