"""One live number for each holder and service: who takes another keeps the earlier place, under the later number.

So several numbers gain nobody anything, and the paper in the hand is the one that counts. Holders are known where a
card was read, by a hash that dies with the day's key; a board that was cut off is not asked.
"""

from fleet.domain.day import bounds, day_of
from fleet.flows.received import Taken
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import inbox, places, queue
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from protocols.events import Replaced

TOLD_WITHIN_MS = 60_000


@again_after_conflict
def keep_one(store: Store, server: VirtualDevice, taken: Taken, now_ms: int) -> int | None:
    """The number that gave way to this one, if its holder has one that still waits for the same service."""
    if now_ms - taken.happened_ms > TOLD_WITHIN_MS:
        return None
    with store.writing(alone=False) as connection:
        places.hold(connection, taken.office)
        office = places.office(connection, taken.office)
        if office is None:
            return None
        day = day_of(taken.happened_ms, office.timezone)
        held = inbox.tickets_of_holder(connection, office.id, taken.holder, *bounds(day, office.timezone))
        earlier = [
            (since_ms, number)
            for service, number, since_ms in held
            if service == taken.service and number != taken.number and since_ms <= taken.happened_ms
        ]
        for since_ms, number in sorted(earlier):
            seen = queue.place_of(connection, office.id, day, taken.service, number)
            if seen is not None and seen[0] != "waiting":
                continue
            since_ms = since_ms if seen is None else seen[1]
            when = {"up": server.up_ms(now_ms), "at": now_ms}
            for event in (
                Replaced(service=taken.service, number=number, by=taken.number, **when),
                Replaced(service=taken.service, number=taken.number, since=since_ms, **when),
            ):
                server.record(connection, event, now_ms, office)
            return number
        return None
