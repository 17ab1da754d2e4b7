"""Shares of places that serve different people at different hours, as if all served the same: standardisation.

Both ways divide what was done into strata (a service; a service at some hours of the day) and hold each stratum against
the same stratum elsewhere.

- `direct`: the place's own shares, each weighted by how much of the *common* mix its stratum is. The interval is the
  stratified Wilson interval (Yan and Su 2010, "Stratified Wilson and Newcombe confidence intervals for multiple
  binomial proportions", Statistics in Biopharmaceutical Research 2, 329-335); with one stratum it is Wilson's own. It
  needs several people in every stratum, so strata of fewer than `LEAST`, here or elsewhere, are left out, and it is
  said how much of the mix is left.
- `indirect`: what was counted beside what would have been, had all shared the common share of their stratum. Nothing
  need be left out, so small places are judged by it. With the variance of Mantel and Haenszel (1959, J. Natl. Cancer
  Inst. 22, 719-748) the difference in standard deviations is the root of their statistic: this place against all
  others. The common shares have the place itself in them, and the variance allows for that.

People of one day are alike, since they wait behind the same queue: `days_alike` says by how much an interval must
widen, and counts are divided by it (Rao and Scott 1992, "A simple method for the analysis of clustered binary data",
Biometrics 48, 577-585).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from fleet.domain.satisfaction import Z_95, wilson

LEAST = 5
# Of fewer a share is nobody's but theirs.
COVERED_AT_LEAST = 0.5
# Of less than half of the common mix a figure tells of another kind of place.
LEAST_DAYS = 10
# Of fewer days nobody knows how alike the people of a day are.

Counts = tuple[int, int]
Strata = Mapping[str, Counts]
# What was reached, of how many; by stratum.


@dataclass(frozen=True)
class Share:
    """A share with its interval of 95 %."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Excess:
    """What was counted of n, what was to be expected, and the variance of the difference by chance."""

    observed: int
    expected: float
    variance: float
    n: int


def plain(k: int, n: int, alike: float = 1.0) -> Share:
    """The share as it is."""
    return Share(k / n, *wilson(k / alike, n / alike))


def usable(own: Strata, common: Strata) -> list[str]:
    """The strata in which this place and all others together have enough for a comparison."""
    return sorted(at for at, (_, n) in own.items() if n >= LEAST and common[at][1] - n >= LEAST)


def covered(own: Strata, common: Strata) -> tuple[float, float]:
    """How much of the common mix, and of this place's own, lies in strata that can be compared."""
    among = usable(own, common)
    everything, mine = sum(n for _, n in common.values()), sum(n for _, n in own.values())
    return (
        sum(common[at][1] for at in among) / everything if everything else 0.0,
        sum(own[at][1] for at in among) / mine if mine else 0.0,
    )


def direct(own: Strata, common: Strata, alike: float = 1.0) -> Share | None:
    """This place's share, had it the common mix; None where too little of the mix is covered."""
    among = usable(own, common)
    if not among or covered(own, common)[0] < COVERED_AT_LEAST:
        return None
    whole = sum(common[at][1] for at in among)
    weights = [common[at][1] / whole for at in among]
    counts = [own[at] for at in among]
    share = sum(weight * k / n for weight, (k, n) in zip(weights, counts, strict=True))
    z = z_of_strata(weights, counts)
    ends = [wilson(k / alike, n / alike, z) for k, n in counts]
    low, high = (sum(w * end[side] for w, end in zip(weights, ends, strict=True)) for side in (0, 1))
    return Share(share, min(low, share), max(high, share))


def z_of_strata(weights: Sequence[float], counts: Sequence[Counts]) -> float:
    """How many standard deviations each stratum's interval is wide, so that the weighted sum of them holds 95 %.

    A stratum in which all were alike is taken for one in which half a person was not.
    """
    spreads = []
    for k, n in counts:
        share = k / n if 0 < k < n else (k + 0.5) / (n + 1)
        spreads.append(sqrt(share * (1 - share) / n))
    together = sqrt(sum((w * s) ** 2 for w, s in zip(weights, spreads, strict=True)))
    return Z_95 * together / sum(w * s for w, s in zip(weights, spreads, strict=True))


def indirect(own: Strata, common: Strata) -> Excess:
    """What was counted here beside what the common shares promise."""
    expected = variance = 0.0
    for at, (_, n) in own.items():
        all_k, all_n = common[at]
        expected += n * all_k / all_n if all_n else 0.0
        if all_n > 1:
            variance += n * (all_n - n) * all_k * (all_n - all_k) / (all_n**2 * (all_n - 1))
    return Excess(sum(k for k, _ in own.values()), expected, variance, sum(n for _, n in own.values()))


def common_of(places: Sequence[Strata]) -> dict[str, Counts]:
    """All places together, by stratum."""
    found: dict[str, Counts] = {}
    for own in places:
        for at, (k, n) in own.items():
            known = found.get(at, (0, 0))
            found[at] = (known[0] + k, known[1] + n)
    return found


def days_alike(days: Sequence[Counts]) -> float | None:
    """How many times wider the variance of a share is than if everybody were alone; None of too few days.

    The variance between days by that of a ratio (Cochran 1977, Sampling Techniques, 3rd edition, 6.3), never below 1.
    """
    held = [(k, n) for k, n in days if n]
    among, reached = sum(n for _, n in held), sum(k for k, _ in held)
    if len(held) < LEAST_DAYS:
        return None
    share = reached / among
    return max(1.0, spread_of_days(held) / (among * share * (1 - share))) if 0 < share < 1 else 1.0


def alike_of_all(places: Sequence[Sequence[Counts]]) -> float:
    """The same over all places, for those that have too few days to say."""
    found = usual = 0.0
    for days in places:
        held = [(k, n) for k, n in days if n]
        reached, among = sum(k for k, _ in held), sum(n for _, n in held)
        if len(held) > 1:
            found += spread_of_days(held)
            usual += reached * (among - reached) / among
    return max(1.0, found / usual) if usual else 1.0


def spread_of_days(held: Sequence[Counts]) -> float:
    """How far days lie from the share of all of them, squared."""
    share = sum(k for k, _ in held) / sum(n for _, n in held)
    return len(held) / (len(held) - 1) * sum((k - share * n) ** 2 for k, n in held)
