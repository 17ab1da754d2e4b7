"""Badges of the staff: a hash for each, who wears it, and from when until when it holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.clerk_sessions import Badge
from fleet.store.rows import every, one, run, sql

OF_OFFICE = sql("SELECT hash, person, number, from_ms, to_ms FROM badges WHERE office = :office ORDER BY id")
OF_PERSON = sql("SELECT number FROM badges WHERE office = :office AND person = :person LIMIT 1")
NUMBERS = sql("SELECT DISTINCT number FROM badges WHERE office = :office")
BY_HASH = sql("SELECT hash, person, number, from_ms, to_ms FROM badges WHERE office = :office AND hash = :hash")
ADD = sql("""
    INSERT INTO badges (office, person, number, hash, from_ms, to_ms)
    VALUES (:office, :person, :number, :hash, :from_ms, NULL)""")
END = sql("UPDATE badges SET to_ms = :now_ms WHERE office = :office AND person = :person AND to_ms IS NULL")
WORN = sql("""
    SELECT b.number, u.name, b.office, b.from_ms, b.to_ms FROM badges b JOIN users u ON u.id = b.person
    ORDER BY b.office, b.number, b.from_ms, b.id""")


@dataclass(frozen=True)
class WornBadge:
    """A badge for a list: whose it is, never its code."""

    number: int
    name: str
    office: str
    from_ms: int
    to_ms: int | None


def of_office(connection: Connection, office: str) -> list[Badge]:
    """All badges that the office ever gave."""
    return [Badge(*row) for row in every(connection, OF_OFFICE, office=office)]


def by_hash(connection: Connection, office: str, badge_hash: str) -> Badge | None:
    """The badge of this office that has this hash."""
    row = one(connection, BY_HASH, office=office, hash=badge_hash)
    return None if row is None else Badge(*row)


def number_of(connection: Connection, office: str, person: int) -> int | None:
    """The clerk's number; None for somebody who never had a badge here."""
    row = one(connection, OF_PERSON, office=office, person=person)
    return None if row is None else row.number


def numbers(connection: Connection, office: str) -> set[int]:
    """The clerks' numbers that were ever given here: each belongs to one person for good."""
    return {row.number for row in every(connection, NUMBERS, office=office)}


def add(connection: Connection, office: str, badge: Badge) -> None:
    """Give a badge."""
    run(
        connection,
        ADD,
        office=office,
        person=badge.person,
        number=badge.number,
        hash=badge.hash,
        from_ms=badge.from_ms,
    )


def end(connection: Connection, office: str, person: int, now_ms: int) -> int:
    """Take back what badges this person has; how many that were."""
    return run(connection, END, office=office, person=person, now_ms=now_ms)


def worn(connection: Connection) -> Sequence[WornBadge]:
    """All badges, by office and number."""
    return [WornBadge(*row) for row in every(connection, WORN)]
