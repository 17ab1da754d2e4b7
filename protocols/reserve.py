"""What a keypad says of its reserve. It lies apart, for a device says it in plain values and loads no class for it."""

from protocols.message import COUNT, Message


class ReserveHeld(Message):
    """The keypad holds this reserve and no earlier one, and all that it has called before is stored."""

    FIELDS = {"id": COUNT}

    id: int
