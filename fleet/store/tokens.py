"""Tokens of the API. The database knows their hashes only."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import every, one, run, sql

COLUMNS = "t.id, t.name, t.scopes, t.unit, t.created_ms, t.expires_ms, t.revoked_ms, t.used_ms, t.service, t.person"
ADD = sql("""
    INSERT INTO api_tokens (id, name, token_hash, scopes, unit, created_ms, expires_ms, service, person)
    VALUES (:id, :name, :token_hash, :scopes, :unit, :created_ms, :expires_ms, :service, :person)""")
BY_HASH = sql(f"""
    SELECT {COLUMNS}, '' AS owner FROM api_tokens t
    WHERE t.token_hash = :token_hash AND t.revoked_ms IS NULL AND t.expires_ms > :now_ms""")  # noqa: S608
ALL = sql(f"""
    SELECT {COLUMNS}, COALESCE(s.name, u.name, '') AS owner FROM api_tokens t
    LEFT JOIN service_accounts s ON s.id = t.service LEFT JOIN users u ON u.id = t.person
    ORDER BY t.created_ms, t.id""")  # noqa: S608
REVOKE = sql("UPDATE api_tokens SET revoked_ms = :now_ms WHERE id = :id AND revoked_ms IS NULL")
REVOKE_OF_SERVICE = sql("UPDATE api_tokens SET revoked_ms = :now_ms WHERE service = :service AND revoked_ms IS NULL")
REVOKE_OF_PERSON = sql("UPDATE api_tokens SET revoked_ms = :now_ms WHERE person = :person AND revoked_ms IS NULL")
USED = sql("UPDATE api_tokens SET used_ms = :now_ms WHERE id = :id")


@dataclass(frozen=True)
class TokenRow:
    """A token, without what makes it one. `scopes` are words with spaces between; no unit: everywhere.

    `owner` is the name of the service or of the person that it belongs to, where a list is made.
    """

    id: str
    name: str
    scopes: str
    unit: str | None
    created_ms: int
    expires_ms: int | None = None
    revoked_ms: int | None = None
    used_ms: int | None = None
    service: str | None = None
    person: int | None = None
    owner: str = ""


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
        service=row.service,
        person=row.person,
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


def revoke_of_service(connection: Connection, service: str, now_ms: int) -> int:
    """All tokens of this service open nothing any more; how many that were."""
    return run(connection, REVOKE_OF_SERVICE, service=service, now_ms=now_ms)


def revoke_of_person(connection: Connection, person: int, now_ms: int) -> int:
    """All tokens of this person open nothing any more; how many that were."""
    return run(connection, REVOKE_OF_PERSON, person=person, now_ms=now_ms)


def used(connection: Connection, token: str, now_ms: int) -> None:
    """The token was used now."""
    run(connection, USED, id=token, now_ms=now_ms)
