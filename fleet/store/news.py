"""Whoever changes what open pages show says so; processes that serve pages on PostgreSQL hear it.

The server commits transactions that say something one after the other, each until it is on the disk: eight writers
whose commits took 50 ms came to 17 a second instead of 72 (2026-11-23). So people, alerts and rollouts say it in their
transaction, and it is heard if that is committed; linkers say it after theirs, of many days at once, in one that waits
for no disk; receivers say nothing. What a linker that dies between the two did not say is found by those who look.
SQLite tells nobody; whoever serves from it looks every now and then.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from fleet.store.rows import every, one, sql

CHANNEL = "motcua_pages"
DEVICES = ""
# No office is called so: devices were told or answered something, or a rollout has changed.
ECHO = "?"
# How no office begins: whoever listens lets itself be told so, to know that it hears.
ECHO_WITHIN_S = 2.0
TELL = sql("SELECT pg_notify(:channel, :about)")
TELL_AFTER = sql("""
    SELECT set_config('synchronous_commit', 'off', true), pg_notify(:channel, about)
    FROM unnest(CAST(:abouts AS text[])) AS about""")


class Deaf(Exception):
    """Nothing is heard of what others change; the text says why."""


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


class Ear:
    """One connection that listens and does nothing else. Raises Deaf."""

    def __init__(self, engine: Engine) -> None:
        with deafness():
            lent = engine.raw_connection()
            self.connection: psycopg.Connection[tuple[object, ...]] = lent.driver_connection  # type: ignore[assignment]
            lent.detach()
        try:
            self.listen(engine)
        except BaseException:
            self.close()
            raise

    def listen(self, engine: Engine) -> None:
        """From here on all is heard, or it is known that nothing is: some poolers lend connections for moments only.

        The echo goes another way: what is said by the connection that listens is heard there through any pooler.
        """
        echo = ECHO + secrets.token_hex(8)
        with deafness():
            self.connection.autocommit = True
            self.connection.execute(f"LISTEN {CHANNEL}")
            say(engine, [echo])
            heard = (said.payload == echo for said in self.connection.notifies(timeout=ECHO_WITHIN_S))
            if not any(heard):
                raise Deaf(f"expected to hear what it said itself within {ECHO_WITHIN_S:g} s, found nothing")

    def heard(self, wait_s: float) -> set[str]:
        """Of what others told something, as soon as anybody does; nothing if nobody does for so long. Raises Deaf."""
        with deafness():
            said = {one.payload for one in self.connection.notifies(timeout=wait_s, stop_after=1)}
        return {about for about in said if not about.startswith(ECHO)}

    def close(self) -> None:
        """Listen no more."""
        self.connection.close()


@contextmanager
def deafness() -> Iterator[None]:
    """A connection that is lost, or cannot be had, is one that hears nothing. Raises Deaf."""
    try:
        yield
    except (psycopg.Error, SQLAlchemyError) as problem:
        raise Deaf(str(problem).strip().partition("\n")[0]) from problem
