"""Who is surely better or worse than all together, where many are compared at once.

Of a hundred offices that are all alike, five lie outside of limits of 95 % by chance. So chances are corrected as
Benjamini and Hochberg did (1995, J. R. Stat. Soc. B 57, 289-300): of those who are called better or worse, no more than
5 % are so called wrongly. Offices are held against what all of them share, so they differ in opposite directions when
one of them moves; the false share stays below its bound all the same (simulated: `test_comparing.py`).
A difference that is sure, but smaller than anybody would act on, makes no group.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import erfc, exp, lgamma, sqrt
from statistics import NormalDist

import numpy as np

from fleet.domain.standardising import Counts, Excess, Strata

FALSE_AT_MOST = 0.05
RELEVANT = 0.02
# Two of a hundred people.
ENOUGH = 5
LIKELIEST_Z = 37.0
# Beyond this a chance is too small for a number.
ALIKE = 1e-7
EXACT_UP_TO = 2_000
# Above this many people in all the distribution of so rare an outcome is not summed up.


class Group(StrEnum):
    """What may be said of a place."""

    BETTER = "better"
    ALIKE = "alike"
    WORSE = "worse"
    FEW = "few"
    """Too few to be judged."""


def corrected(chances: Sequence[float]) -> list[float]:
    """Each chance, corrected for how many there are: the smallest false share at which it would be called."""
    ordered = sorted(range(len(chances)), key=lambda at: chances[at], reverse=True)
    found, lowest = [1.0] * len(chances), 1.0
    for rank, at in zip(range(len(chances), 0, -1), ordered, strict=True):
        lowest = min(lowest, chances[at] * len(chances) / rank)
        found[at] = lowest
    return found


def group_of(chance: float, difference: float) -> Group:
    """The group of a place by its corrected chance and by how much better it is."""
    if chance > FALSE_AT_MOST or abs(difference) < RELEVANT:
        return Group.ALIKE
    return Group.BETTER if difference > 0 else Group.WORSE


def chance_of(z: float) -> float:
    """How likely a difference of so many standard deviations is by chance, on either side."""
    return erfc(abs(z) / sqrt(2))


def deviation(own: Strata, common: Strata, excess: Excess) -> float:
    """By how many standard deviations a place differs from what was to be expected.

    Where so little is expected that the normal distribution would be wrong (Mantel and Fleiss 1980, Am. J. Epidemiol.
    112, 129-134: fewer than five on a side), the chance is summed up exactly: of all ways to share out what each
    stratum has, as in Fisher's test.
    """
    difference = excess.observed - excess.expected
    if excess.variance <= 0:
        return 0.0
    most = sum(min(n, common[at][0]) for at, (_, n) in own.items())
    least = sum(max(0, n + common[at][0] - common[at][1]) for at, (_, n) in own.items())
    if min(most - excess.expected, excess.expected - least) >= ENOUGH or excess.n > EXACT_UP_TO:
        return difference / sqrt(excess.variance)
    chance = exact_chance([(own[at], common[at]) for at in sorted(own)])
    z = LIKELIEST_Z if chance <= 0 else -NormalDist().inv_cdf(min(1.0 - 1e-15, max(chance, 1e-290)) / 2)
    return z if difference > 0 else -z


def exact_chance(strata: Sequence[tuple[Counts, Counts]]) -> float:
    """How likely a count is that is no likelier than this one, with (own, common) of each stratum."""
    ways = np.ones(1)
    lowest = 0
    for (_, n), (all_k, all_n) in strata:
        first, last = max(0, n + all_k - all_n), min(n, all_k)
        ways = np.convolve(ways, [shared_out(k, n, all_k, all_n) for k in range(first, last + 1)])
        lowest += first
    found = ways[sum(k for (k, _), _ in strata) - lowest]
    return float(min(1.0, ways[ways <= found * (1 + ALIKE)].sum()))


def shared_out(k: int, n: int, all_k: int, all_n: int) -> float:
    """The chance that k of these n are among those that were reached, who are `all_k` of `all_n`."""
    return exp(choose(all_k, k) + choose(all_n - all_k, n - k) - choose(all_n, n))


def choose(n: int, k: int) -> float:
    """The logarithm of the number of ways to choose k of n."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
