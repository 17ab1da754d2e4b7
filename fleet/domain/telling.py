"""How a wait is told to a person: half wait less than this, "có thể tới" that; in steps of five minutes.

For somebody who was told before, the moment at which they are to be called does not move back by more than five
minutes without a word on why; and by less it does not move back at all.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from fleet.domain.spread import Spread

STEP_MIN = 5
SOON_MIN = 5
JUMP_MIN = 5.0
MOST_MIN = 1440
LIKELY_CALLED = 0.9
# Less likely than this to be called before the office closes, and that is said.


class Cause(StrEnum):
    """Why somebody waits longer than they were told."""

    NONE = ""
    FEWER_COUNTERS = "fewer_counters"
    OTHERS_FIRST = "others_first"
    LONGER_VISITS = "longer_visits"


@dataclass(frozen=True)
class Told:
    """What somebody is told. `p50` zero: it is their turn soon. `cause`: why it is later than they heard before."""

    made_ms: int
    spread: Spread
    counters: int
    ahead: int
    cause: Cause = Cause.NONE

    @property
    def p50(self) -> int:
        """Minutes, rounded up to five; 0 where it is less than five."""
        return 0 if self.spread.middle < SOON_MIN else rounded(self.spread.middle)

    @property
    def p90(self) -> int:
        """Up to so many minutes it may be; never less than what is told first."""
        return max(rounded(self.spread.high), self.p50)

    @property
    def may_close(self) -> bool:
        """Whether the office may close before the turn comes."""
        return self.spread.called < LIKELY_CALLED


def rounded(minutes: float) -> int:
    """Up to the next five minutes, within a day."""
    return min(ceil(minutes / STEP_MIN) * STEP_MIN, MOST_MIN)


def tell(before: Told | None, now: Told) -> Told:
    """What a person hears now who heard that before."""
    if before is None:
        return now
    passed_min = (now.made_ms - before.made_ms) / 60_000
    expected = max(before.spread.middle - passed_min, 0.0)
    later_min = now.spread.middle - expected
    if later_min <= 0:
        return now
    if later_min <= JUMP_MIN:
        held = Spread(min(now.spread.low, expected), expected, now.spread.high, now.spread.called)
        return Told(now.made_ms, held, now.counters, now.ahead, before.cause)
    return Told(now.made_ms, now.spread, now.counters, now.ahead, why(before, now))


def why(before: Told, now: Told) -> Cause:
    """What has changed for the worse."""
    if now.counters < before.counters:
        return Cause.FEWER_COUNTERS
    return Cause.OTHERS_FIRST if now.ahead > before.ahead else Cause.LONGER_VISITS
