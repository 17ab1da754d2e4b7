"""What a keypad is told of its reserve and what it says of it: when a number of one is anybody's again.

A number that was told to a keypad is given to nobody else before the keypad has confirmed a later reserve without it,
or until the reserve has expired on any clock. A keypad confirms only when all that it called is stored here, so what is
let go was not called, nor will be. One that has just come is told that its reserve is empty: it is there to be asked,
and what it held before may be on its flash as calls. Who is lent is
decided in `lend_reserves.py`.
"""

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.flows.touches import Touches
from fleet.store import devices, places, reserves
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from fleet.store.reserves import Lent, ReserveRow
from protocols.commands import Want
from protocols.counter_events import NumberCalled
from protocols.counter_state import Reserve, TicketNumber
from protocols.state import State
from protocols.ticket_code import ticket_label

PATIENCE_MS = 1_000
# A keypad that is there answers within some tens of milliseconds; one that does not is taken to be cut off, and the
# wish of another counter holds four seconds more.

LINKED_WITHIN_MS = 600_000
# What a keypad called from its reserve is given to nobody before the linker has seen it, or for so long.


@again_after_conflict
def newly_said(store: Store, most: int, now_ms: int) -> list[tuple[str, State]]:
    """The keypads that are to be told another reserve, so many at most, each with the state that says it."""
    with store.reading() as connection:
        if not reserves.untold(connection, most):
            return []
    with store.writing(alone=False) as connection:
        return [(device, state_of(connection, device, now_ms)) for device in reserves.untold(connection, most)]


@again_after_conflict
def confirmed(store: Store, device: str, said: int) -> None:
    """A keypad says that it holds this reserve, and that all that it called before is stored."""
    with store.writing(alone=False) as connection:
        reserves.confirm(connection, device, said)


def keep_called(touches: Touches, device: str, call: NumberCalled, called_ms: int, now_ms: int) -> None:
    """A keypad's call is stored. If it came from a reserve, nobody is given that number until it is linked."""
    if not call.reserve:
        return  # its turn was given, and holds it
    connection, until_ms = touches.connection, now_ms + LINKED_WITHIN_MS
    if reserves.was_called(connection, device, call.service, call.number, called_ms, until_ms):
        return
    place = touches.place(device, called_ms)
    if place is not None and place.counter is not None:
        day = day_of(called_ms, touches.timezone(place.office))
        reserves.was_called_late(connection, place, day, call.service, call.number, called_ms, now_ms, until_ms)


def holding(want: Want, said: int) -> Want:
    """The wish of a keypad that has said since which reserve it holds."""
    return Want(
        id=want.id,
        want=want.want,
        service=want.service,
        not_after=want.not_after,
        called=want.called,
        reserve=said,
    )


def emptied(connection: Connection, device: str, office: str, counter: str, now_ms: int) -> Reserve:
    """What a keypad that has just come is told: it may call nobody by itself, until it has said what it called."""
    places.hold(connection, office)
    said = reserves.say(connection, device, office, counter, now_ms, now_ms)
    reserves.take_back_all(connection, device, said)
    reserves.told_anew(connection, device, now_ms)
    return Reserve(id=said, numbers=[], expires=now_ms)


def ask_back(connection: Connection, one: Lent, now_ms: int) -> bool:
    """A keypad is asked to let go of a number; False if it is cut off. The sender tells it."""
    row = reserves.reserve(connection, one.device)
    if row is None or not hears(row, now_ms):
        return False
    if one.gone is None:
        said = reserves.say(connection, one.device, row.office, row.counter, now_ms, row.expires_ms)
        reserves.take_back(connection, one.device, [(one.service, one.number)], said)
    return True


def hears(row: ReserveRow, now_ms: int) -> bool:
    """Whether the keypad is there and answers."""
    return row.presence == "online" and (row.is_confirmed or now_ms - row.asked_ms < PATIENCE_MS)


def state_of(connection: Connection, device: str, now_ms: int) -> State:
    """The state that tells a keypad its newest reserve."""
    row = reserves.reserve(connection, device)
    assert row is not None  # noqa: S101 (it is one that is yet to be told)
    prefixes = {one.id: one.prefix for one in places.services(connection, row.office)}
    numbers = [
        TicketNumber(service=service, number=number, label=ticket_label(prefixes.get(service, ""), number))
        for service, number in reserves.newest(connection, device, now_ms)
    ]
    reserves.told(connection, device)
    said = Reserve(id=row.said, numbers=numbers, expires=row.expires_ms)
    return State(version=devices.next_state_version(connection, device), now=now_ms, reserve=said)
