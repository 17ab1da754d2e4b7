"""Printers hold leases, granted ahead, so that they print without asking anyone.

Ranges of one service and day never overlap: a new one begins after the last number that is leased to anybody. A printer
that lost its storage has a new epoch and gets new ranges; numbers it held before are gone, not given twice. A fleet
that was restored from a backup does not know what it granted since, so it grants nothing until its printers have told
it (`restored.py`).

A day on which an office is open no more (a holiday that was decided yesterday) has no leases; those that were granted
for it stay in the tables, and are told again should it be a working day once more. A printer that is cut off does not
hear of it, and the numbers that it gives then count like any.
"""

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection

from fleet.domain.day import bounds
from fleet.flows.closing import Ends, ends_now
from fleet.store import devices, places, queue
from fleet.store.devices import DeviceRow
from fleet.store.places import OfficeRow
from fleet.store.queue import LeaseRow
from protocols.state import Lease

HIGHEST_NUMBER = 9999
LOW_SHARE = 5
# A lease of which less than a fifth is left is followed by another.


def leases_for(
    connection: Connection,
    device: str,
    epoch: int,
    office: OfficeRow,
    numbers: int,
    now_ms: int,
    ends: Ends | None = None,
) -> list[Lease]:
    """The leases that this printer shall hold now, for each service and day; granted where they are missing or low.

    `ends`: how the office's days end, where that is known already.
    """
    places.hold(connection, office.id)
    complete = not awaited(connection, office, now_ms)
    services = places.services(connection, office.id)
    held = queue.leases(connection, device, epoch, office.id, now_ms)
    days = (ends or ends_now(connection, office, now_ms)).of_numbers()
    for day, until_ms in days.items():
        for service in services:
            of_day = [lease for lease in held if (lease.service, lease.day) == (service.id, day)]
            if complete and until_ms > now_ms and left(of_day) * LOW_SHARE < numbers:
                lease = grant(connection, device, epoch, office, service.id, day, numbers)
                if lease is not None:
                    held.append(lease)
    prefixes = {service.id: service.prefix for service in services}
    return [
        as_message(lease, prefixes[lease.service], days[lease.day])
        for lease in held
        if lease.service in prefixes and lease.day in days
    ]


def awaited(connection: Connection, office: OfficeRow, now_ms: int) -> list[str]:
    """The printers of this office that have yet to tell what they hold since the fleet was restored."""
    if office.restored_ms is None:
        return []
    rows = [devices.device(connection, place.device) for place in devices.at_office(connection, office.id, now_ms)]
    return [row.id for row in rows if row is not None and must_report(row, office)]


def must_report(row: DeviceRow, office: OfficeRow) -> bool:
    """Whether this device may hold leases of which the restored fleet does not know."""
    return (
        office.restored_ms is not None
        and wants_leases(row.roles)
        and row.enrolled_ms < office.restored_ms
        and row.reported < office.generation
    )


def left(leases: Sequence[LeaseRow]) -> int:
    """How many numbers of these leases were not seen on a ticket yet."""
    return sum(lease.last - (lease.used or lease.first - 1) for lease in leases)


def grant(
    connection: Connection, device: str, epoch: int, office: OfficeRow, service: str, day: str, numbers: int
) -> LeaseRow | None:
    """A new range for this printer, or None when the day has no numbers left."""
    first = queue.highest_leased(connection, office.id, service, day) + 1
    last = min(first + numbers - 1, HIGHEST_NUMBER)
    if first > last:
        return None
    since_ms, expires_ms = bounds(day, office.timezone)
    lease = LeaseRow(secrets.token_hex(5), service, day, first, last, secrets.token_hex(16), since_ms, expires_ms)
    return lease if queue.grant(connection, lease, office.id, device, epoch, office.generation) else None


def as_message(lease: LeaseRow, prefix: str, until_ms: int) -> Lease:
    """A lease as the printer is told of it: it ends when numbers of its day are given no more."""
    return Lease(
        id=lease.id,
        service=lease.service,
        prefix=prefix,
        day=lease.day,
        first=lease.first,
        last=lease.last,
        secret=lease.secret,
        since=lease.since_ms,
        expires=min(lease.expires_ms, until_ms),
    )


def wants_leases(roles: Sequence[str]) -> bool:
    """Whether a device of these roles gives numbers."""
    return "printer" in roles
