"""How many come to an office, who waits there, and which of its visits were heard by which part."""

from collections.abc import Sequence

from sqlalchemy import Connection

from fleet.store.rows import every, sql

CAME = sql("""
    SELECT service, COUNT(*) AS n FROM tickets
    WHERE office = :office AND day = :day AND taken_ms >= :from_ms AND taken_ms < :to_ms GROUP BY service""")
CALLED = sql("""
    SELECT COALESCE(service, about, '') AS service, COUNT(*) AS n FROM visits
    WHERE office = :office AND day = :day AND called_ms >= :from_ms AND called_ms < :to_ms
    GROUP BY COALESCE(service, about, '')""")
WAITING = sql("""
    SELECT waiting_for AS service, COUNT(*) AS n FROM tickets
    WHERE office = :office AND day = :day AND state = 'waiting' GROUP BY waiting_for""")
HEARD = sql("""
    SELECT v.counter, v.finished_ms, v.rated, EXISTS (SELECT 1 FROM visit_dossiers d
        WHERE d.office = v.office AND d.day = v.day AND d.visit = v.id) AS scanned
    FROM visits v WHERE v.office = :office AND v.day >= :first AND v.finish IS NOT NULL AND v.finished_ms IS NOT NULL
        AND (v.outcome IS NULL OR v.outcome <> 'no_show')
    ORDER BY v.finished_ms, v.id""")

Heard = dict[str, tuple[list[tuple[int, bool]], list[tuple[int, bool]]]]


def came(connection: Connection, office: str, day: str, from_ms: int, to_ms: int) -> dict[str, int]:
    """By service how many came in this time; where no numbers are taken, how many were called."""
    asked = {"office": office, "day": day, "from_ms": from_ms, "to_ms": to_ms}
    rows: Sequence[object] = every(connection, CAME, **asked) or every(connection, CALLED, **asked)
    return {row.service: int(row.n) for row in rows}  # type: ignore[attr-defined]


def waiting(connection: Connection, office: str, day: str) -> dict[str, int]:
    """By service how many wait."""
    return {row.service: int(row.n) for row in every(connection, WAITING, office=office, day=day)}


def heard(connection: Connection, office: str, first: str) -> Heard:
    """By counter, its visits from this day on: when each ended and whether it was rated, and whether it had a scan."""
    found: Heard = {}
    for row in every(connection, HEARD, office=office, first=first):
        rated, scanned = found.setdefault(row.counter, ([], []))
        rated.append((row.finished_ms, bool(row.rated)))
        scanned.append((row.finished_ms, bool(row.scanned)))
    return found
