"""How long people waited on several days, in figures; and how far these would differ had the days been others.

Percentiles are those of all people of all days together. The longest wait is that of a day, on average over the days.
Intervals are of 95 %, from the percentile bootstrap (Efron and Tibshirani 1993) over whole days, since people of one
day wait for the same reasons; the same days are drawn before and after the change. Their ends are moved out for few
days as Hesterberg (2015, The American Statistician 69, 371-386) says. Of two days no interval is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from fleet.domain.shrinkage import beta_quantile

LEAST_PEOPLE = 5
# Of fewer a percentile tells how long somebody waited who may be known to whoever asks.
LEAST_DAYS = 3
# Of fewer nobody knows how days differ.
DRAWS = 400
SHARES = (0.5, 0.9)
OUTSIDE = 0.05
FIGURES = ("p50_min", "p90_min", "longest_min", "within")

Values = NDArray[np.float64]


@dataclass(frozen=True)
class WaitFigures:
    """The waits of `n` people. `within`: the share within the target of their service; `uncalled`: never called."""

    n: int
    mean_min: float
    p50_min: float
    p90_min: float
    longest_min: float
    within: float
    uncalled: int


@dataclass(frozen=True)
class Interval:
    """Between these two with a probability of 95 %."""

    low: float
    high: float


@dataclass(frozen=True)
class DayWaits:
    """The waits of one day, in the order of coming. Who was not called waited until the office closed."""

    came_min: Values
    waited_min: Values
    within: NDArray[np.bool_]
    uncalled: int


class ManyDays:
    """The waits of several days together."""

    def __init__(self, days: Sequence[DayWaits]) -> None:
        self.count = len(days)
        self.waited = np.concatenate([one.waited_min for one in days])
        self.came = np.concatenate([one.came_min for one in days])
        self.uncalled = sum(one.uncalled for one in days)
        self.longest = np.array([one.waited_min.max(initial=0.0) for one in days])
        self.in_time = np.array([float(one.within.sum()) for one in days])
        self.people = np.array([float(len(one.waited_min)) for one in days])
        of_day = np.repeat(np.arange(self.count), [len(one.waited_min) for one in days])
        order = np.argsort(self.waited, kind="stable")
        self.ordered, self.day_of_ordered = self.waited[order], of_day[order]

    def figures(self) -> WaitFigures | None:
        """Of all days; None of too few people."""
        n = len(self.waited)
        if n < LEAST_PEOPLE:
            return None
        p50, p90, longest, within = self.drawn(np.ones((1, self.count)))[0].tolist()
        return WaitFigures(n, float(self.waited.mean()), p50, p90, longest, within, self.uncalled)

    def drawn(self, times: Values) -> Values:
        """For each row of how often each day counts the four figures in the order of `FIGURES`."""
        reached = np.cumsum(times[:, self.day_of_ordered], axis=1)
        found = [self.ordered[(reached < share * reached[:, -1:]).sum(axis=1)] for share in SHARES]
        found += [times @ self.longest / times.sum(axis=1), times @ self.in_time / (times @ self.people)]
        return np.stack(found, axis=1)

    def by_half_hour(self, half_hours: int, step_min: float) -> list[tuple[int, float | None]]:
        """For each half hour of the day how many people came, and the wait that nine of ten of them did not exceed."""
        bins = np.minimum(self.came // step_min, half_hours - 1).astype(np.intp)
        found: list[tuple[int, float | None]] = []
        for place in range(half_hours):
            theirs = self.waited[bins == place]
            enough = len(theirs) >= LEAST_PEOPLE
            found.append(
                (len(theirs), float(np.quantile(theirs, SHARES[1], method="inverted_cdf")) if enough else None)
            )
        return found


def differences(before: ManyDays, after: ManyDays, chance: np.random.Generator) -> dict[str, Interval] | None:
    """For each figure between what its difference lies; None where there are too few days to know."""
    days = before.count
    if days < LEAST_DAYS or not (before.people.all() and after.people.all()):
        return None
    times = chance.multinomial(days, np.full(days, 1 / days), size=DRAWS).astype(np.float64)
    ends = moved_out(days)
    found = np.quantile(after.drawn(times) - before.drawn(times), [ends, 1 - ends], axis=0)
    return {name: Interval(*found[:, place].tolist()) for place, name in enumerate(FIGURES)}


def moved_out(days: int) -> float:
    """The share of draws below the interval: less than 2.5 % for few days, whose spread is known badly."""
    return NormalDist().cdf(-sqrt(days / (days - 1)) * student(days - 1))


def student(freedom: int) -> float:
    """How many standard errors hold 95 % of Student's distribution: t² = f (1 - x) / x for x of Beta(f / 2, 1 / 2)."""
    x = beta_quantile(OUTSIDE, freedom / 2, 0.5)
    return sqrt(freedom * (1 - x) / x)
