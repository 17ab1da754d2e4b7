"""What a counter is told: whom it calls, and whom while it is cut off."""

from protocols.message import COUNT, MAYBE_COUNT, MAYBE_WORD, NUMBER, WORD, Message, Text


class TicketNumber(Message):
    """A number of a service; `label` is how it is shown, where that is not known there."""

    FIELDS = {"service": WORD, "number": NUMBER, "label": Text(8)}

    service: str
    number: int
    label: str = ""


class Reserve(Message):
    """Numbers that only this counter may call while it is cut off, instead of those that it was told before.

    The keypad says `id` on `up/reserve` once all that it called is stored; before that nobody else gets these numbers.
    """

    FIELDS = {"id": COUNT, "numbers": [TicketNumber], "expires": COUNT}

    id: int = 0
    numbers: "list[TicketNumber]"
    expires: int


class Show(Message):
    """What a keypad shows. `want` names the wish that it answers; then `number` null: nobody is to be called.

    In that case the label says why, in a word; empty: nobody waits. With neither wish nor number the label is who is
    signed in at the counter, which a keypad shows while it serves nobody; empty: nobody is.

    `doing`: no answer, but what a program has just made the counter do, with this number if any.
    """

    FIELDS = {
        "service": MAYBE_WORD,
        "number": (NUMBER, None),
        "label": Text(8),
        "want": MAYBE_COUNT,
        "doing": ("serving", "free", "parked", "paused", None),
        "expires": COUNT,
    }

    service: "str | None" = None
    number: "int | None" = None
    label: str = ""
    want: "int | None" = None
    doing: "str | None" = None
    expires: int
