"""Numbers that the fleet gives itself, to whoever books and at kiosks: from its own leases, so no printer gives them.

How far a lease is used is written down in the transaction that gives the number. A fleet that was restored from a
backup does not know how far that was, so it uses no lease from before.
"""

from sqlalchemy import Connection

from fleet.flows.leases import awaited, grant
from fleet.store import devices, ledger, own_leases, places, queue
from fleet.store.places import OfficeRow

EPOCH = 1
NUMBERS_AT_ONCE = 20


def next_number(
    connection: Connection, holder: str, office: OfficeRow, service: str, day: str, now_ms: int
) -> tuple[str, int] | None:
    """(lease, number) that nobody else is given; None: the day has none left, or printers have yet to tell theirs."""
    places.hold(connection, office.id)
    for lease in own_leases.of_day(connection, holder, office.id, service, day, office.generation):
        if lease.next <= lease.last:
            return lease.id, used(connection, lease.id, lease.next, office)
    if awaited(connection, office, now_ms):
        return None
    devices.add_device(connection, holder, (), "", now_ms, kind="server")
    ledger.no_deed(connection)  # a number is taken; that its holder is known is no news
    fresh = grant(connection, holder, EPOCH, office, service, day, NUMBERS_AT_ONCE)
    return None if fresh is None else (fresh.id, used(connection, fresh.id, fresh.first, office))


def used(connection: Connection, lease: str, number: int, office: OfficeRow) -> int:
    """This number, which is given now."""
    queue.tell_next(connection, lease, EPOCH, office.generation, number + 1)
    return number
