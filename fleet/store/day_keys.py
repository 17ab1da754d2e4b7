"""Keys under which holders are hashed, one an office and day. No backup contains them; with the key go all hashes."""

from sqlalchemy import Connection

from fleet.store.rows import one, run, sql

ADD = sql("""
    INSERT INTO day_keys (office, day, key, expires_ms) VALUES (:office, :day, :key, :expires_ms)
    ON CONFLICT DO NOTHING""")
GET = sql("SELECT key FROM day_keys WHERE office = :office AND day = :day")
DESTROY = sql("DELETE FROM day_keys WHERE expires_ms < :now_ms")


def day_key(connection: Connection, office: str, day: str, made: str, expires_ms: int) -> str:
    """The key (hex) of this office's day; the one that was `made` if there is none yet."""
    run(connection, ADD, office=office, day=day, key=made, expires_ms=expires_ms)
    return str(one(connection, GET, office=office, day=day).key)


def destroy_expired(connection: Connection, now_ms: int) -> int:
    """Delete the keys whose time is over; how many there were."""
    return run(connection, DESTROY, now_ms=now_ms)
