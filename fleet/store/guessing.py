"""From where sign-ins failed. An address is kept for as long as guesses from there count, and no longer."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import one, run, sql

COUNT = sql("""
    INSERT INTO guessing_places (place, failures, since_ms, locked_until_ms) VALUES (:place, 1, :now_ms, 0)
    ON CONFLICT (place) DO UPDATE SET failures = guessing_places.failures + 1
        WHERE guessing_places.locked_until_ms <= excluded.since_ms
    RETURNING failures""")
LOCK = sql("UPDATE guessing_places SET locked_until_ms = :until_ms WHERE place = :place")
TAKE_BACK = sql("UPDATE guessing_places SET failures = failures - 1 WHERE place = :place AND failures > 0")
FORGET = sql("DELETE FROM guessing_places WHERE since_ms < :before_ms AND locked_until_ms <= :now_ms")


@dataclass(frozen=True)
class Guesses:
    """How often it failed from a place, this time too."""

    place: str
    failures: int


def count(connection: Connection, place: str, now_ms: int, before_ms: int) -> Guesses | None:
    """Count one more failure from there, unless it is locked; what began before then is forgotten."""
    run(connection, FORGET, before_ms=before_ms, now_ms=now_ms)
    row = one(connection, COUNT, place=place, now_ms=now_ms)
    return None if row is None else Guesses(place, row.failures)


def lock(connection: Connection, place: str, until_ms: int) -> None:
    """Refuse every attempt from there until then."""
    run(connection, LOCK, place=place, until_ms=until_ms)


def take_back(connection: Connection, place: str) -> None:
    """The last one did not fail. What failed before stays: who has one name of their own guesses at others'."""
    run(connection, TAKE_BACK, place=place)
