"""What every device tells of itself."""

from protocols.event import Event
from protocols.message import COUNT, MAYBE_COUNT, WORD


class Booted(Event):
    """The firmware started."""

    KIND = "boot"
    FIELDS = {"reason": WORD, "firmware": WORD, "up": COUNT, "at": MAYBE_COUNT}

    reason: str
    firmware: str = ""


class FaultSeen(Event):
    """A part of the device failed."""

    KIND = "fault"
    FIELDS = {"part": WORD, "reason": str, "up": COUNT, "at": MAYBE_COUNT}

    part: str
    reason: str
