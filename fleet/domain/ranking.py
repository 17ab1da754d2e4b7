"""Who is ranked by satisfaction, and in what order: by what is surely so, never of few ratings.

The order is that of the lower end of Wilson's 95 % interval (`satisfaction.wilson`), so nobody leads by luck. Two
neighbours whose intervals overlap share a place: that one is better than the other, nobody knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.domain.satisfaction import wilson

LEAST = 20
# At nineteen satisfied of twenty the interval still is 22 points wide.


@dataclass(frozen=True)
class Ranked:
    """Somebody's share with its interval. `place` None: too few ratings for one."""

    who: str
    positive: int
    n: int
    low: float
    high: float
    place: int | None


def ranked(counts: Iterable[tuple[str, int, int]], least: int = LEAST) -> list[Ranked]:
    """(who, positive, n) in order of rank; those of too few ratings behind, those of none not at all."""
    rows = [(who, k, n, *wilson(k, n)) for who, k, n in counts if n]
    enough = sorted((row for row in rows if row[2] >= least), key=lambda row: (-row[3], -row[2], row[0]))
    few = sorted((row for row in rows if row[2] < least), key=lambda row: (-row[2], row[0]))
    found: list[Ranked] = []
    place, leader_low = 0, 0.0
    for at, (who, k, n, low, high) in enumerate(enough, 1):
        if not found or high < leader_low:
            place, leader_low = at, low
        found.append(Ranked(who, k, n, low, high, place))
    return found + [Ranked(*row, None) for row in few]
