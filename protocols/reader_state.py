"""What a barcode reader is told: what the fleet makes of a code, and how cards are hashed today."""

from protocols.message import COUNT, Message, Text


class Tone(Message):
    """A sound and lamp to give now."""

    FIELDS = {"tone": ("accepted", "unknown", "wrong", "due_soon"), "expires": COUNT}

    tone: str
    expires: int


class DayKey(Message):
    """The key of one office and day under which holders are hashed (hex); lives in RAM only."""

    FIELDS = {"day": Text(10), "key": Text(64), "since": COUNT, "expires": COUNT}

    day: str
    key: str
    since: int
    expires: int
