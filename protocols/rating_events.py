"""What rating buttons tell."""

from protocols.event import Event
from protocols.message import COUNT, IDENTITY, MAYBE_COUNT, WORD, Range


class RatingGiven(Event):
    """A visitor pressed a rating button. `score` counts from 1, the worst, to `scale`, the best."""

    KIND = "rating"
    FIELDS = {
        "score": Range(1, 10),
        "scale": Range(2, 10),
        "scale_version": Range(1, 999),
        "armed": (IDENTITY, None),
        "held_ms": MAYBE_COUNT,
        "up": COUNT,
        "at": MAYBE_COUNT,
    }

    score: int
    scale: int
    scale_version: int = 1
    armed: "str | None" = None
    held_ms: "int | None" = None


class RatingReason(Event):
    """What the visitor said was the cause, after a rating: `rating` is the identity of that press."""

    KIND = "rating_reason"
    FIELDS = {
        "reason": WORD,
        "armed": (IDENTITY, None),
        "rating": (IDENTITY, None),
        "up": COUNT,
        "at": MAYBE_COUNT,
    }

    reason: str
    armed: "str | None" = None
    rating: "str | None" = None
