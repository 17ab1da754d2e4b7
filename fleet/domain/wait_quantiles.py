"""How long half and nine of ten waited, with intervals, as it was and as if all places had the same people.

A standardised quantile is that of the weighted distribution: each stratum (a service at an hour) counts by how much of
the common mix it is. Intervals are those of Woodruff (1952, "Confidence intervals for medians and other position
measures", JASA 47, 635-646): the interval of the share that waited no longer, here Wilson's, read back as times. How
many people that share is of follows from its variance over strata, and from how alike the people of a day are
(`standardising.days_alike`). Times come in buckets, so all are right to 1 % (`times`), and an interval ends where its
buckets do.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fleet.domain.satisfaction import wilson
from fleet.domain.standardising import COVERED_AT_LEAST, LEAST
from fleet.domain.times import ENDS, STANDS_FOR, Times

HAIR = 1e-12


@dataclass(frozen=True)
class Quantile:
    """A time in seconds that a share of people did not wait longer than, with its interval of 95 %."""

    seconds: float
    low_s: float
    high_s: float


def quantile(times: Times, share: float, alike: float = 1.0) -> Quantile | None:
    """The quantile as it was; None of fewer than five."""
    n = times.n
    return of_strata([(times, 1.0)], share, alike) if n >= LEAST else None


def standardised(
    own: Mapping[str, Times], common: Mapping[str, int], share: float, alike: float = 1.0
) -> Quantile | None:
    """The quantile, had this place the common mix; None where less than half of that mix is covered."""
    among = [(its, float(common[at])) for at, its in own.items() if (n := its.n) >= LEAST and common[at] - n >= LEAST]
    if sum(weight for _, weight in among) < COVERED_AT_LEAST * sum(common.values()) or not among:
        return None
    return of_strata(among, share, alike)


def of_strata(strata: list[tuple[Times, float]], share: float, alike: float) -> Quantile:
    """The quantile of times by stratum, each with its weight."""
    whole = sum(weight for _, weight in strata)
    weights = np.array([weight / whole for _, weight in strata])
    counts = [its.counts for its, _ in strata]
    reached = np.zeros((len(counts), max(len(one) for one in counts)))
    for at, one in enumerate(counts):
        reached[at, : len(one)] = one
    n = reached.sum(axis=1)
    up_to = reached.cumsum(axis=1) / n[:, None]
    together = weights @ up_to
    at = bucket(together, share)
    those = up_to[:, at]
    variance = float((weights**2 * those * (1 - those) / n).sum()) * alike
    among = together[at] * (1 - together[at]) / variance if variance > 0 else 1 / ((weights**2 / n).sum() * alike)
    low, high = wilson(share * among, among)
    first, last = bucket(together, low), bucket(together, high)
    return Quantile(STANDS_FOR[at] / 1000, (ENDS[first - 1] / 1000 if first else 0.0), ENDS[last] / 1000)


def bucket(together: NDArray[np.float64], share: float) -> int:
    """The first bucket up to which at least this share waited."""
    return min(int(np.searchsorted(together, share - HAIR)), len(together) - 1)
