"""The tickets and visits of an office's day, page by page in the order in which they happened."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from fleet.store.given import Given
from fleet.store.rows import every, sql

TICKETS = sql("""
    SELECT service, number, taken_ms, priority, state, waiting_for, waiting_at, calls FROM tickets
    WHERE office = :office AND day = :day AND (taken_ms, service, number) > (:after_ms, :after_service, :after_number)
    ORDER BY taken_ms, service, number LIMIT :most""")
VISITS = sql("""
    SELECT id, counter, service, number, called_ms, finished_ms, outcome, wait_ms, rated, estimated FROM visits
    WHERE office = :office AND day = :day AND (called_ms, id) > (:after_ms, :after_id)
    ORDER BY called_ms, id LIMIT :most""")
DOSSIERS = Given(
    """
    SELECT d.visit, d.code FROM {given} {join} visit_dossiers d
        ON d.office = :office AND d.day = :day AND d.visit = given.visit
    ORDER BY d.scanned_ms, d.code""",
    visit="text",
)


def tickets(
    connection: Connection, office: str, day: str, after: tuple[int, str, int] | None, most: int
) -> Sequence[Any]:
    """(service, number, taken_ms, priority, state, waiting_for, waiting_at, calls) of the tickets after this (taken,
    service, number), the first one first. `state`: waiting, called, parked, done, no_show.
    """
    ms, service, number = after or (-1, "", 0)
    values = {"after_ms": ms, "after_service": service, "after_number": number, "most": most}
    return every(connection, TICKETS, office=office, day=day, **values)


def visits(connection: Connection, office: str, day: str, after: tuple[int, str] | None, most: int) -> Sequence[Any]:
    """(id, counter, service, number, called_ms, finished_ms, outcome, wait_ms, rated, estimated) of the visits after
    this (called, id), the first one first; not whose they were.
    """
    ms, visit = after or (-1, "")
    return every(connection, VISITS, office=office, day=day, after_ms=ms, after_id=visit, most=most)


def dossiers_of(connection: Connection, office: str, day: str, visits: Iterable[str]) -> dict[str, list[str]]:
    """The codes of the dossiers of these visits, in the order in which they were scanned."""
    codes: dict[str, list[str]] = {}
    for visit, code in DOSSIERS.every(connection, [(visit,) for visit in visits], office=office, day=day):
        codes.setdefault(visit, []).append(code)
    return codes
