"""What happens to numbers on pages, in the lobby and by rules; from a server's virtual device only."""

from protocols.event import Event
from protocols.message import COUNT, IDENTITY, MAYBE_COUNT, MAYBE_WORD, NUMBER, WORD

OF_A_NUMBER = {"service": WORD, "number": NUMBER, "up": COUNT, "at": MAYBE_COUNT}


class CheckedIn(Event):
    """Somebody with an appointment is there: the number that was booked waits. `due` is its time, UTC milliseconds."""

    KIND = "check_in"
    FIELDS = {
        "service": WORD,
        "number": NUMBER,
        "lease": IDENTITY,
        "due": COUNT,
        "up": COUNT,
        "at": MAYBE_COUNT,
    }

    service: str
    number: int
    lease: str
    due: int


class Returned(Event):
    """Somebody who did not answer the call is there again: the number waits, behind all who wait now."""

    KIND = "return"
    FIELDS = OF_A_NUMBER

    service: str
    number: int


class Replaced(Event):
    """One live number for each holder and service. `by`: this number gave way to that later one of its holder.

    `since`: this number took the place of an earlier one, which had waited since then (UTC milliseconds).
    """

    KIND = "replace"
    FIELDS = {
        "service": WORD,
        "number": NUMBER,
        "by": (NUMBER, None),
        "since": MAYBE_COUNT,
        "up": COUNT,
        "at": MAYBE_COUNT,
    }

    service: str
    number: int
    by: "int | None" = None
    since: "int | None" = None


class DayClosed(Event):
    """The day is over for somebody who still waits: no counter calls this number any more."""

    KIND = "day_closed"
    FIELDS = OF_A_NUMBER

    service: str
    number: int


class WentOn(Event):
    """At this counter one service is done, and another one of the same resident begins: nobody waits in between."""

    KIND = "go_on"
    FIELDS = {
        "service": MAYBE_WORD,
        "number": (NUMBER, None),
        "to_service": WORD,
        "up": COUNT,
        "at": MAYBE_COUNT,
    }

    service: "str | None" = None
    number: "int | None" = None
    to_service: str


class Undone(Event):
    """The last step of a counter was taken back. `step` is the identity of its event."""

    KIND = "undo"
    FIELDS = {"step": IDENTITY, "up": COUNT, "at": MAYBE_COUNT}

    step: str
