"""A wish of a device. It lies apart from orders and secrets, which no firmware takes yet: RAM is short."""

from protocols.counter_state import TicketNumber
from protocols.message import COUNT, MAYBE_COUNT, MAYBE_WORD, Message

WANT_HOLDS_MS = 5000


class Want(Message):
    """Something wanted now and not later; the device does not store it.

    `not_after` is UTC milliseconds, or null from a device without a clock (then the fleet's arrival time counts).
    `called` is the number that this keypad called last: its event may still be on its way when the wish arrives, and
    the fleet must not take it for one that was given and never called. `reserve` is the reserve that this keypad holds,
    if it has said so and called nobody from it since.
    """

    FIELDS = {
        "id": COUNT,
        "want": ("next", "numbers"),
        "service": MAYBE_WORD,
        "not_after": MAYBE_COUNT,
        "called": (TicketNumber, None),
        "reserve": MAYBE_COUNT,
    }

    id: int
    want: str
    service: "str | None" = None
    not_after: "int | None" = None
    called: "TicketNumber | None" = None
    reserve: "int | None" = None
