"""What a barcode reader is told: what the fleet makes of a code, and how cards are hashed today."""

from protocols.message import COUNT, Message, Text


class Tone(Message):
    """A sound and lamp to give now.

    `because` says what a dossier warns of where that is not that it is due soon: it is late, or more was asked for once
    already, so that a second time would make it late. A device that does not know the field warns all the same.
    """

    FIELDS = {
        "tone": ("accepted", "unknown", "wrong", "due_soon"),
        "because": ("overdue", "supplemented", None),
        "expires": COUNT,
    }

    tone: str
    because: "str | None" = None
    expires: int


class DayKey(Message):
    """The key of one office and day under which holders are hashed (hex); lives in RAM only."""

    FIELDS = {"day": Text(10), "key": Text(64), "since": COUNT, "expires": COUNT}

    day: str
    key: str
    since: int
    expires: int
