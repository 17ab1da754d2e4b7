"""What is known of one ticket, for whoever holds it."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.domain.ways import SERVERS
from fleet.store.rows import every, one, sql
from protocols.events import Event, decode_event
from protocols.identity import event_id

TICKET = sql("""
    SELECT state, since_ms, waiting_for FROM tickets
    WHERE office = :office AND day = :day AND service = :service AND number = :number""")
AHEAD = sql("""
    SELECT COUNT(*) AS n FROM tickets
    WHERE office = :office AND day = :day AND state = 'waiting' AND waiting_for = :service AND since_ms < :since_ms""")
LAST_VISIT = sql("""
    SELECT id, counter, finish, finished_ms, rated FROM visits
    WHERE office = :office AND day = :day AND service = :service AND number = :number
    ORDER BY called_ms DESC, id DESC LIMIT 1""")
# On the page a rating must be seen at once, before it is linked.
TOLD_ON_PAGES = sql("""
    SELECT device, epoch, boot, seq, body FROM events
    WHERE office = :office AND happened_ms >= :since_ms AND kind IN ('rating', 'rating_reason', 'answer')
        AND body LIKE :pattern ORDER BY happened_ms, device, epoch, boot, seq""")
RATED = sql("""
    SELECT l.id, l.secret, v.number FROM visits v JOIN leases l ON l.office = v.office AND l.day = v.day
        AND l.service = v.service AND v.number BETWEEN l.first AND l.last
    WHERE v.office = :office AND v.day = :day AND v.rated""")


@dataclass(frozen=True)
class TicketRow:
    """Where a ticket stands; `ahead` wait for the same for longer."""

    state: str
    since_ms: int
    waiting_for: str
    ahead: int


@dataclass(frozen=True)
class VisitRow:
    """The last visit of a ticket."""

    id: str
    counter: str
    finish: str | None
    finished_ms: int | None
    rated: bool


def ticket(connection: Connection, office: str, day: str, service: str, number: int) -> TicketRow | None:
    """A ticket; None if nobody heard of it yet."""
    row = one(connection, TICKET, office=office, day=day, service=service, number=number)
    if row is None:
        return None
    ahead = one(connection, AHEAD, office=office, day=day, service=row.waiting_for, since_ms=row.since_ms)
    return TicketRow(row.state, row.since_ms, row.waiting_for, int(ahead.n))


def last_visit(connection: Connection, office: str, day: str, service: str, number: int) -> VisitRow | None:
    """The last visit of a ticket; None before it was called."""
    row = one(connection, LAST_VISIT, office=office, day=day, service=service, number=number)
    return None if row is None else VisitRow(row.id, row.counter, row.finish, row.finished_ms, bool(row.rated))


def told_on_pages(connection: Connection, office: str, visit: VisitRow) -> list[tuple[str, Event]]:
    """What was said of a visit on its page, linked or not: each with its identity, in order."""
    rows = every(connection, TOLD_ON_PAGES, office=office, since_ms=visit.finished_ms, pattern=f'%"{visit.finish}"%')
    found = [(event_id(row.device, row.epoch, row.boot, row.seq), decode_event(json.loads(row.body))) for row in rows]
    return [(identity, event) for identity, event in found if identity.startswith(SERVERS)]


def rated(connection: Connection, office: str, day: str) -> list[tuple[str, str, int]]:
    """(lease, its secret, number) of each ticket of a day whose visit was rated."""
    return [(row.id, row.secret, row.number) for row in every(connection, RATED, office=office, day=day)]
