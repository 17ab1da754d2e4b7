"""What goes into archives, and what is due to: read a little at a time, so that a month need not fit into memory."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, TextClause

from fleet.domain.archived_rows import Row, event_row
from fleet.domain.archives import Archive
from fleet.domain.retention import Kept
from fleet.store.retention import before_of, devices_with_old, linked_since_ms, set_marker
from fleet.store.rows import every, one, sql

ROWS_AT_ONCE = 2_000
EVENTS = sql("""
    SELECT device, epoch, boot, seq, kind, body, happened_ms, timing, received_ms, office, counter FROM events
    WHERE received_ms >= :first_ms AND received_ms < :until_ms AND reason IS NULL""")
PLACES = sql("SELECT device, from_ms, to_ms, office, counter FROM assignments ORDER BY device, from_ms")
VISITS = sql("""
    SELECT office, day, id, counter, service, about, called_ms, finished_ms, wait_ms, outcome, recalls, to_service,
        to_counter, resumed, rated, estimated
    FROM visits WHERE office = :office AND day >= :first AND day <= :last""")
RECEIVED = "SELECT MIN(received_ms) AS first_ms, MAX(received_ms) AS last_ms FROM events WHERE device = :device"
DUE = {
    Kept.EVENTS: (
        sql(f"{RECEIVED} AND happened_ms < :before_ms AND reason IS NULL"),
        sql(f"{RECEIVED} AND happened_ms IS NULL AND received_ms < :before_ms AND reason IS NULL"),
    ),
    Kept.SCANS: (sql(f"{RECEIVED} AND happened_ms < :before_ms AND kind = 'scan' AND reason IS NULL"),),
}
FIRST_DAYS = {
    Archive.VISITS: sql("SELECT MIN(day) AS day FROM visits WHERE office = :office"),
    Archive.RATINGS: sql("SELECT MIN(day) AS day FROM ratings WHERE office = :office"),
}

Places = dict[str, list[Row]]
NOWHERE: Row = (None, None)


def due_events(connection: Connection, kept: Kept, before_ms: int) -> tuple[int, int] | None:
    """When the first and the last of the events were received that are to be deleted; None: there are none."""
    devices = devices_with_old(connection, kept, before_ms)
    found = [one(connection, due, device=device, before_ms=before_ms) for device in devices for due in DUE[kept]]
    spans = [(row.first_ms, row.last_ms) for row in found if row.first_ms is not None]
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def first_day(connection: Connection, archive: Archive, offices: list[str]) -> str | None:
    """The first day of which rows of this archive are there."""
    days = [one(connection, FIRST_DAYS[archive], office=office) for office in offices]
    return min((row.day for row in days if row is not None and row.day is not None), default=None)


def events(connection: Connection, first_ms: int, until_ms: int) -> Iterator[Row]:
    """The rows of events that were received between these moments."""
    places = places_of(connection)
    for e in streamed(connection, EVENTS, first_ms=first_ms, until_ms=until_ms):
        stood = (e.office, e.counter) if e.office else place_at(places.get(e.device, []), e.happened_ms)
        times = (moment(e.happened_ms), e.timing, moment(e.received_ms))
        yield event_row((e.device, e.epoch, e.boot, e.seq), e.kind, e.body, times, stood)


def visits(connection: Connection, office: str, first: str, last: str) -> Iterator[Row]:
    """The rows of an office's visits, from a first day to a last."""
    for v in streamed(connection, VISITS, office=office, first=first, last=last):
        called, finished, rest = moment(v.called_ms), moment(v.finished_ms), tuple(v)[8:13]
        yield (*tuple(v)[:6], called, finished, *rest, bool(v.resumed), bool(v.rated), bool(v.estimated))


def places_of(connection: Connection) -> Places:
    """Where devices stood, by device and in the order of time."""
    found: Places = {}
    for device, *its in every(connection, PLACES):
        found.setdefault(device, []).append(tuple(its))
    return found


def place_at(stood: list[Row], at_ms: int | None) -> Row:
    """The office and counter at a moment."""
    place = stood[bisect_right(stood, at_ms, key=lambda one: one[0]) - 1] if stood and at_ms is not None else None
    if place is None or at_ms is None or not place[0] <= at_ms < (at_ms + 1 if place[1] is None else place[1]):
        return NOWHERE
    return place[2:]


def moment(ms: int | None) -> int | None:
    """Microseconds, which is what programs that read archives count in."""
    return None if ms is None else ms * 1000


def streamed(connection: Connection, statement: TextClause, **values: Any) -> Iterator[Any]:
    """Rows of a SELECT, as they come."""
    options = {"stream_results": True, "yield_per": ROWS_AT_ONCE}
    return iter(connection.execute(statement, values, execution_options=options))


def archived_until_ms(connection: Connection, archive: Archive) -> int:
    """What was received, or happened, before this moment is in its archive; 0: nothing ever was put into one."""
    return before_of(connection, f"archived {archive}")


def set_archived(connection: Connection, archive: Archive, until_ms: int, now_ms: int) -> None:
    """What is older than this is in its archive from now on."""
    set_marker(connection, f"archived {archive}", until_ms, now_ms)


def deleted_before_ms(connection: Connection) -> int:
    """Of what happened before this moment something was deleted."""
    return linked_since_ms(connection)
