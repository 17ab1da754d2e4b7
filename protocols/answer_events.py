"""What residents answer on the page of their ticket; from a server's virtual device only."""

from protocols.event import Event
from protocols.message import COUNT, IDENTITY, MAYBE_COUNT, Range


class QuestionAnswered(Event):
    """What a resident said of one criterion of the form of nine, in points: 0, 1 or 2.

    `finish` is the identity of the finish of the visit that it is about.
    """

    KIND = "answer"
    FIELDS = {
        "criterion": Range(1, 9),
        "points": Range(0, 2),
        "finish": IDENTITY,
        "up": COUNT,
        "at": MAYBE_COUNT,
    }

    criterion: int
    points: int
    finish: str
