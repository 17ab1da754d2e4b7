"""Add up the days of devices that are over; a day of which something came late is added up again, and those after it.

Whoever receives holds the device (`inbox.lock_boot`), and so does whoever adds up: what comes meanwhile marks the day.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from fleet.domain.calendars import VIET_NAM, Calendar
from fleet.domain.day import bounds, day_of, later
from fleet.domain.device_days import DayKnown, DaySum, Span, day_sums
from fleet.domain.retention import Kept
from fleet.flows.calendars import calendar_of
from fleet.store import device_days, devices, places, retention
from fleet.store.database import Store
from fleet.store.devices import DeviceRow, Place
from fleet.store.failures import again_after_conflict

GRACE_MS = 3_600_000
# A day is added up an hour after its end; most of what comes late has come by then.
DEVICES_A_ROUND = 20
DAYS_AT_ONCE = 31
DAY_MS = 86_400_000


class Hours:
    """When offices are open; remembers what it read, for as long as a caller keeps it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.calendars: dict[str, Calendar] = {}

    def open(self, stood: Sequence[Place], from_ms: int, to_ms: int) -> list[Span]:
        """When the offices where a device stood were open while it did, within these moments."""
        found = []
        for place in stood:
            start, end = max(from_ms, place.from_ms), min(to_ms, to_ms if place.to_ms is None else place.to_ms)
            if start < end:
                found += [(max(first, start), min(last, end)) for first, last in self.spans(place.office, start, end)]
        return sorted((first, last) for first, last in found if first < last)

    def spans(self, office: str, from_ms: int, to_ms: int) -> list[Span]:
        """When an office is open on the days of this time."""
        if office not in self.calendars:
            row = places.office(self.connection, office)
            self.calendars[office] = calendar_of(self.connection, office, VIET_NAM if row is None else row.timezone)
        calendar = self.calendars[office]
        first = date.fromisoformat(later(day_of(from_ms, str(calendar.zone)), 0))
        found: list[Span] = []
        while calendar.moment(first, 0) < to_ms:
            found += calendar.spans(first)
            first = date.fromisoformat(later(first.isoformat(), 1))
        return found


def fold_device_days(store: Store, now_ms: int) -> int:
    """Add up what is due of some devices; how many there were."""
    today = day_of(now_ms - GRACE_MS, VIET_NAM)
    with store.reading() as connection:
        due = device_days.due(connection, today, DEVICES_A_ROUND)
    for device, _ in due:
        fold_device(store, device, today)
    return len(due)


@again_after_conflict
def fold_device(store: Store, device: str, today: str) -> None:
    """Add up the days of a device before this one, a month at most."""
    with store.writing(alone=False) as connection:
        devices.hold(connection, [device])
        row, day = devices.device(connection, device), device_days.next_day(connection, device)
        if row is None or day is None or day >= today:
            return
        day = max(day, first_whole_day(connection, device))
        stood, hours = devices.places(connection, [device])[device], Hours(connection)
        for _ in range(DAYS_AT_ONCE):
            if day >= today:
                break
            sums = sums_of(connection, row, stood, hours, *bounds(day, VIET_NAM))
            device_days.save(connection, device, day, row.board, sums)
            day = later(day, 1)
        device_days.folded(connection, device, day)


def first_whole_day(connection: Connection, device: str) -> str:
    """The first day of which all that came is still there."""
    known = retention.horizons(connection)
    gone_ms = max((known[kept][0] for kept in (Kept.EVENTS, Kept.HEALTH) if kept in known), default=0)
    begun_ms = device_days.first_known_ms(connection, device) or 0
    whole = day_of(gone_ms + DAY_MS - 1, VIET_NAM) if gone_ms else ""
    return max(whole, day_of(begun_ms, VIET_NAM))


def sums_of(
    connection: Connection, row: DeviceRow, stood: Sequence[Place], hours: Hours, from_ms: int, to_ms: int
) -> dict[str, DaySum]:
    """A stretch of a device's life, as what is stored tells it."""
    until_ms = to_ms if row.revoked_ms is None else min(to_ms, row.revoked_ms)
    known = DayKnown(
        from_ms=from_ms,
        to_ms=until_ms,
        presence=device_days.presence(connection, row.id, from_ms, until_ms),
        boots=device_days.boots(connection, row.id, from_ms, until_ms),
        open=hours.open(stood, from_ms, until_ms),
        firmware=row.firmware,
    )
    return day_sums(known)
