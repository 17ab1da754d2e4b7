"""Whoever changes what open pages show says so; processes that serve pages on PostgreSQL hear it.

The server commits transactions that say something one after the other, each until it is on the disk: eight writers
whose commits took 50 ms came to 17 a second instead of 72 (2026-11-23). So people, alerts and rollouts say it in their
transaction, and it is heard if that is committed; linkers say it after theirs, of many days at once, in one that waits
for no disk; receivers say nothing. What a linker that dies between the two did not say, or a program of before, is seen
when open pages look of themselves, each few seconds. SQLite tells nobody; whoever serves from it looks for changes.
"""

from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from fleet.store.rows import every, one, sql

CHANNEL = "motcua_pages"
DEVICES = ""
# No office is called so: devices were told or answered something, or a rollout has changed.
TELL = sql("SELECT pg_notify(:channel, :about)")
TELL_AFTER = sql("""
    SELECT set_config('synchronous_commit', 'off', true), pg_notify(:channel, about)
    FROM unnest(CAST(:abouts AS text[])) AS about""")


def tell(connection: Connection, about: str) -> None:
    """Something of this office, or of `DEVICES`, will be another when this transaction is committed."""
    if connection.dialect.name == "postgresql":
        one(connection, TELL, channel=CHANNEL, about=about)


def tell_after(engine: Engine, offices: Iterable[str]) -> None:
    """Something of these is another since a transaction that is over. Who is not told of it sees it when they look."""
    with suppress(SQLAlchemyError):
        say(engine, offices)


def say(engine: Engine, abouts: Iterable[str]) -> None:
    """Say this at once. Raises SQLAlchemyError."""
    said = sorted(set(abouts))
    if said and engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            every(connection, TELL_AFTER, channel=CHANNEL, abouts=said)
