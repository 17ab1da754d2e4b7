"""Devices are told which release they shall have: after each hello until they answered, and when that is decided.

If it is decided that they shall not have it after all, they are told that, too, as long as they may be fetching it. The
word is bound to the nonce of a connection. So it goes only to a device that is there; who comes later is told then.
"""

from collections.abc import Callable

from fleet.domain.rollout_plan import RELEASE
from fleet.domain.rollout_targets import ONLINE
from fleet.domain.update_answers import Told
from fleet.flows.assign_release import Signing, assignment
from fleet.flows.recall_release import recall
from fleet.store import devices, rollout_devices, update_events
from fleet.store.database import Store
from protocols.releases import Release

AGAIN_MS = 60_000
# A device that was busy is told again after so long.


def for_hello(store: Store, device: str, signing: Signing, now_ms: int) -> Release | None:
    """The word for a device that has just said hello, if it is not to be as it is. Raises CannotAssign."""
    with store.reading() as connection:
        row = devices.device(connection, device)
        found = None if row is None else assignment(connection, row, signing)
        called_back = recall(connection, row, signing, now_ms) if row is not None and found is None else None
    if found is not None:
        with store.writing(alone=False) as connection:
            devices.release_was_told(connection, device, now_ms)
    return found or called_back


def tell_due(store: Store, most: int, signing: Signing, now_ms: int, tell: Callable[[str, Release], None]) -> None:
    """Tell devices, so many at most, of which it was decided that they shall have another. Raises CannotAssign.

    Without a key to sign with they stay due.
    """
    with store.reading() as connection:
        due = devices.releases_due(connection, most)
    for device, changes in due:
        with store.reading() as connection:
            row = devices.device(connection, device)
            is_there = row is not None and row.presence == ONLINE
            found = assignment(connection, row, signing) if row is not None and is_there else None
            nothing = recall(connection, row, signing, now_ms) if row is not None and is_there and not found else None
        word = found or nothing
        if word is not None:
            tell(device, word)
        with store.writing(alone=False) as connection:
            devices.release_was_looked_at(connection, device, changes)
            if found is not None:
                devices.release_was_told(connection, device, now_ms)


def remind(store: Store, now_ms: int) -> None:
    """Devices that had something else to do when they were told (`refused: busy`) come to be told again."""
    with store.reading() as connection:
        told = rollout_devices.told_before(connection, RELEASE, now_ms - AGAIN_MS)
        if not told:
            return
        events = update_events.since(connection, told, min(told_ms for _, told_ms in told.values()))
    again = [
        device
        for device, its in events.items()
        if any(
            one.release == str(told[device][0])
            and one.is_since(told[device][1])
            and Told(one.result, one.reason).is_passing()
            for one in its
        )
    ]
    if again:
        with store.writing(alone=False) as connection:
            devices.release_is_due(connection, again)
