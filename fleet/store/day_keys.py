"""Keys under which holders are hashed, one an office and day, in a database that nothing else is in.

No backup contains them: a copy of the main database is made without them. With a key go all hashes of its day.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from fleet.store.rows import every, one, run, run_each, sql

MAKE = sql("""
    CREATE TABLE IF NOT EXISTS day_keys (office VARCHAR NOT NULL, day VARCHAR(10) NOT NULL, key VARCHAR NOT NULL,
        expires_ms BIGINT NOT NULL, PRIMARY KEY (office, day))""")
ADD = sql("""
    INSERT INTO day_keys (office, day, key, expires_ms) VALUES (:office, :day, :key, :expires_ms)
    ON CONFLICT (office, day) DO UPDATE SET expires_ms = excluded.expires_ms
    WHERE day_keys.expires_ms <> excluded.expires_ms""")
GET = sql("SELECT key FROM day_keys WHERE office = :office AND day = :day")
DESTROY = sql("DELETE FROM day_keys WHERE expires_ms < :now_ms")
COUNT = sql("SELECT COUNT(*) AS n FROM day_keys")
OLD = sql("SELECT office, day, key, expires_ms FROM day_keys")


class DayKeys:
    """The keys. `writing` gives a transaction in their database."""

    def __init__(self, writing: Callable[[], AbstractContextManager[Connection]]) -> None:
        self.writing = writing

    def key(self, office: str, day: str, made: str, expires_ms: int) -> str:
        """The key (hex) of this office's day; the one that was `made` if there is none yet. It dies at `expires_ms`."""
        return self.keys_now(office, {day: (made, expires_ms)}, None)[day]

    def keys_now(self, office: str, days: Mapping[str, tuple[str, int]], now_ms: int | None) -> dict[str, str]:
        """The same of several days, by (made, expires_ms); what is over by now is destroyed before. One transaction."""
        with self.writing() as connection:
            run(connection, MAKE)
            if now_ms is not None:
                run(connection, DESTROY, now_ms=now_ms)
            for day, (made, expires_ms) in days.items():
                run(connection, ADD, office=office, day=day, key=made, expires_ms=expires_ms)
            return {day: str(one(connection, GET, office=office, day=day).key) for day in days}

    def destroy_expired(self, now_ms: int) -> int:
        """Delete the keys whose time is over; how many there were."""
        with self.writing() as connection:
            run(connection, MAKE)
            return run(connection, DESTROY, now_ms=now_ms)

    def count(self) -> int:
        """How many keys there are."""
        with self.writing() as connection:
            run(connection, MAKE)
            return int(one(connection, COUNT).n)

    def take_over(self, main: Connection) -> None:
        """The keys of a main database that still holds them itself, before a migration takes them out of it."""
        if not main.dialect.has_table(main, "day_keys"):
            return
        rows = [dict(row._mapping) for row in every(main, OLD)]
        with self.writing() as connection:
            run(connection, MAKE)
            run_each(connection, ADD, rows)
