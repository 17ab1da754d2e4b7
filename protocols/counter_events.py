"""What a counter does with the resident whom it called."""

from protocols.event import MAYBE_NUMBER, Event
from protocols.message import COUNT, MAYBE_COUNT, MAYBE_WORD, NUMBER, WORD

OF_A_NUMBER_OR_NONE = {"service": MAYBE_WORD, "number": MAYBE_NUMBER, "up": COUNT, "at": MAYBE_COUNT}


class NumberCalled(Event):
    """A counter called the number that the fleet gave; or its reserve, while it was cut off. A visit opens."""

    KIND = "call"
    FIELDS = {"service": WORD, "number": NUMBER, "reserve": bool, "up": COUNT, "at": MAYBE_COUNT}

    service: str
    number: int
    reserve: bool = False


class NumberRecalled(Event):
    """The number was called once more."""

    KIND = "recall"
    FIELDS = OF_A_NUMBER_OR_NONE

    service: "str | None" = None
    number: "int | None" = None


class NoShow(Event):
    """Nobody came; the visit closes."""

    KIND = "no_show"
    FIELDS = OF_A_NUMBER_OR_NONE

    service: "str | None" = None
    number: "int | None" = None


class VisitFinished(Event):
    """The clerk is done with this resident; the visit closes and its rating is armed."""

    KIND = "finish"
    FIELDS = {"service": MAYBE_WORD, "number": MAYBE_NUMBER, "outcome": WORD, "up": COUNT, "at": MAYBE_COUNT}

    service: "str | None" = None
    number: "int | None" = None
    outcome: str = "done"
