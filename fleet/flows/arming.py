"""Rating buttons are armed for a visit that was just finished: the next press answers it."""

from fleet.flows.received import Finished
from fleet.store import devices
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from protocols.state import Armed, State

ARMED_MS = 120_000
# Somebody who rates does so within two minutes after the clerk has finished, or on the phone.


@again_after_conflict
def arm(store: Store, finished: Finished, now_ms: int) -> list[tuple[str, State]]:
    """The rating buttons of a counter whose visit was just finished, each with the state that arms it.

    Nobody is armed if it was finished long ago (its keypad was cut off): the next press is somebody else's.
    """
    expires_ms = min(finished.happened_ms, now_ms) + ARMED_MS
    if expires_ms <= now_ms:
        return []
    return tell_buttons(store, finished, expires_ms, now_ms)


@again_after_conflict
def disarm(store: Store, undone: Finished, now_ms: int) -> list[tuple[str, State]]:
    """The rating buttons of a counter whose finish was taken back, each with the state by which that arms no more.

    A board that was armed for another finish since stays so. Who pressed meanwhile is kept, and answers no visit.
    """
    return tell_buttons(store, undone, now_ms, now_ms)


def tell_buttons(store: Store, finished: Finished, expires_ms: int, now_ms: int) -> list[tuple[str, State]]:
    """The rating buttons of a counter, each with the state that says until when a press answers this finish."""
    told: list[tuple[str, State]] = []
    with store.writing(alone=False) as connection:
        for place in devices.at_office(connection, finished.office, now_ms):
            row = devices.device(connection, place.device) if place.counter == finished.counter else None
            if row is not None and "rating" in row.roles:
                armed = Armed(finish=finished.finish, expires=expires_ms)
                version = devices.next_state_version(connection, place.device)
                told.append((place.device, State(version=version, now=now_ms, armed=armed)))
    return told
