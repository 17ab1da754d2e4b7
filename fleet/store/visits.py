"""What pages read of the days that the linker made."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam

from fleet.domain.clerk_sessions import ClerkSession
from fleet.domain.linked import CounterSeen
from fleet.domain.satisfaction import whole_groups
from fleet.store.rows import every, one, portions, sql

LAST_VISITS = sql("""
    SELECT v.id, v.counter, v.service, v.number, v.called_ms, v.finished_ms, v.outcome, v.wait_ms, v.rated, v.estimated,
        s.number AS clerk
    FROM visits v LEFT JOIN clerk_sessions s ON s.office = v.office AND s.day = v.day AND s.id = v.session
    WHERE v.office = :office AND v.day = :day ORDER BY v.called_ms DESC, v.id LIMIT :most""")
VISITS_BEFORE = sql("""
    SELECT v.id, v.counter, v.service, v.number, v.called_ms, v.finished_ms, v.outcome, v.wait_ms, v.rated, v.estimated,
        s.number AS clerk
    FROM visits v LEFT JOIN clerk_sessions s ON s.office = v.office AND s.day = v.day AND s.id = v.session
    WHERE v.office = :office AND v.day = :day AND (:counter = '' OR v.counter = :counter)
        AND (:service = '' OR v.service = :service) AND (:number = 0 OR v.number = :number)
        AND (v.called_ms, v.id) < (:before_ms, :before_id)
    ORDER BY v.called_ms DESC, v.id DESC LIMIT :most""")
DOSSIERS_OF_VISITS = sql("""
    SELECT visit, code FROM visit_dossiers WHERE office = :office AND day = :day AND visit IN :visits
    ORDER BY scanned_ms, code""").bindparams(bindparam("visits", expanding=True))
WAITS = sql("""
    SELECT service, wait_ms FROM visits
    WHERE office = :office AND day = :day AND wait_ms IS NOT NULL AND service IS NOT NULL ORDER BY service, wait_ms""")
WAITING = sql("""
    SELECT waiting_for, COUNT(*) AS n, MIN(COALESCE(sent_ms, taken_ms)) AS oldest_ms,
        SUM(CASE WHEN priority <> '' THEN 1 ELSE 0 END) AS priority
    FROM tickets WHERE office = :office AND day = :day AND state = 'waiting' GROUP BY waiting_for""")
WAITING_AT = sql("""
    SELECT waiting_for, COUNT(*) AS n, MIN(COALESCE(sent_ms, taken_ms)) AS oldest_ms,
        SUM(CASE WHEN priority <> '' THEN 1 ELSE 0 END) AS priority
    FROM tickets WHERE office IN :offices AND day = :day AND state = 'waiting' GROUP BY waiting_for""").bindparams(
    bindparam("offices", expanding=True)
)
PARKED = sql("""
    SELECT service, COUNT(*) AS n FROM tickets WHERE office = :office AND day = :day AND state = 'parked'
    GROUP BY service""")
CALLED = sql("""
    SELECT service, COUNT(*) AS n FROM visits WHERE office = :office AND day = :day AND service IS NOT NULL
    GROUP BY service""")
SERVED = sql("""
    SELECT counter, COUNT(*) AS n, SUM(CASE WHEN rated THEN 1 ELSE 0 END) AS rated FROM visits
    WHERE office = :office AND day = :day AND finish IS NOT NULL GROUP BY counter""")
OPEN_VISITS = sql("""
    SELECT counter, service, number, called_ms FROM visits
    WHERE office = :office AND day = :day AND finished_ms IS NULL""")
OPEN_CALLS = sql("""
    SELECT id, counter, service, number, called_ms FROM visits
    WHERE office = :office AND day = :day AND finished_ms IS NULL AND service IS NOT NULL AND number IS NOT NULL
    ORDER BY called_ms, id""")
COUNTER_DAYS = sql("SELECT counter, state, since_ms, reason FROM counter_days WHERE office = :office AND day = :day")
COUNTED = sql("""
    SELECT r.id, r.score, r.scale, x.id AS excluded FROM ratings r
    LEFT JOIN excluded_presses x ON x.office = r.office AND x.day = r.day AND x.id = r.id AND x.stands
    WHERE r.office = :office AND r.day = :day AND r.counted ORDER BY r.place, r.id""")
SIGNED_IN = sql("""
    SELECT counter, number FROM clerk_sessions WHERE office = :office AND day = :day AND ended_ms IS NULL""")
SESSIONS_OF_DAY = sql("""
    SELECT id, counter, person, number, began_ms, ended_ms, ended_by FROM clerk_sessions
    WHERE office = :office AND day = :day ORDER BY began_ms, id""")
VISITS_OF_SESSIONS = sql("""
    SELECT session, COUNT(*) AS n FROM visits WHERE office = :office AND day = :day AND session IS NOT NULL
    GROUP BY session""")
COUNTED_REASONS = sql("""
    SELECT rating, said FROM rating_reasons WHERE office = :office AND day = :day AND counted ORDER BY place, id""")
COUNT_UNLINKED = sql("SELECT COUNT(*) AS n FROM unlinked WHERE office = :office AND day = :day")

OpenCall = tuple[str, str, str, int, int]


@dataclass(frozen=True)
class WaitingRow:
    """The queue of one service."""

    service: str
    n: int
    oldest_ms: int
    priority: int


@dataclass(frozen=True)
class VisitRow:
    """A visit for a list, with its dossiers' codes."""

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
    clerk: int | None
    dossiers: tuple[str, ...]


def last_visits(connection: Connection, office: str, day: str, most: int) -> list[VisitRow]:
    """The last visits of a day, the newest first."""
    return with_dossiers(connection, office, day, every(connection, LAST_VISITS, office=office, day=day, most=most))


def visits_before(
    connection: Connection,
    office: str,
    day: str,
    before: tuple[int, str],
    most: int,
    counter: str = "",
    service: str = "",
    number: int = 0,
) -> list[VisitRow]:
    """The visits of a day before this (called, id), the newest first; only those of a counter, service or number."""
    values = {"before_ms": before[0], "before_id": before[1], "counter": counter, "service": service, "number": number}
    rows = every(connection, VISITS_BEFORE, office=office, day=day, most=most, **values)
    return with_dossiers(connection, office, day, rows)


def with_dossiers(connection: Connection, office: str, day: str, rows: Iterable[Any]) -> list[VisitRow]:
    """These visits of a day with their dossiers."""
    rows = list(rows)
    codes: dict[str, list[str]] = {}
    for some in portions(row.id for row in rows):
        for row in every(connection, DOSSIERS_OF_VISITS, office=office, day=day, visits=some):
            codes.setdefault(row.visit, []).append(row.code)
    return [
        VisitRow(
            **{
                **row._mapping,
                "rated": bool(row.rated),
                "estimated": bool(row.estimated),
                "dossiers": tuple(codes.get(row.id, ())),
            }
        )
        for row in rows
    ]


def waits(connection: Connection, office: str, day: str) -> dict[str, list[int]]:
    """The waits of a day in milliseconds by service, each list in rising order."""
    result: dict[str, list[int]] = {}
    for row in every(connection, WAITS, office=office, day=day):
        result.setdefault(row.service, []).append(row.wait_ms)
    return result


def waiting(connection: Connection, office: str, day: str) -> dict[str, WaitingRow]:
    """Who waits now, by service."""
    rows = every(connection, WAITING, office=office, day=day)
    return {row.waiting_for: WaitingRow(row.waiting_for, row.n, row.oldest_ms, int(row.priority)) for row in rows}


def waiting_at(connection: Connection, offices: Iterable[str], day: str) -> list[WaitingRow]:
    """Who waits now at these offices together, by service; a service may come several times."""
    return [
        WaitingRow(row.waiting_for, row.n, row.oldest_ms, int(row.priority))
        for some in portions(offices)
        for row in every(connection, WAITING_AT, offices=some, day=day)
    ]


def parked(connection: Connection, office: str, day: str) -> dict[str, int]:
    """How many were set aside to come back to their counter, by service."""
    return {row.service: row.n for row in every(connection, PARKED, office=office, day=day)}


def called(connection: Connection, office: str, day: str) -> dict[str, int]:
    """How many were called, by service."""
    return {row.service: row.n for row in every(connection, CALLED, office=office, day=day)}


def served(connection: Connection, office: str, day: str) -> dict[str, tuple[int, int]]:
    """By counter, how many visits were finished and how many of these rated."""
    return {row.counter: (row.n, int(row.rated)) for row in every(connection, SERVED, office=office, day=day)}


def open_visits(connection: Connection, office: str, day: str) -> dict[str, tuple[str | None, int | None, int]]:
    """By counter, the (service, number, called) of the visit that is open."""
    rows = every(connection, OPEN_VISITS, office=office, day=day)
    return {row.counter: (row.service, row.number, row.called_ms) for row in rows}


def open_calls(connection: Connection, office: str, day: str) -> list[OpenCall]:
    """The visits with a number that are open: (id, counter, service, number, called), the oldest first."""
    rows = every(connection, OPEN_CALLS, office=office, day=day)
    return [(row.id, row.counter, row.service, row.number, row.called_ms) for row in rows]


def counter_days(connection: Connection, office: str, day: str) -> dict[str, CounterSeen]:
    """What each counter does."""
    return {row.counter: CounterSeen(*row) for row in every(connection, COUNTER_DAYS, office=office, day=day)}


def counted_scores(connection: Connection, office: str, day: str) -> list[tuple[int, int]]:
    """The (score, scale) of the ratings that count and may be published, in the order in which they came."""
    rows = every(connection, COUNTED, office=office, day=day)
    return whole_groups([None if row.excluded is not None else (row.score, row.scale) for row in rows])


def signed_in(connection: Connection, office: str, day: str) -> dict[str, int]:
    """The numbers of the clerks who are signed in, by counter."""
    return {row.counter: row.number for row in every(connection, SIGNED_IN, office=office, day=day)}


def sessions_of_day(connection: Connection, office: str, day: str) -> list[ClerkSession]:
    """Who was signed in on a day, by when it began."""
    return [ClerkSession(*row) for row in every(connection, SESSIONS_OF_DAY, office=office, day=day)]


def visits_of_sessions(connection: Connection, office: str, day: str) -> dict[str, int]:
    """How many visits each clerk's session had."""
    return {row.session: row.n for row in every(connection, VISITS_OF_SESSIONS, office=office, day=day)}


def counted_reasons(connection: Connection, office: str, day: str) -> list[tuple[str, str]]:
    """The (rating, reason) that count, in the order in which the fleet learnt of them."""
    return [tuple(row) for row in every(connection, COUNTED_REASONS, office=office, day=day)]


def counted_ratings(connection: Connection, office: str, day: str) -> list[str]:
    """The ratings whose scores are those of `counted_scores`, in the same order."""
    rows = every(connection, COUNTED, office=office, day=day)
    return whole_groups([None if row.excluded is not None else row.id for row in rows])


def count_unlinked(connection: Connection, office: str, day: str) -> int:
    """How many events of the day belong to nothing."""
    row = one(connection, COUNT_UNLINKED, office=office, day=day)
    return int(row.n)
