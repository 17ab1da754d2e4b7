"""Which presses are excluded from scores, and why; a supervisor may restore or confirm what was excluded.

Nothing is deleted: an excluded press stays with the code of its reason, for which pages have a sentence in every
language. Bursts alone are excluded. What merely looks strange (`peers.py`) is shown to a supervisor and counts.

A review names a press of what it is about, so it holds even if a late press makes the burst longer. Of several reviews
of one burst the last one holds. All of it is a function of the sets of presses and reviews.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.domain.bursts import Burst, Pressed, bursts

RULES = 2
# Raise it when the same presses would be judged otherwise: days are examined anew.

BURST = "burst"

RESTORE = "restore"
CONFIRM = "confirm"


@dataclass(frozen=True)
class Decision:
    """What a person decides of the exclusion that begins with this press, on this day of the office, and why."""

    press: str
    day: str
    decision: str
    why: str
    by: str


@dataclass(frozen=True)
class Review:
    """What a supervisor decided of an exclusion, named by one of its presses; `id` is the event's identity."""

    id: str
    press: str
    decision: str
    why: str
    by: str
    at_ms: int


@dataclass(frozen=True)
class Exclusion:
    """Presses that were excluded together, and what was decided of it since. `code` is the reason."""

    code: str
    burst: Burst
    review: Review | None = None

    @property
    def id(self) -> str:
        """It goes by its first press."""
        return self.burst.id

    @property
    def stands(self) -> bool:
        """Whether its presses are kept out of scores."""
        return self.review is None or self.review.decision != RESTORE


def exclusions(
    pressed: Iterable[Pressed], open_ms: int, reviews: Iterable[Review] = (), pace: float = 1.0
) -> list[Exclusion]:
    """What of these presses is excluded, or was and is restored; by device and time. `pace`: see `bursts`."""
    decided = sorted(set(reviews), key=lambda review: (review.at_ms, review.id))
    found = []
    for burst in bursts(pressed, open_ms, pace):
        of_burst = [review for review in decided if review.press in burst.presses]
        found.append(Exclusion(BURST, burst, of_burst[-1] if of_burst else None))
    return found
