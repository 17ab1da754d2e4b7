"""The rating buttons' part of `down/config`: whether a rating is followed by a question for its reason."""

from protocols.message import WORD, Message, Range


class Rating(Message):
    """What follows a rating. `reasons`: codes such as `long_wait`, a button each from the worst score's on.

    Without reasons nothing follows. `scores`: after which scores it is asked; none: after the lower half. `wait_s`: how
    long the buttons are reasons.
    """

    FIELDS = {"reasons": [WORD], "scores": [Range(1, 5)], "wait_s": Range(3, 30)}

    reasons: "list[str]" = []
    scores: "list[int]" = []
    wait_s: int = 8
