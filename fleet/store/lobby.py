"""What the lobby's screen shows, read: the last call of each counter, and the numbers that wait."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import every, sql

LAST_CALLS = sql("""
    SELECT v.counter, v.service, v.number, v.called_ms, v.recalls FROM visits v
    WHERE v.office = :office AND v.day = :day AND v.number IS NOT NULL AND v.service IS NOT NULL
        AND v.called_ms = (
            SELECT MAX(w.called_ms) FROM visits w
            WHERE w.office = v.office AND w.day = v.day AND w.counter = v.counter AND w.number IS NOT NULL)
    ORDER BY v.called_ms DESC, v.counter, v.id LIMIT :most""")
WAITING_NUMBERS = sql("""
    SELECT service, number, waiting_for FROM tickets WHERE office = :office AND day = :day AND state = 'waiting'""")


@dataclass(frozen=True)
class CallRow:
    """The last call of a counter."""

    counter: str
    service: str
    number: int
    called_ms: int
    recalls: int


def last_calls(connection: Connection, office: str, day: str, most: int) -> list[CallRow]:
    """The last call of each counter on a day, the newest first."""
    return [CallRow(*row) for row in every(connection, LAST_CALLS, office=office, day=day, most=most)]


def waiting_numbers(connection: Connection, office: str, day: str) -> dict[tuple[str, int], str]:
    """Everybody who waits, (service, number), and for which service by now."""
    rows = every(connection, WAITING_NUMBERS, office=office, day=day)
    return {(row.service, row.number): row.waiting_for for row in rows}
