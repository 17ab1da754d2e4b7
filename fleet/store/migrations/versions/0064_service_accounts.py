"""Owners of tokens: people, and accounts of services, which nobody signs in with. Every token ends some day."""

import secrets
import time

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

YEAR_MS = 365 * 86_400_000


def upgrade() -> None:
    op.create_table(
        "service_accounts",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("unit", sa.String(32)),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger()),
    )
    op.add_column("api_tokens", sa.Column("service", sa.String(16)))
    op.add_column("api_tokens", sa.Column("person", sa.Integer()))
    give_owners(op.get_bind(), int(time.time() * 1000))


def give_owners(connection: sa.Connection, now_ms: int) -> None:
    """Tokens of before belong to a service of their name each; those that held for good hold for a year."""
    rows = connection.execute(sa.text("SELECT DISTINCT name FROM api_tokens ORDER BY name")).all()
    for (name,) in rows:
        values = {"id": secrets.token_hex(4), "name": name, "now_ms": now_ms}
        connection.execute(
            sa.text("INSERT INTO service_accounts (id, name, about, created_ms) VALUES (:id, :name, '', :now_ms)"),
            values,
        )
        connection.execute(sa.text("UPDATE api_tokens SET service = :id WHERE name = :name"), values)
    ends = {"ends_ms": now_ms + YEAR_MS}
    connection.execute(sa.text("UPDATE api_tokens SET expires_ms = :ends_ms WHERE expires_ms IS NULL"), ends)


def downgrade() -> None:
    op.drop_column("api_tokens", "person")
    op.drop_column("api_tokens", "service")
    op.drop_table("service_accounts")
