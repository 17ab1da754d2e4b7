"""Who people are to providers of identities, and which sessions began there."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(length=255), primary_key=True),
        sa.Column("subject", sa.String(length=255), primary_key=True),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["users.id"]),
        sa.UniqueConstraint("person", "issuer", name="identities_of_a_person"),
    )
    op.create_table(
        "provider_sessions",
        sa.Column("token_hash", sa.String(length=64), primary_key=True),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("sid", sa.String(length=64)),
        sa.Column("id_token", sa.String(), nullable=False),
    )
    op.create_index("provider_sessions_of_a_subject", "provider_sessions", ["issuer", "subject"])


def downgrade() -> None:
    op.drop_index("provider_sessions_of_a_subject", "provider_sessions")
    op.drop_table("provider_sessions")
    op.drop_table("identities")
