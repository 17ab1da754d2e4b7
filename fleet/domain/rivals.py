"""How other systems say how long somebody will wait. We are judged beside them.

A constant for each who is ahead, shared over the counters (12 minutes, as the municipal system of a large city has it);
the mean of all visits so far instead of the constant; the wait of whoever was called last (LES); that of whoever is
first in line now (HOL); the mean of the last ten waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

CONSTANT_MIN = 12.0
LAST_WAITS = 10


@dataclass(frozen=True)
class Seen:
    """What a simple system knows at a moment. `waits` of people without priority today, in the order of their calls."""

    waiting: int
    serving: int
    open_counters: int
    mean_visit_min: float
    first_in_line_min: float | None
    waits: Sequence[float]


NAMED = ("constant", "mean", "last_wait", "first_in_line", "last_ten")
STRICTER = ("constant_all", "mean_all")
# Other readings of the first two, with those at the counters among the people ahead: harder to beat where few wait.
NAMES = (*NAMED, *STRICTER)


def rivals(seen: Seen) -> dict[str, float]:
    """What each of them says, in minutes; `_all` counts those at the counters among those who are ahead."""
    counters = max(seen.open_counters, 1)
    last = list(seen.waits[-LAST_WAITS:])
    return {
        "constant": CONSTANT_MIN * seen.waiting / counters,
        "constant_all": CONSTANT_MIN * (seen.waiting + seen.serving) / counters,
        "mean": seen.mean_visit_min * seen.waiting / counters,
        "mean_all": seen.mean_visit_min * (seen.waiting + seen.serving) / counters,
        "last_wait": last[-1] if last else 0.0,
        "first_in_line": seen.first_in_line_min or 0.0,
        "last_ten": sum(last) / len(last) if last else 0.0,
    }
