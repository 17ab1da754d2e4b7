"""The log of a day's queue: the turns that counters were given, and who waited until when."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.fairness import Turn
from fleet.store.rows import every, one, sql
from protocols.identity import parse_event_id

OF_DAY = sql("""
    SELECT counter, assigned_ms, since_ms, priority FROM turns WHERE office = :office AND day = :day
    ORDER BY assigned_ms, counter""")
# Until a ticket was first given to a counter, or called by one that was cut off; what happened later is left aside.
FIRST_WAITS = sql("""
    SELECT t.service, t.number, t.priority, t.senior, t.event, t.state, t.calls, t.since_ms, t.taken_ms,
        (SELECT MIN(u.assigned_ms) FROM turns u WHERE u.office = t.office AND u.day = t.day
            AND u.service = t.service AND u.number = t.number) AS given_ms,
        (SELECT MIN(v.called_ms) FROM visits v WHERE v.office = t.office AND v.day = t.day
            AND v.service = t.service AND v.number = t.number) AS called_ms
    FROM tickets t WHERE t.office = :office AND t.day = :day""")
STATES = sql("SELECT state FROM tickets WHERE office = :office AND day = :day")
CALLED = sql("SELECT COUNT(*) AS n FROM tickets WHERE office = :office AND day = :day AND calls > 0")
RECEIVED = sql("""
    SELECT e.device, e.epoch, e.boot, e.seq, e.received_ms FROM events e
    WHERE e.kind IN ('ticket', 'check_in') AND e.happened_ms >= :start_ms AND e.happened_ms <= :end_ms""")


@dataclass(frozen=True)
class FirstWait:
    """A ticket from when it was known until it was first given to a counter (None: it still waits)."""

    service: str
    number: int
    priority: str
    senior: bool
    since_ms: int
    received_ms: int
    until_ms: int | None


def of_day(connection: Connection, office: str, day: str) -> list[Turn]:
    """The turns of a day in their order."""
    rows = every(connection, OF_DAY, office=office, day=day)
    return [Turn(row.counter, row.assigned_ms, row.since_ms, bool(row.priority)) for row in rows]


def states(connection: Connection, office: str, day: str) -> list[str]:
    """Where each number of a day is."""
    return [row.state for row in every(connection, STATES, office=office, day=day)]


def called(connection: Connection, office: str, day: str) -> int:
    """How many numbers of a day were called, by a turn or without."""
    return int(one(connection, CALLED, office=office, day=day).n)


def first_waits(connection: Connection, office: str, day: str) -> list[FirstWait]:
    """The tickets of a day; one that a later number of its holder replaced before it was called waited for nobody."""
    rows = every(connection, FIRST_WAITS, office=office, day=day)
    taken = [row.taken_ms for row in rows]
    if not taken:
        return []
    received = {
        (row.device, row.epoch, row.boot, row.seq): row.received_ms
        for row in every(connection, RECEIVED, start_ms=min(taken), end_ms=max(taken))
    }
    found = []
    for row in rows:
        ends = [ms for ms in (row.given_ms, row.called_ms) if ms is not None]
        if not ends and row.state not in ("waiting", "closed"):
            continue
        known_ms = received.get(parse_event_id(row.event))
        if known_ms is None:
            continue  # the event is gone by now: nothing is said of what nobody can look up
        since_ms = row.taken_ms if row.calls else row.since_ms
        until_ms = min(ends, default=None)
        found.append(FirstWait(row.service, row.number, row.priority, bool(row.senior), since_ms, known_ms, until_ms))
    return found
