"""A connection to PostgreSQL that hears what others said (`news`)."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fleet.store.news import CHANNEL, say

ECHO = "?"
# How no office begins: whoever listens lets itself be told so, to know that it hears.
ECHO_WITHIN_S = 2.0


class Deaf(Exception):
    """Nothing is heard of what others change; the text says why."""


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
