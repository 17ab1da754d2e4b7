"""What a clerk is told of a code that was just scanned at the counter and is worth nothing there."""

from sqlalchemy import Connection

from fleet.domain import verdict
from fleet.domain.desk_now import ScanRefused
from fleet.domain.lines import STAFF, counter_line
from fleet.domain.verdict import Unfit
from fleet.flows.placing import in_line
from fleet.flows.tones import ticket_unfit
from fleet.store import badges, places
from fleet.store.lines import Lines
from fleet.store.places import OfficeRow
from protocols.events import CodeScanned

SHOWN_MS = 60_000
# Then whoever held it has gone on, or has scanned another.


def scan_refused(connection: Connection, office: OfficeRow, day: str, counter: str, now_ms: int) -> ScanRefused | None:
    """Why the counter's last scan is worth nothing; None if it is worth something, or was long ago."""
    lines, since_ms = Lines(connection, office.id, day), now_ms - SHOWN_MS
    stored = [one for line in (counter_line(counter), STAFF) for one in lines.between(line, since_ms, now_ms)]
    here = [one for one in in_line(stored) if one.counter == counter]
    scans = [(one.event, one.happened_ms) for one in here if isinstance(one.event, CodeScanned)]
    return said_of(connection, office, day, *scans[-1]) if scans else None


def said_of(connection: Connection, office: OfficeRow, day: str, event: CodeScanned, at_ms: int) -> ScanRefused | None:
    """What is said of one scan; dossiers have a list of their own."""
    if event.what == "unknown":
        return ScanRefused(at_ms, Unfit.UNREAD)
    if event.what == "badge" and event.badge_hash is not None:
        unfit = verdict.badge_unfit(badges.by_hash(connection, office.id, event.badge_hash), at_ms)
        return None if unfit is None else ScanRefused(at_ms, unfit)
    if event.what != "ticket" or event.code is None:
        return None
    unfit, lease = ticket_unfit(connection, event.code, office.id, day)
    if unfit is None:
        return None
    if lease is None or unfit is Unfit.TICKET_FORGED:
        return ScanRefused(at_ms, unfit)
    place = places.office(connection, lease.office)
    return ScanRefused(at_ms, unfit, lease.day, lease.office if place is None else place.name)
