"""What those who did not rate may have thought: bounds that nobody can argue with, and a weighing that one can.

`bounds` (Manski 1989, J. Hum. Resources 24, 343-360): had all others been dissatisfied, or all satisfied. `weighed`: if
those who did not rate think as those of the same group who did (post-stratification, Holt and Smith 1979, J. R. Stat.
Soc. A 142, 33-46), each group counts by whom it served and not by who rated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 5
# A group with fewer ratings says nothing of its others.


@dataclass(frozen=True)
class Bounds:
    """The share of satisfied people among all who were served, at worst and at best."""

    low: float
    high: float


def bounds(positive: int, rated: int, served: int) -> Bounds | None:
    """Of `served` people `rated` rated, `positive` of them satisfied; None of nobody."""
    served = max(served, rated)  # a rating may come of a visit whose finish never arrived
    return Bounds(positive / served, (positive + served - rated) / served) if served else None


def weighed(groups: Sequence[tuple[int, int, int]]) -> tuple[float, float] | None:
    """The weighed share over groups (positive, rated, served), and what part of all served people it speaks for."""
    told = [(k, n, max(served, n)) for k, n, served in groups if n >= LEAST]
    spoken_for = sum(served for _, _, served in told)
    if not spoken_for:
        return None
    everybody = sum(max(served, n) for _, n, served in groups)
    return sum(k / n * served for k, n, served in told) / spoken_for, spoken_for / everybody
