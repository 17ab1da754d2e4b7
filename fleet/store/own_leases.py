"""The leases from which the fleet itself gives numbers."""

from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.rows import every, sql

# Before how far a lease is used was written down with it, its bookings alone said so.
OF_DAY = sql("""
    SELECT id, first, last, COALESCE(next_told, first) AS next_told,
        (SELECT MAX(number) FROM bookings b WHERE b.lease = l.id) AS booked
    FROM leases l
    WHERE device = :holder AND office = :office AND service = :service AND day = :day AND generation = :generation
        AND revoked_ms IS NULL ORDER BY first""")


@dataclass(frozen=True)
class OwnLease:
    """A lease, and the next number of it."""

    id: str
    last: int
    next: int


def of_day(connection: Connection, holder: str, office: str, service: str, day: str, generation: int) -> list[OwnLease]:
    """The leases of a service and day, of this generation of the office."""
    rows = every(connection, OF_DAY, holder=holder, office=office, service=service, day=day, generation=generation)
    return [OwnLease(row.id, row.last, max(row.next_told, (row.booked or 0) + 1)) for row in rows]
