"""Everything that can happen on a device, and what is said of it.

An event's `up` is milliseconds since the boot, `at` is UTC milliseconds or None while the device has no clock. Numbers
belong to a service and a day; a text is never a resident's name, number or address.
"""

from protocols.message import BIGGEST, Message, ProtocolError, Range, Text, described

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SERVICE = Text(32)
NUMBER = Range(1, 9999)
WORD = Text(32)
HOLDER = Text(16)
IDENTITY = Text(84)
UP = Range(0, BIGGEST)
AT = (Range(0, BIGGEST), None)


class Event(Message):
    """What all events share: when it happened."""

    up: int
    at: "int | None" = None


class TicketTaken(Event):
    """A resident took a number. `lease` is the right under which the printer gave it."""

    KIND = "ticket"
    FIELDS = {
        "service": SERVICE,
        "number": NUMBER,
        "lease": IDENTITY,
        "priority": WORD,
        "senior": bool,
        "holder": (HOLDER, None),
        "up": UP,
        "at": AT,
    }

    service: str
    number: int
    lease: str
    priority: str = ""
    senior: bool = False
    holder: "str | None" = None


class TicketPrinted(Event):
    """The paper left the printer."""

    KIND = "printed"
    FIELDS = {"service": SERVICE, "number": NUMBER, "up": UP, "at": AT}

    service: str
    number: int


class PrintFailed(Event):
    """A ticket was given but its paper may not have come out."""

    KIND = "print_failed"
    FIELDS = {"service": SERVICE, "number": NUMBER, "reason": WORD, "up": UP, "at": AT}

    service: str
    number: int
    reason: str


class PaperSeen(Event):
    """The state of the roll changed."""

    KIND = "paper"
    FIELDS = {"state": ("ok", "low", "out", "unknown"), "metres_left": (Range(0, 1000), None), "up": UP, "at": AT}

    state: str
    metres_left: "int | None" = None


class NumberAssigned(Event):
    """The fleet gave a number to a counter that asked for its next; from a server's virtual device only."""

    KIND = "assigned"
    FIELDS = {"service": SERVICE, "number": NUMBER, "counter": WORD, "want": (int, None), "up": UP, "at": AT}

    service: str
    number: int
    counter: str
    want: "int | None" = None


class NumberCalled(Event):
    """A counter called the number that the fleet or its reserve gave; a visit opens."""

    KIND = "call"
    FIELDS = {"service": SERVICE, "number": NUMBER, "up": UP, "at": AT}

    service: str
    number: int


class NumberRecalled(Event):
    """The number was called once more."""

    KIND = "recall"
    FIELDS = {"service": (SERVICE, None), "number": (NUMBER, None), "up": UP, "at": AT}

    service: "str | None" = None
    number: "int | None" = None


class NoShow(Event):
    """Nobody came; the visit closes."""

    KIND = "no_show"
    FIELDS = {"service": (SERVICE, None), "number": (NUMBER, None), "up": UP, "at": AT}

    service: "str | None" = None
    number: "int | None" = None


class VisitFinished(Event):
    """The clerk is done with this resident; the visit closes and its rating is armed."""

    KIND = "finish"
    FIELDS = {"service": (SERVICE, None), "number": (NUMBER, None), "outcome": WORD, "up": UP, "at": AT}

    service: "str | None" = None
    number: "int | None" = None
    outcome: str = "done"


class Transferred(Event):
    """The resident was sent on to another service or counter, keeping the number."""

    KIND = "transfer"
    FIELDS = {
        "service": (SERVICE, None),
        "number": (NUMBER, None),
        "to_service": (SERVICE, None),
        "to_counter": (WORD, None),
        "reason": WORD,
        "up": UP,
        "at": AT,
    }

    service: "str | None" = None
    number: "int | None" = None
    to_service: "str | None" = None
    to_counter: "str | None" = None
    reason: str = ""


class Parked(Event):
    """The resident was set aside to come back to this counter."""

    KIND = "park"
    FIELDS = {"service": (SERVICE, None), "number": (NUMBER, None), "reason": WORD, "up": UP, "at": AT}

    service: "str | None" = None
    number: "int | None" = None
    reason: str = ""


class Resumed(Event):
    """A parked resident is served again, or (without a number) a paused counter works again."""

    KIND = "resume"
    FIELDS = {"service": (SERVICE, None), "number": (NUMBER, None), "up": UP, "at": AT}

    service: "str | None" = None
    number: "int | None" = None


class Paused(Event):
    """The counter stops calling for a while."""

    KIND = "pause"
    FIELDS = {"reason": WORD, "up": UP, "at": AT}

    reason: str = ""


class CodeScanned(Event):
    """The reader read something. A code is kept only of dossiers and tickets, a holder's hash only of citizens."""

    KIND = "scan"
    FIELDS = {
        "what": ("dossier", "ticket", "badge", "citizen", "unknown"),
        "code": (Text(64), None),
        "holder": (HOLDER, None),
        "senior": bool,
        "length": (Range(0, 4096), None),
        "symbology": (Text(16), None),
        "up": UP,
        "at": AT,
    }

    what: str
    code: "str | None" = None
    holder: "str | None" = None
    senior: bool = False
    length: "int | None" = None
    symbology: "str | None" = None


class RatingGiven(Event):
    """A visitor pressed a rating button. `score` counts from 1, the worst, to `scale`, the best."""

    KIND = "rating"
    FIELDS = {
        "score": Range(1, 10),
        "scale": Range(2, 10),
        "scale_version": Range(1, 999),
        "armed": (IDENTITY, None),
        "held_ms": (Range(0, BIGGEST), None),
        "up": UP,
        "at": AT,
    }

    score: int
    scale: int
    scale_version: int = 1
    armed: "str | None" = None
    held_ms: "int | None" = None


class RatingReason(Event):
    """What the visitor said was the cause, after a rating."""

    KIND = "rating_reason"
    FIELDS = {"reason": WORD, "armed": (IDENTITY, None), "up": UP, "at": AT}

    reason: str
    armed: "str | None" = None


class Booted(Event):
    """The firmware started."""

    KIND = "boot"
    FIELDS = {"reason": WORD, "firmware": WORD, "up": UP, "at": AT}

    reason: str
    firmware: str = ""


class FaultSeen(Event):
    """A part of the device failed."""

    KIND = "fault"
    FIELDS = {"part": WORD, "reason": str, "up": UP, "at": AT}

    part: str
    reason: str


class SelfTested(Event):
    """A part of the device was tried."""

    KIND = "selftest"
    FIELDS = {"part": WORD, "result": ("pass", "fail", "unknown"), "reason": str, "up": UP, "at": AT}

    part: str
    result: str
    reason: str = ""


class Updated(Event):
    """An update of the firmware ended, one way or the other."""

    KIND = "update"
    FIELDS = {"release": WORD, "result": ("confirmed", "returned", "refused"), "reason": str, "up": UP, "at": AT}

    release: str
    result: str
    reason: str = ""


EVENTS: "dict[str, type[Event]]" = {
    event.KIND: event
    for event in (
        TicketTaken,
        TicketPrinted,
        PrintFailed,
        PaperSeen,
        NumberAssigned,
        NumberCalled,
        NumberRecalled,
        NoShow,
        VisitFinished,
        Transferred,
        Parked,
        Resumed,
        Paused,
        CodeScanned,
        RatingGiven,
        RatingReason,
        Booted,
        FaultSeen,
        SelfTested,
        Updated,
    )
}


def decode_event(data: "dict[str, Any]") -> Event:
    """The event that decoded JSON with its `kind` says, or a ProtocolError."""
    kind = data.get("kind")
    if type(kind) is not str or kind not in EVENTS:
        raise ProtocolError("event.kind", "one of the known kinds", kind)
    event = EVENTS[kind].from_dict(data)
    if isinstance(event, RatingGiven) and event.score > event.scale:
        raise ProtocolError("rating.score", described(Range(1, event.scale)), event.score)
    return event


def encode_event(event: Event) -> "dict[str, Any]":
    """Plain values of the event with its `kind`; the opposite of decode_event."""
    data = event.to_dict()
    data["kind"] = event.KIND
    return data
