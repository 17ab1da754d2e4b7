"""What supervisors look back at of one counter or one clerk: pauses, sessions, and how long visits took."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import every, sql
from protocols.event import Event
from protocols.events import decode_event
from protocols.identity import event_id

PAUSES = sql("""
    SELECT e.device, e.epoch, e.boot, e.seq, e.body, p.order_ms FROM placements p
    JOIN events e ON e.device = p.device AND e.epoch = p.epoch AND e.boot = p.boot AND e.seq = p.seq
    WHERE p.office = :office AND p.day = :day AND p.counter = :counter AND e.kind IN ('pause', 'resume', 'undo')
    ORDER BY p.order_ms, e.device, e.epoch, e.boot, e.seq""")
SESSIONS_OF_CLERK = sql("""
    SELECT day, id, counter, began_ms, ended_ms FROM clerk_sessions
    WHERE office = :office AND number = :number AND day >= :first AND day <= :last ORDER BY began_ms, id""")
VISITS_OF_CLERK = sql("""
    SELECT v.day, v.id, COALESCE(v.about, v.service) AS service, v.called_ms, v.finished_ms, v.outcome
    FROM clerk_sessions s JOIN visits v ON v.office = s.office AND v.day = s.day AND v.session = s.id
    WHERE s.office = :office AND s.number = :number AND s.day >= :first AND s.day <= :last
    ORDER BY v.called_ms, v.id""")
RATINGS_OF_CLERK = sql("""
    SELECT r.day, r.id FROM clerk_sessions s
    JOIN visits v ON v.office = s.office AND v.day = s.day AND v.session = s.id
    JOIN ratings r ON r.office = v.office AND r.day = v.day AND r.visit = v.id
    WHERE s.office = :office AND s.number = :number AND s.day >= :first AND s.day <= :last AND r.counted""")


@dataclass(frozen=True)
class SessionOfClerk:
    """A clerk's time at a counter. `ended_ms` None: until the day ended."""

    day: str
    id: str
    counter: str
    began_ms: int
    ended_ms: int | None


@dataclass(frozen=True)
class VisitOfClerk:
    """A visit in a clerk's session, without whose it was."""

    day: str
    id: str
    service: str | None
    called_ms: int
    finished_ms: int | None
    outcome: str | None


def pauses(connection: Connection, office: str, day: str, counter: str) -> list[tuple[str, Event, int]]:
    """(identity, event, when) of a counter's pauses, of their ends by a key, and of what took such a step back."""
    rows = every(connection, PAUSES, office=office, day=day, counter=counter)
    return [
        (event_id(row.device, row.epoch, row.boot, row.seq), decode_event(json.loads(row.body)), int(row.order_ms))
        for row in rows
    ]


def sessions_of_clerk(connection: Connection, office: str, number: int, first: str, last: str) -> list[SessionOfClerk]:
    """When and where a clerk was signed in, the first one first."""
    asked = {"office": office, "number": number, "first": first, "last": last}
    return [SessionOfClerk(*row) for row in every(connection, SESSIONS_OF_CLERK, **asked)]


def visits_of_clerk(connection: Connection, office: str, number: int, first: str, last: str) -> list[VisitOfClerk]:
    """The visits in a clerk's sessions."""
    asked = {"office": office, "number": number, "first": first, "last": last}
    return [VisitOfClerk(*row) for row in every(connection, VISITS_OF_CLERK, **asked)]


def ratings_of_clerk(connection: Connection, office: str, number: int, first: str, last: str) -> set[tuple[str, str]]:
    """The (day, identity) of the presses that count for visits in a clerk's sessions."""
    asked = {"office": office, "number": number, "first": first, "last": last}
    return {(row.day, row.id) for row in every(connection, RATINGS_OF_CLERK, **asked)}
