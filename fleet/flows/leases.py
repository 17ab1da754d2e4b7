"""Printers hold leases, granted ahead, so that they print without asking anyone.

Ranges of one service and day never overlap: a new one begins after the last number that is leased to anybody. A printer
that lost its storage has a new epoch and gets new ranges; numbers it held before are gone, not given twice.
"""

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection

from fleet.domain.day import bounds, day_of, days_ahead
from fleet.store import places, queue
from fleet.store.places import OfficeRow
from fleet.store.queue import LeaseRow
from protocols.state import Lease

HIGHEST_NUMBER = 9999
LOW_SHARE = 5
# A lease of which less than a fifth is left is followed by another.


def leases_for(
    connection: Connection, device: str, epoch: int, office: OfficeRow, numbers: int, now_ms: int
) -> list[Lease]:
    """The leases that this printer shall hold now, for each service and day; granted where they are missing or low."""
    services = places.services(connection, office.id)
    held = queue.leases(connection, device, epoch, office.id, now_ms)
    today = day_of(now_ms, office.timezone)
    for day in days_ahead(today):
        for service in services:
            of_day = [lease for lease in held if (lease.service, lease.day) == (service.id, day)]
            if left(of_day) * LOW_SHARE < numbers:
                lease = grant(connection, device, epoch, office, service.id, day, numbers)
                if lease is not None:
                    held.append(lease)
    prefixes = {service.id: service.prefix for service in services}
    return [as_message(lease, prefixes[lease.service]) for lease in held if lease.service in prefixes]


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
    queue.grant(connection, lease, office.id, device, epoch, office.generation)
    return lease


def as_message(lease: LeaseRow, prefix: str) -> Lease:
    """A lease as the printer is told of it."""
    return Lease(
        id=lease.id,
        service=lease.service,
        prefix=prefix,
        day=lease.day,
        first=lease.first,
        last=lease.last,
        secret=lease.secret,
        since=lease.since_ms,
        expires=lease.expires_ms,
    )


def wants_leases(roles: Sequence[str]) -> bool:
    """Whether a device of these roles gives numbers."""
    return "printer" in roles
