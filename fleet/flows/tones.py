"""What a reader is told of a code that was just scanned, while whoever holds it still stands there."""

from datetime import date

from sqlalchemy import Connection

from fleet.domain import verdict
from fleet.domain.day import day_of
from fleet.domain.dossier_course import supplements
from fleet.domain.verdict import Unfit
from fleet.flows.received import Scanned
from fleet.store import badges, bookings, devices, dossiers, places, queue
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.queue import Leased
from protocols.dossier_code import parse_dossier_code
from protocols.state import State, Tone
from protocols.ticket_code import parse_ticket_code

TOLD_WITHIN_MS = 4_000
# Later nobody would know what the tone is about.


@again_after_conflict
def tone_for(store: Store, scanned: Scanned, now_ms: int) -> State | None:
    """The state that tells the reader what its code is worth; None if it is too late, or nobody can tell."""
    expires_ms = min(scanned.happened_ms, now_ms) + TOLD_WITHIN_MS
    if expires_ms <= now_ms:
        return None
    with store.writing(alone=False) as connection:
        tone, because = tone_of(connection, scanned, now_ms)
        if tone is None:
            return None
        version = devices.next_state_version(connection, scanned.device)
    return State(version=version, now=now_ms, tone=Tone(tone=tone, because=because, expires=expires_ms))


def tone_of(connection: Connection, scanned: Scanned, now_ms: int) -> tuple[str | None, str | None]:
    """The tone for this code at the place where it was scanned (None where nobody can tell), and of what it warns."""
    office = places.office(connection, scanned.office)
    if office is None:
        return None, None
    if scanned.what == "badge":
        badge = badges.by_hash(connection, office.id, scanned.code)
        return verdict.of_badge(badge, scanned.happened_ms, scanned.counter is not None), None
    today = day_of(now_ms, office.timezone)
    if scanned.what == "ticket":
        return of_ticket(connection, scanned, office.id, today), None
    return of_dossier(connection, scanned, date.fromisoformat(today))


def of_ticket(connection: Connection, scanned: Scanned, office: str, today: str) -> str:
    """The tone for a ticket's code."""
    return verdict.of_ticket(ticket_unfit(connection, scanned.code, office, today)[0])


def ticket_unfit(connection: Connection, code: str, office: str, today: str) -> tuple[Unfit | None, Leased | None]:
    """What speaks against a ticket's code at an office, and for where and when its number was given."""
    ticket = parse_ticket_code(code)
    lease = queue.leased(connection, ticket.lease)
    if lease is None:
        return verdict.ticket_unfit(None, False, False), None
    booked = bookings.by_number(connection, ticket.lease, ticket.number)
    cancelled = booked is not None and booked.cancelled_ms is not None
    proved = ticket.proved_by(lease.secret)
    return verdict.ticket_unfit(lease.office == office, lease.day == today, proved, cancelled), lease


def of_dossier(connection: Connection, scanned: Scanned, today: date) -> tuple[str | None, str | None]:
    """The tone for a dossier's code, and of what it warns."""
    code = parse_dossier_code(scanned.code)
    known = dossiers.dossiers_by_code(connection, [scanned.code]).get(scanned.code)
    newest = dossiers.newest(connection, code.organisation) if known is None else None
    asked = 0 if known is None else supplements(known, dossiers.states_of(connection, [known.code]).get(known.code, []))
    because = None if known is None else verdict.because(known, asked, today)
    return verdict.of_dossier(known, date(*code.received), newest, today, asked), because
