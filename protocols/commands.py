"""Wishes of a device, orders to a device, and their answers."""

from protocols.message import BIGGEST, Message, Range, Text
from protocols.state import TicketNumber

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

COUNT = Range(0, BIGGEST)
WORD = Text(32)

WANT_HOLDS_MS = 5000


class Want(Message):
    """Something wanted now and not later; the device does not store it.

    `not_after` is UTC milliseconds, or null from a device without a clock (then the fleet's arrival time counts).
    `called` is the number that this keypad called last: its event may still be on its way when the wish arrives, and the
    fleet must not take it for one that was given and never called.
    """

    FIELDS = {
        "id": COUNT,
        "want": ("next", "numbers"),
        "service": (WORD, None),
        "not_after": (COUNT, None),
        "called": (TicketNumber, None),
    }

    id: int
    want: str
    service: "str | None" = None
    not_after: "int | None" = None
    called: "TicketNumber | None" = None


class Command(Message):
    """An order. A repeated id gets the stored answer again and has no second effect."""

    FIELDS = {"id": Text(40), "verb": WORD, "arguments": dict, "not_after": (COUNT, None)}

    id: str
    verb: str
    arguments: "dict[str, Any]" = {}
    not_after: "int | None" = None


class Reply(Message):
    """The answer to a command, by its id."""

    FIELDS = {"id": Text(40), "ok": bool, "reason": str, "result": dict}

    id: str
    ok: bool
    reason: str = ""
    result: "dict[str, Any]" = {}


class Secret(Message):
    """A new key or password, sealed with the device key. The new one is used and confirmed before the old is dropped."""

    FIELDS = {"slot": ("a", "b"), "purpose": WORD, "sealed": Text(600)}

    slot: str
    purpose: str
    sealed: str
