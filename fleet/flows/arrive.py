"""Somebody shows a code in the lobby: whoever booked is there, and whoever did not answer a call is there again."""

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.flows.book import booked_as, proved
from fleet.flows.received import Scanned
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import bookings, devices, places, queue
from fleet.store.bookings import BookingRow
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.places import OfficeRow
from protocols.events import CheckedIn, Returned

HELD_MS = 60_000
# A code that is read later than a minute after it was held there (its reader was cut off) says only that somebody was.


@again_after_conflict
def arrive(store: Store, server: VirtualDevice, scanned: Scanned, now_ms: int) -> str | None:
    """What was recorded, `check_in` or `return`, if a reader in the lobby read such a code just now; None otherwise."""
    if now_ms - scanned.happened_ms > HELD_MS:
        return None
    with store.writing(alone=False) as connection:
        places.hold(connection, scanned.office)
        place = devices.place_now(connection, scanned.device, now_ms)
        office = places.office(connection, scanned.office)
        if office is None or place is None or place.office != office.id or place.counter is not None:
            return None
        today = day_of(now_ms, office.timezone)
        row = booking_of(connection, office, scanned, today)
        if row is not None and row.came_ms is None:
            return check_in(connection, server, office, row, now_ms)
        if scanned.what == "ticket":
            return come_back(connection, server, office, scanned.code, today, now_ms)
        return None


def booking_of(connection: Connection, office: OfficeRow, scanned: Scanned, today: str) -> BookingRow | None:
    """The appointment of today at this office that the code belongs to."""
    if scanned.what == "ticket":
        row = booked_as(connection, scanned.code)
        return row if row is not None and (row.office, row.day) == (office.id, today) else None
    rows = bookings.by_code(connection, office.id, scanned.code, today)
    return next((row for row in rows if row.day == today and row.came_ms is None), None)


def check_in(
    connection: Connection, server: VirtualDevice, office: OfficeRow, row: BookingRow, now_ms: int
) -> str | None:
    """The number that was booked waits from now on; None if it did before, or was given back."""
    if not bookings.came(connection, row, now_ms):
        return None
    event = CheckedIn(
        service=row.service, number=row.number, lease=row.lease, due=row.due_ms, up=server.up_ms(now_ms), at=now_ms
    )
    server.record(connection, event, now_ms, office)
    return CheckedIn.KIND


def come_back(
    connection: Connection, server: VirtualDevice, office: OfficeRow, text: str, today: str, now_ms: int
) -> str | None:
    """A number that nobody answered for waits again."""
    found = proved(connection, text)
    if found is None or (found[1].office, found[1].day) != (office.id, today):
        return None
    number, service = found[0].number, found[1].service
    return Returned.KIND if wait_again(connection, server, office, today, service, number, now_ms) else None


def wait_again(
    connection: Connection,
    server: VirtualDevice,
    office: OfficeRow,
    today: str,
    service: str,
    number: int,
    now_ms: int,
) -> bool:
    """Whoever did not come when called is there and waits from now on; False if the number is no such one."""
    seen = queue.place_of(connection, office.id, today, service, number)
    if seen is None or seen[0] != "no_show":
        return False
    event = Returned(service=service, number=number, up=server.up_ms(now_ms), at=now_ms)
    server.record(connection, event, now_ms, office)
    return True
