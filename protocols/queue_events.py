"""What else happens to a queue: a number given, a resident sent on or set aside, a counter that pauses."""

from protocols.counter_events import OF_A_NUMBER_OR_NONE
from protocols.event import MAYBE_NUMBER, Event
from protocols.message import COUNT, MAYBE_COUNT, MAYBE_WORD, NUMBER, WORD


class NumberAssigned(Event):
    """The fleet gave a number to a counter that asked for its next; from a server's virtual device only."""

    KIND = "assigned"
    FIELDS = {"service": WORD, "number": NUMBER, "counter": WORD, "want": (int, None), "up": COUNT, "at": MAYBE_COUNT}

    service: str
    number: int
    counter: str
    want: "int | None" = None


class Transferred(Event):
    """The resident was sent on to another service or counter, keeping the number."""

    KIND = "transfer"
    FIELDS = {
        "service": MAYBE_WORD,
        "number": MAYBE_NUMBER,
        "to_service": MAYBE_WORD,
        "to_counter": MAYBE_WORD,
        "reason": WORD,
        "up": COUNT,
        "at": MAYBE_COUNT,
    }

    service: "str | None" = None
    number: "int | None" = None
    to_service: "str | None" = None
    to_counter: "str | None" = None
    reason: str = ""


class Parked(Event):
    """The resident was set aside to come back to this counter."""

    KIND = "park"
    FIELDS = {"service": MAYBE_WORD, "number": MAYBE_NUMBER, "reason": WORD, "up": COUNT, "at": MAYBE_COUNT}

    service: "str | None" = None
    number: "int | None" = None
    reason: str = ""


class Resumed(Event):
    """A parked resident is served again, or (without a number) a paused counter works again."""

    KIND = "resume"
    FIELDS = OF_A_NUMBER_OR_NONE

    service: "str | None" = None
    number: "int | None" = None


class Paused(Event):
    """The counter stops calling for a while."""

    KIND = "pause"
    FIELDS = {"reason": WORD, "up": COUNT, "at": MAYBE_COUNT}

    reason: str = ""
