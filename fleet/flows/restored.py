"""After a restore: the fleet asks its printers what they hold, and takes in what it has forgotten.

A backup knows nothing of the leases that were granted after it. So each office begins another generation, each printer
that was there before is asked in its welcome, and tells its leases one by one, with how far each is used. Until the
last of them has told, nobody at that office is granted anything; all go on with what they hold. A printer that is gone,
or came back without its memory, can not tell: a person revokes it.
"""

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.lost_events import lost
from fleet.flows.instruct import DAY_MS, standing
from fleet.flows.leases import awaited, must_report
from fleet.flows.presence import EPOCHS_AHEAD
from fleet.store import devices, ledger, loading, places, queue
from fleet.store import lost_events as facts
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.queue import LeaseRow
from protocols.held import LeaseHeld
from protocols.message import ProtocolError
from protocols.state import Lease

LEASE_ID_AT_MOST = 40
# Ours have ten; it is the width of their column.


def restored(store: Store, now_ms: int) -> dict[str, list[str]]:
    """The database is a copy of an earlier one. The printers that are awaited now, by office."""
    with store.writing() as connection:
        places.restored(connection, now_ms)
        ledger.note(connection, What.DATA_RESTORED)
        loading.servers_begin_anew(connection, EPOCHS_AHEAD)
    return still_awaited(store, now_ms)


def still_awaited(store: Store, now_ms: int) -> dict[str, list[str]]:
    """The offices that wait for printers, and for which."""
    with store.reading() as connection:
        found = {office.id: awaited(connection, office, now_ms) for office in places.offices(connection)}
    return {office: printers for office, printers in found.items() if printers}


def lost_events(store: Store) -> dict[str, int]:
    """How many events each device has been receipted for that the restored database does not have, as far as told."""
    with store.reading() as connection:
        restored_ms = facts.restored_ms(connection)
        sides = [] if restored_ms is None else facts.both_sides(connection, restored_ms)
    return lost((row.device, row.last_before, row.first_after) for row in sides)


@again_after_conflict
def told(store: Store, device: str, held: LeaseHeld, now_ms: int) -> list[str]:
    """A printer tells a lease that it holds. Who is to be told of leases, if this was the last that was awaited.

    Raises ProtocolError for a lease that can never have been one of ours.
    """
    if held.lease is not None and len(held.lease.id) > LEASE_ID_AT_MOST:
        raise ProtocolError("held.lease.id", f"at most {LEASE_ID_AT_MOST} characters", held.lease.id)
    with store.writing(alone=False) as connection:
        row, _, office = standing(connection, device, now_ms)
        if row is None or office is None or not must_report(row, office):
            return []
        places.hold(connection, office.id)
        if held.generation != office.generation or row.lost == office.generation:
            return []
        if held.lease is not None:
            take_in(connection, held.lease, held.next, office.id, device, row.epoch, office.generation)
        if queue.count_leases(connection, device, office.generation) < held.of:
            return []
        devices.has_reported(connection, device, office.generation)
        if awaited(connection, office, now_ms):
            return [device]
        return [place.device for place in devices.at_office(connection, office.id, now_ms)]


def take_in(
    connection: Connection, lease: Lease, next_number: int, office: str, device: str, epoch: int, generation: int
) -> None:
    """A lease as its printer tells of it. One that is known to be another's stays the other's."""
    known = queue.holder(connection, lease.id)
    if known is None and lease.first <= lease.last:
        expires_ms = max(lease.expires, lease.since + DAY_MS)  # told with the close; a person may keep the day open
        row = LeaseRow(
            lease.id, lease.service, lease.day, lease.first, lease.last, lease.secret, lease.since, expires_ms
        )
        if queue.grant(connection, row, office, device, epoch, generation):
            known = (device, office)
    if known is not None and known[0] == device:
        queue.tell_next(connection, lease.id, epoch, generation, next_number)
