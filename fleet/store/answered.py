"""What was answered under an Idempotency-Key."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import one, run, sql

# The insertion waits for another transaction that holds the same key, so nobody acts twice at the same time.
TAKE = sql("""
    INSERT INTO api_answers (token, key, request_hash, status, body, headers, answered_ms)
    VALUES (:token, :key, :request_hash, 0, '', '{}', :now_ms) ON CONFLICT (token, key) DO NOTHING""")
GET = sql("SELECT request_hash, status, body, headers FROM api_answers WHERE token = :token AND key = :key")
KEEP = sql("""
    UPDATE api_answers SET status = :status, body = :body, headers = :headers WHERE token = :token AND key = :key""")
FORGET = sql("DELETE FROM api_answers WHERE answered_ms < :before_ms")


@dataclass(frozen=True)
class KeptAnswer:
    """An answer as it went out; `headers` as JSON."""

    request_hash: str
    status: int
    body: str
    headers: str


def take(connection: Connection, token: str, key: str, request_hash: str, now_ms: int, before_ms: int) -> bool:
    """Take this key for this transaction; False if it was used. Answers from before `before_ms` are forgotten."""
    run(connection, FORGET, before_ms=before_ms)
    return run(connection, TAKE, token=token, key=key, request_hash=request_hash, now_ms=now_ms) == 1


def kept(connection: Connection, token: str, key: str) -> KeptAnswer | None:
    """What was answered under this key."""
    row = one(connection, GET, token=token, key=key)
    return None if row is None else KeptAnswer(*row)


def keep(connection: Connection, token: str, key: str, status: int, body: str, headers: str) -> None:
    """Remember the answer of a key that was taken."""
    run(connection, KEEP, token=token, key=key, status=status, body=body, headers=headers)
