"""What residents answered after their visits, and what an office gives to whoever rates."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_answers",
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("id", sa.String(length=84), nullable=False),
        sa.Column("counter", sa.String(), nullable=True),
        sa.Column("visit", sa.String(length=84), nullable=True),
        sa.Column("criterion", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("answered_ms", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("office", "day", "id"),
    )
    op.create_index("question_answers_by_place", "question_answers", ["office", "day", "place"])
    op.add_column("offices", sa.Column("thanks", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("offices", "thanks")
    op.drop_index("question_answers_by_place", "question_answers")
    op.drop_table("question_answers")
