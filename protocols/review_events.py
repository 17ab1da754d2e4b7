"""What a supervisor decides of presses that were excluded; from a server's virtual device only."""

from protocols.event import Event
from protocols.message import COUNT, IDENTITY, MAYBE_COUNT, Text


class RatingsReviewed(Event):
    """The exclusion of a press, and of those excluded with it, was confirmed, or they count again; and why.

    `day` is the day of the press at the office, `by` the name under which the person signs in.
    """

    KIND = "review"
    FIELDS = {
        "press": IDENTITY,
        "day": Text(10),
        "decision": ("restore", "confirm"),
        "why": str,
        "by": Text(64),
        "up": COUNT,
        "at": MAYBE_COUNT,
    }

    press: str
    day: str
    decision: str
    why: str
    by: str
