"""After a rating that says something was wrong the buttons ask what: for some seconds each is a reason.

They are reasons from the end of the thanks on, so that who presses the same button twice or three times, as people do,
has not given a reason. A press belongs to the moment in which it went down. Whatever goes down before the question is
over is a reason of that rating and no other rating; the fleet takes the first.

A device needs this only while it asks.
"""

from protocols.rating import Rating
from protocols.rating_events import RatingReason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from protocols.rating_events import RatingGiven


def ask(told: "dict[str, Any]", given: "RatingGiven", identity: str, up: int, thanks_ms: int) -> "AskingReasons | None":
    """The question that follows this rating; None if none does. `told`: the rating's part of the configuration."""
    rating = Rating.from_dict(dict(told))
    after = rating.scores or range(1, given.scale // 2 + 1)
    if given.score not in after:
        return None
    begins = up + thanks_ms
    return AskingReasons(rating.reasons[: given.scale], identity, given.armed, begins, begins + rating.wait_s * 1000)


class AskingReasons:
    """One question, after one rating. Times are milliseconds since boot."""

    def __init__(self, reasons: "list[str]", rating: str, armed: "str | None", begins: int, ends: int) -> None:
        self.reasons = reasons
        self.ends = ends
        self._begins = begins
        self._rating = rating
        self._armed = armed

    def is_reason(self, score: int, down: int) -> bool:
        """Whether a press of this key, which went down then, is a reason."""
        return self._begins <= down < self.ends and score <= len(self.reasons)

    def invites(self, up: int) -> bool:
        """Whether the lamps of the reasons say so now."""
        return self._begins <= up < self.ends

    def end(self, up: int) -> None:
        """It was answered, or somebody else stands there: what goes down from now on is no reason."""
        self.ends = min(self.ends, up)

    def due_ms(self, up: int) -> int:
        """How long until it begins or ends; 0 once it is over."""
        return max(0, (self._begins if up < min(self._begins, self.ends) else self.ends) - up)

    def reason(self, score: int, up: int, at: "int | None") -> RatingReason:
        """The event of a press."""
        return RatingReason(reason=self.reasons[score - 1], armed=self._armed, rating=self._rating, up=up, at=at)
