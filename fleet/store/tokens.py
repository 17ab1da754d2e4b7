"""Tokens of the API. The database knows their hashes only."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import every, one, run, sql

COLUMNS = "id, name, scopes, unit, created_ms, expires_ms, revoked_ms, used_ms"
ADD = sql("""
    INSERT INTO api_tokens (id, name, token_hash, scopes, unit, created_ms, expires_ms)
    VALUES (:id, :name, :token_hash, :scopes, :unit, :created_ms, :expires_ms)""")
BY_HASH = sql(f"""
    SELECT {COLUMNS} FROM api_tokens
    WHERE token_hash = :token_hash AND revoked_ms IS NULL AND (expires_ms IS NULL OR expires_ms > :now_ms)""")  # noqa: S608
ALL = sql(f"SELECT {COLUMNS} FROM api_tokens ORDER BY created_ms, id")  # noqa: S608
REVOKE = sql("UPDATE api_tokens SET revoked_ms = :now_ms WHERE id = :id AND revoked_ms IS NULL")
USED = sql("UPDATE api_tokens SET used_ms = :now_ms WHERE id = :id")


@dataclass(frozen=True)
class TokenRow:
    """A token, without what makes it one. `scopes` are words with spaces between; no unit: everywhere."""

    id: str
    name: str
    scopes: str
    unit: str | None
    created_ms: int
    expires_ms: int | None = None
    revoked_ms: int | None = None
    used_ms: int | None = None


def add(connection: Connection, row: TokenRow, token_hash: str) -> None:
    """Keep a new token."""
    run(
        connection,
        ADD,
        id=row.id,
        name=row.name,
        token_hash=token_hash,
        scopes=row.scopes,
        unit=row.unit,
        created_ms=row.created_ms,
        expires_ms=row.expires_ms,
    )


def by_hash(connection: Connection, token_hash: str, now_ms: int) -> TokenRow | None:
    """The token of this hash, if it still holds."""
    row = one(connection, BY_HASH, token_hash=token_hash, now_ms=now_ms)
    return None if row is None else TokenRow(*row)


def all_tokens(connection: Connection) -> list[TokenRow]:
    """Every token that ever was, the oldest first."""
    return [TokenRow(*row) for row in every(connection, ALL)]


def revoke(connection: Connection, token: str, now_ms: int) -> bool:
    """The token opens nothing any more; False if there is none or it was revoked before."""
    return run(connection, REVOKE, id=token, now_ms=now_ms) == 1


def used(connection: Connection, token: str, now_ms: int) -> None:
    """The token was used now."""
    run(connection, USED, id=token, now_ms=now_ms)
