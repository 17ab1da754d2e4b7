"""The tickets and visits of an office's day, page by page in the order in which they happened."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam

from fleet.store.rows import every, sql

TICKETS = sql("""
    SELECT service, number, taken_ms, priority, state, waiting_for, waiting_at, calls FROM tickets
    WHERE office = :office AND day = :day AND (taken_ms, service, number) > (:after_ms, :after_service, :after_number)
    ORDER BY taken_ms, service, number LIMIT :most""")
VISITS = sql("""
    SELECT id, counter, service, number, called_ms, finished_ms, outcome, wait_ms, rated, estimated FROM visits
    WHERE office = :office AND day = :day AND (called_ms, id) > (:after_ms, :after_id)
    ORDER BY called_ms, id LIMIT :most""")
DOSSIERS = sql("""
    SELECT visit, code FROM visit_dossiers WHERE office = :office AND day = :day AND visit IN :visits
    ORDER BY scanned_ms, code""").bindparams(bindparam("visits", expanding=True))


@dataclass(frozen=True)
class TicketRow:
    """A number that was taken. `state`: waiting, called, parked, done, no_show."""

    service: str
    number: int
    taken_ms: int
    priority: str
    state: str
    waiting_for: str
    waiting_at: str | None
    calls: int


@dataclass(frozen=True)
class VisitOfDay:
    """A visit without whose it was, with its dossiers' codes."""

    id: str
    counter: str
    service: str | None
    number: int | None
    called_ms: int
    finished_ms: int | None
    outcome: str | None
    wait_ms: int | None
    rated: bool
    estimated: bool
    dossiers: tuple[str, ...]


def tickets(
    connection: Connection, office: str, day: str, after: tuple[int, str, int] | None, most: int
) -> list[TicketRow]:
    """The tickets after this (taken, service, number), the first one first."""
    ms, service, number = after or (-1, "", 0)
    values = {"after_ms": ms, "after_service": service, "after_number": number, "most": most}
    return [TicketRow(*row) for row in every(connection, TICKETS, office=office, day=day, **values)]


def visits(connection: Connection, office: str, day: str, after: tuple[int, str] | None, most: int) -> list[VisitOfDay]:
    """The visits after this (called, id), the first one first."""
    ms, visit = after or (-1, "")
    rows = every(connection, VISITS, office=office, day=day, after_ms=ms, after_id=visit, most=most)
    codes = dossiers_of(connection, office, day, [row.id for row in rows])
    return [
        VisitOfDay(
            **{
                **row._mapping,
                "rated": bool(row.rated),
                "estimated": bool(row.estimated),
                "dossiers": tuple(codes.get(row.id, ())),
            }
        )
        for row in rows
    ]


def dossiers_of(connection: Connection, office: str, day: str, visits: Sequence[str]) -> dict[str, list[str]]:
    """The codes of the dossiers of these visits, in the order in which they were scanned."""
    codes: dict[str, list[str]] = {}
    if visits:
        for row in every(connection, DOSSIERS, office=office, day=day, visits=list(visits)):
            codes.setdefault(row.visit, []).append(row.code)
    return codes
