"""What technicians and updates do to a device."""

from protocols.event import Event
from protocols.message import COUNT, MAYBE_COUNT, WORD


class SelfTested(Event):
    """A part of the device was tried."""

    KIND = "selftest"
    FIELDS = {"part": WORD, "result": ("pass", "fail", "unknown"), "reason": str, "up": COUNT, "at": MAYBE_COUNT}

    part: str
    result: str
    reason: str = ""


class Updated(Event):
    """An update of the firmware ended, one way or the other."""

    KIND = "update"
    FIELDS = {
        "release": WORD,
        "result": ("confirmed", "returned", "refused"),
        "reason": str,
        "up": COUNT,
        "at": MAYBE_COUNT,
    }

    release: str
    result: str
    reason: str = ""
