"""Before a program calls somebody: the keypad to which that number is lent is asked to let go of it.

The sender tells it, and the keypad's word comes to the sender; this only asks, looks, and waits for a moment. A keypad
that says nothing is cut off: its numbers stay its own, and the program is given the next one.
"""

import time
from collections.abc import Callable

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.reserve import Number, number_of
from fleet.flows.next_number import Chosen, decide, is_kept
from fleet.flows.reserves import ask_back, hears
from fleet.store import places, reserves
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.places import OfficeRow
from protocols.counter_state import TicketNumber

LOOK_S = 0.05
AT_MOST_S = 1.5
# The sender looks four times a second, and a keypad answers within a second or not at all.


def call_in(
    store: Store,
    office: OfficeRow,
    counter: str,
    clock: Callable[[], int],
    number: Number | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until whoever is next at this counter, or this number, is lent to no keypad that answers."""
    end_ms = clock() + int(AT_MOST_S * 1000)
    while is_awaited(store, office, counter, number, clock()) and clock() < end_ms:
        sleep(LOOK_S)


def is_awaited(store: Store, office: OfficeRow, counter: str, number: Number | None, now_ms: int) -> bool:
    """Whether a keypad has been asked to let go of that number, and its answer is yet to come."""
    day = day_of(now_ms, office.timezone)
    with store.reading() as connection:
        if not reserves.lent(connection, office.id, day, now_ms):
            return False
    return is_asked(store, office, counter, number, now_ms)


@again_after_conflict
def is_asked(store: Store, office: OfficeRow, counter: str, number: Number | None, now_ms: int) -> bool:
    """The same, where numbers are lent: the keypad is asked now if it was not before."""
    day = day_of(now_ms, office.timezone)
    with store.writing(alone=False) as connection:
        places.hold(connection, office.id)
        lent = reserves.lent(connection, office.id, day, now_ms)
        if number is None:
            given = expected(connection, office.id, day, counter, None, now_ms)
            number = number_of(given.ticket) if isinstance(given, Chosen) else None
        one = None if number is None else lent.get(number)
        return one is not None and one.called_ms is None and ask_back(connection, one, now_ms)


def expected(
    connection: Connection, office: str, day: str, counter: str, called: TicketNumber | None, now_ms: int
) -> Chosen | tuple[str, int] | tuple[None, None]:
    """Who is next at this counter, once the keypads that are there have let go; whom others keep is not."""
    lent = reserves.lent(connection, office, day, now_ms)
    there = {row.device for row in reserves.at_office(connection, office) if hears(row, now_ms)} if lent else set()
    kept: set[Number] = set()
    while True:
        given = decide(connection, office, day, counter, called, now_ms, kept)
        one = lent.get(number_of(given.ticket)) if isinstance(given, Chosen) else None
        if not isinstance(given, Chosen) or not is_kept(one, None, given.calls):
            return given
        if one is not None and one.called_ms is None and one.device in there:
            return given
        kept.add(number_of(given.ticket))
