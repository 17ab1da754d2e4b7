"""What a ticket printer tells."""

from protocols.event import MAYBE_HOLDER, Event
from protocols.message import COUNT, IDENTITY, MAYBE_COUNT, NUMBER, WORD, Range


class TicketTaken(Event):
    """A resident took a number. `lease` is the right under which the printer gave it."""

    KIND = "ticket"
    FIELDS = {
        "service": WORD,
        "number": NUMBER,
        "lease": IDENTITY,
        "priority": WORD,
        "senior": bool,
        "holder": MAYBE_HOLDER,
        "up": COUNT,
        "at": MAYBE_COUNT,
    }

    service: str
    number: int
    lease: str
    priority: str = ""
    senior: bool = False
    holder: "str | None" = None


class TicketPrinted(Event):
    """The paper left the printer. `copy`: it was printed again, because somebody asked for it."""

    KIND = "printed"
    FIELDS = {"service": WORD, "number": NUMBER, "copy": bool, "up": COUNT, "at": MAYBE_COUNT}

    service: str
    number: int
    copy: bool = False


class PrintFailed(Event):
    """A ticket was given but its paper may not have come out."""

    KIND = "print_failed"
    FIELDS = {"service": WORD, "number": NUMBER, "reason": WORD, "up": COUNT, "at": MAYBE_COUNT}

    service: str
    number: int
    reason: str


class PaperSeen(Event):
    """The state of the roll changed."""

    KIND = "paper"
    FIELDS = {
        "state": ("ok", "low", "out", "unknown"),
        "metres_left": (Range(0, 1000), None),
        "up": COUNT,
        "at": MAYBE_COUNT,
    }

    state: str
    metres_left: "int | None" = None
