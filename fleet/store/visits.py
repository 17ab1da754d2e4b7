"""What the linker made of a day, saved so that only what differs is written; and what pages read of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, TextClause

from fleet.domain.clerk_sessions import ClerkSession
from fleet.domain.linking import CounterSeen, Day, RatingSeen, TicketSeen, UnlinkedSeen, VisitSeen
from fleet.domain.rating_reasons import ReasonSeen
from fleet.domain.satisfaction import whole_groups
from fleet.store.rows import every, one, run_each, sql

LAST_VISITS = sql("""
    SELECT v.id, v.counter, v.service, v.number, v.called_ms, v.finished_ms, v.outcome, v.wait_ms, v.rated, v.estimated,
        s.number AS clerk
    FROM visits v LEFT JOIN clerk_sessions s ON s.office = v.office AND s.day = v.day AND s.id = v.session
    WHERE v.office = :office AND v.day = :day ORDER BY v.called_ms DESC, v.id LIMIT :most""")
DOSSIERS_OF_DAY = sql("""
    SELECT visit, code FROM visit_dossiers WHERE office = :office AND day = :day ORDER BY scanned_ms, code""")
WAITS = sql("""
    SELECT service, wait_ms FROM visits
    WHERE office = :office AND day = :day AND wait_ms IS NOT NULL AND service IS NOT NULL ORDER BY service, wait_ms""")
WAITING = sql("""
    SELECT waiting_for, COUNT(*) AS n, MIN(taken_ms) AS oldest_ms,
        SUM(CASE WHEN priority <> '' THEN 1 ELSE 0 END) AS priority
    FROM tickets WHERE office = :office AND day = :day AND state = 'waiting' GROUP BY waiting_for""")
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
COUNTED_SCORES = sql("""
    SELECT r.score, r.scale, x.id AS excluded FROM ratings r
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
COUNTED_RATINGS = sql("SELECT id FROM ratings WHERE office = :office AND day = :day AND counted ORDER BY place, id")
COUNTED_REASONS = sql("""
    SELECT rating, said FROM rating_reasons WHERE office = :office AND day = :day AND counted ORDER BY place, id""")
COUNT_UNLINKED = sql("SELECT COUNT(*) AS n FROM unlinked WHERE office = :office AND day = :day")


@dataclass(frozen=True)
class Part:
    """One table of a day's result: its key columns within the day, and its other columns.

    `placed`: its column `place` counts the day's rows as they come, and never changes.
    """

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    placed: bool = False

    def select(self) -> TextClause:
        """All rows of the day."""
        return sql(
            f"SELECT {', '.join(self.key + self.columns)} FROM {self.table} WHERE office = :office AND day = :day"  # noqa: S608
        )

    def upsert(self) -> TextClause:
        """Insert a row, or give it new values."""
        unique = ("office", "day", *self.key)
        names = (*unique, *self.columns)
        setting = ", ".join(f"{name} = excluded.{name}" for name in self.columns)
        values = [":" + name for name in names]
        if self.placed:
            names = (*names, "place")
            values.append(
                f"(SELECT COALESCE(MAX(place), 0) + 1 FROM {self.table} WHERE office = :office AND day = :day)"  # noqa: S608
            )
        return sql(
            f"INSERT INTO {self.table} ({', '.join(names)}) VALUES ({', '.join(values)}) "  # noqa: S608
            f"ON CONFLICT ({', '.join(unique)}) DO UPDATE SET {setting}"
        )

    def delete(self) -> TextClause:
        """Take a row of the day away."""
        matching = " AND ".join(f"{name} = :{name}" for name in ("office", "day", *self.key))
        return sql(f"DELETE FROM {self.table} WHERE {matching}")  # noqa: S608


TICKETS = Part(
    "tickets",
    ("service", "number"),
    ("event", "taken_ms", "priority", "senior", "since_ms", "due_ms", "state", "waiting_for", "waiting_at", "calls"),
)
VISITS = Part(
    "visits",
    ("id",),
    (
        "counter",
        "service",
        "number",
        "called_ms",
        "finished_ms",
        "outcome",
        "finish",
        "recalls",
        "wait_ms",
        "rated",
        "estimated",
        "session",
    ),
)
DOSSIERS = Part("visit_dossiers", ("visit", "code"), ("scanned_ms",))
RATINGS = Part(
    "ratings",
    ("id",),
    ("counter", "visit", "inferred", "score", "scale", "scale_version", "pressed_ms", "counted", "reason"),
    placed=True,
)
UNLINKED = Part("unlinked", ("id",), ("kind", "reason"))
COUNTERS = Part("counter_days", ("counter",), ("state", "since_ms", "reason"))
SESSIONS = Part("clerk_sessions", ("id",), ("counter", "person", "number", "began_ms", "ended_ms", "ended_by"))
REASONS = Part("rating_reasons", ("id",), ("counter", "rating", "said", "pressed_ms", "counted", "reason"), placed=True)


def save_day(connection: Connection, office: str, day: str, result: Day) -> int:
    """Make the tables of this office's day say what the linker found; how many rows that changed."""
    changed = 0
    for part, values in (
        (TICKETS, [ticket_row(ticket) for ticket in result.tickets]),
        (VISITS, [visit_row(visit) for visit in result.visits]),
        (DOSSIERS, [row for visit in result.visits for row in dossier_rows(visit)]),
        (RATINGS, [rating_row(rating) for rating in result.ratings]),
        (UNLINKED, [unlinked_row(unlinked) for unlinked in result.unlinked]),
        (COUNTERS, [counter_row(counter) for counter in result.counters]),
        (SESSIONS, [session_row(session) for session in result.sessions]),
        (REASONS, [reason_row(reason) for reason in result.reasons]),
    ):
        changed += save_part(connection, part, office, day, values)
    return changed


def save_part(connection: Connection, part: Part, office: str, day: str, values: Sequence[Mapping[str, Any]]) -> int:
    """Write the rows that differ, take away those that are no more."""
    width = len(part.key)
    known = {tuple(row)[:width]: tuple(row) for row in every(connection, part.select(), office=office, day=day)}
    changed = []
    for row in values:
        wanted = tuple(row[name] for name in part.key + part.columns)
        if known.pop(wanted[:width], None) != wanted:
            changed.append({"office": office, "day": day, **row})
    gone = [{"office": office, "day": day, **dict(zip(part.key, key, strict=True))} for key in known]
    run_each(connection, part.delete(), gone)
    run_each(connection, part.upsert(), changed)
    return len(changed) + len(gone)


def ticket_row(ticket: TicketSeen) -> dict[str, Any]:
    """A ticket as a row."""
    return vars(ticket)


def visit_row(visit: VisitSeen) -> dict[str, Any]:
    """A visit as a row, without its dossiers."""
    return {name: value for name, value in vars(visit).items() if name != "dossiers"}


def dossier_rows(visit: VisitSeen) -> list[dict[str, Any]]:
    """The dossiers of a visit."""
    return [{"visit": visit.id, "code": code, "scanned_ms": scanned_ms} for code, scanned_ms in visit.dossiers]


def rating_row(rating: RatingSeen) -> dict[str, Any]:
    """A press as a row."""
    return vars(rating)


def unlinked_row(unlinked: UnlinkedSeen) -> dict[str, Any]:
    """An event that belongs to nothing, as a row."""
    return vars(unlinked)


def counter_row(counter: CounterSeen) -> dict[str, Any]:
    """The state of a counter as a row."""
    return vars(counter)


def session_row(session: ClerkSession) -> dict[str, Any]:
    """A clerk's session as a row."""
    return vars(session)


def reason_row(reason: ReasonSeen) -> dict[str, Any]:
    """What was the cause of a rating, as a row."""
    return vars(reason)


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
    codes: dict[str, list[str]] = {}
    for row in every(connection, DOSSIERS_OF_DAY, office=office, day=day):
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
        for row in every(connection, LAST_VISITS, office=office, day=day, most=most)
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


def open_calls(connection: Connection, office: str, day: str) -> list[tuple[str, str, str, int, int]]:
    """The visits with a number that are open: (id, counter, service, number, called), the oldest first."""
    rows = every(connection, OPEN_CALLS, office=office, day=day)
    return [(row.id, row.counter, row.service, row.number, row.called_ms) for row in rows]


def counter_days(connection: Connection, office: str, day: str) -> dict[str, CounterSeen]:
    """What each counter does."""
    return {row.counter: CounterSeen(*row) for row in every(connection, COUNTER_DAYS, office=office, day=day)}


def counted_scores(connection: Connection, office: str, day: str) -> list[tuple[int, int]]:
    """The (score, scale) of the ratings that count and may be published, in the order in which they came."""
    rows = every(connection, COUNTED_SCORES, office=office, day=day)
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
    """The ratings that count, in the order of `counted_scores`."""
    return [row.id for row in every(connection, COUNTED_RATINGS, office=office, day=day)]


def count_unlinked(connection: Connection, office: str, day: str) -> int:
    """How many events of the day belong to nothing."""
    row = one(connection, COUNT_UNLINKED, office=office, day=day)
    return int(row.n)
