"""What rating buttons are told: which visit is rated now."""

from protocols.message import COUNT, IDENTITY, Message


class Armed(Message):
    """The next press rates the visit that this finish closed."""

    FIELDS = {"finish": IDENTITY, "expires": COUNT}

    finish: str
    expires: int
