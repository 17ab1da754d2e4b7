"""Second steps of signing in; how a session was proved; and guesses that come from one address."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("means", sa.String(), nullable=False, server_default="password"))
    op.add_column("sessions", sa.Column("proved_ms", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("seen_ms", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE sessions SET proved_ms = created_ms, seen_ms = created_ms")
    op.create_table(
        "second_steps",
        sa.Column("person", sa.Integer(), sa.ForeignKey("users.id"), primary_key=True, autoincrement=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.Column("since_ms", sa.BigInteger()),
        sa.Column("used_step", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "paper_codes",
        sa.Column("person", sa.Integer(), sa.ForeignKey("users.id"), primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("used_ms", sa.BigInteger()),
    )
    op.create_table(
        "second_step_rules",
        sa.Column("place", sa.String(32), primary_key=True),
        sa.Column("role", sa.String(16), primary_key=True),
    )
    op.create_table(
        "halfway",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("person", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("means", sa.String(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_halfway_person", "halfway", ["person"])
    op.create_table(
        "guessing_places",
        sa.Column("place", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("locked_until_ms", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("guessing_places")
    op.drop_table("halfway")
    op.drop_table("second_step_rules")
    op.drop_table("paper_codes")
    op.drop_table("second_steps")
    op.drop_column("sessions", "seen_ms")
    op.drop_column("sessions", "proved_ms")
    op.drop_column("sessions", "means")
