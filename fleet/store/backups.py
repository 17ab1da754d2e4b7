"""When backups were made, for whoever watches how old the last one is."""

from sqlalchemy import Connection, inspect

from fleet.store.rows import one, run, sql

ADD = sql("INSERT INTO backups (made_ms, file, bytes, rows) VALUES (:made_ms, :file, :bytes, :rows)")
OLD = sql("DELETE FROM backups WHERE made_ms < :before_ms")
LAST = sql("SELECT MAX(made_ms) AS made_ms FROM backups")
IN_USE = sql("SELECT MIN(created_ms) AS since_ms FROM users")


def can_note(connection: Connection) -> bool:
    """Whether the tables are new enough to note a backup."""
    return inspect(connection).has_table("backups")


def note(connection: Connection, made_ms: int, file: str, size: int, rows: int, before_ms: int) -> None:
    """A good backup of this moment was made; those before that other moment are forgotten."""
    run(connection, OLD, before_ms=before_ms)
    run(connection, ADD, made_ms=made_ms, file=file, bytes=size, rows=rows)


def last_ms(connection: Connection) -> int | None:
    """The moment of the last good one."""
    found = one(connection, LAST).made_ms
    return None if found is None else int(found)


def in_use_since_ms(connection: Connection) -> int | None:
    """Since when there is something to lose: the first person could sign in. None: nobody ever could."""
    found = one(connection, IN_USE).since_ms
    return None if found is None else int(found)
