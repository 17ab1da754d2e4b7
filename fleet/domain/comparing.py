"""Places of a unit side by side, fairly: what was counted, as if all had the same people, and what may be said of it.

Shares (within the target, satisfied, rated, on time) are compared alike. A place is judged by what the common shares
promise for just its people (`standardising.indirect`), the chance is corrected for how many places there are
(`many_comparisons`), and where it stands among places that differ in general is told by the funnel (`funnel`). Places
of few are drawn towards all (`shrinkage`) and marked, never judged. There is no order of places: groups only.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from fleet.domain.funnel import Z_95, Z_998, Limits, Point, funnel, known_of, score, spread_between
from fleet.domain.many_comparisons import Group, chance_of, corrected, deviation, group_of
from fleet.domain.shrinkage import Drawn, draw
from fleet.domain.standardising import (
    Counts,
    Share,
    Strata,
    alike_of_all,
    common_of,
    covered,
    days_alike,
    direct,
    indirect,
    plain,
)
from fleet.domain.times import Times
from fleet.domain.wait_quantiles import Quantile, quantile, standardised
from fleet.domain.withholding import withheld

JUDGED_FROM = 20
# At nineteen of twenty the interval still is 22 points wide.


class Measure(StrEnum):
    """What is compared."""

    WITHIN = "within"
    SATISFIED = "satisfied"
    RATED = "rated"
    ON_TIME = "on_time"


@dataclass(frozen=True)
class Counted:
    """What a place brings: (reached, of how many) by stratum, and by day, to see how alike people of one day are."""

    place: str
    strata: Strata
    days: Sequence[Counts] = ()

    @property
    def n(self) -> int:
        """Of how many."""
        return sum(n for _, n in self.strata.values())


@dataclass(frozen=True)
class Row:
    """A place in a comparison of shares.

    `standardised`: had it the common mix (None: it covers too little of it). `adjusted`: the common share with the
    place's difference from what was to be expected, and `known`: of how many people alone that is as sure; so it stands
    in the funnel. `covers`: how much of the common mix is compared; `own_covered`: how much of its own. `alike`: how
    many times wider than by chance its intervals are, since people of one day are alike. `drawn`: towards all, as far
    as few say little. `stands_out`: outside of 99.8 % of how places usually differ; `is_outside_95` of 95 %.
    """

    place: str
    n: int
    plain: Share
    standardised: Share | None
    covers: float
    own_covered: float
    expected: float
    adjusted: float
    known: float
    alike: float
    chance: float | None
    group: Group
    is_outside_95: bool
    stands_out: bool
    drawn: Drawn | None


@dataclass(frozen=True)
class Shares:
    """A comparison of shares: the common share, by how much places differ beyond chance, the funnel, and the places.

    `withheld` are places of which nothing may be told; nothing of them is in any figure here.
    """

    measure: Measure
    common: float | None
    n: int
    spread: float
    limits: tuple[Limits, ...]
    rows: tuple[Row, ...]
    withheld: tuple[str, ...]

    @property
    def groups(self) -> Mapping[Group, int]:
        """How many places are in each group."""
        return Counter(row.group for row in self.rows)


@dataclass(frozen=True)
class WaitRow:
    """How long people of a place waited: half and nine of ten of them, as it was and had it the common mix."""

    place: str
    n: int
    p50: Quantile | None
    p90: Quantile | None
    p50_standardised: Quantile | None
    p90_standardised: Quantile | None


def shares(measure: Measure, places: Sequence[Counted], rounded: bool = False) -> Shares:
    """Places side by side, in the order in which they come; `rounded`: standardised shares to whole per cents."""
    few = withheld({one.place: one.n for one in places})
    held = [one for one in places if one.n and one.place not in few]
    common = common_of([one.strata for one in held])
    reached, n = sum(k for k, _ in common.values()), sum(n for _, n in common.values())
    if not n:
        return Shares(measure, None, 0, 0.0, (), (), tuple(sorted(few)))
    share = reached / n
    for_all = alike_of_all([one.days for one in held])
    judged = [Judged(one, common, share, for_all) for one in held]
    spread = spread_between([one.point for one in judged if one.is_enough])
    chances = iter(corrected([one.chance for one in judged if one.is_enough]))
    drawn: Sequence[Drawn | None] = draw([one.effective for one in judged]) or [None] * len(judged)
    rows = tuple(
        one.row(next(chances) if one.is_enough else None, spread, its, rounded)
        for one, its in zip(judged, drawn, strict=True)
    )
    limits = funnel(share, spread, max(row.known for row in rows)) if 0 < share < 1 else []
    return Shares(measure, share, n, spread, tuple(limits), rows, tuple(sorted(few)))


class Judged:
    """A place beside all of them."""

    def __init__(self, its: Counted, common: Strata, share: float, alike_of_others: float) -> None:
        self.its = its
        self.common = common
        self.share = share
        own = days_alike(its.days)
        self.alike = alike_of_others if own is None else own
        self.excess = indirect(its.strata, common)
        n = self.excess.n
        self.difference = (self.excess.observed - self.excess.expected) / n
        self.point = Point(self.difference, sqrt(self.excess.variance * self.alike) / n)
        self.chance = chance_of(deviation(its.strata, common, self.excess) / sqrt(self.alike))
        self.is_enough = n >= JUDGED_FROM
        self.adjusted = min(1.0, max(0.0, share + self.difference))

    @property
    def effective(self) -> tuple[float, float]:
        """As many people alone as say as much, and how many of them were reached."""
        among = self.excess.n / self.alike
        return self.adjusted * among, among

    def row(self, chance: float | None, spread: float, drawn: Drawn | None, rounded: bool) -> Row:
        """It as a row, with its chance corrected."""
        found = direct(self.its.strata, self.common, self.alike)
        z = abs(score(self.point, spread)) if self.is_enough else 0.0
        return Row(
            self.its.place,
            self.excess.n,
            plain(self.excess.observed, self.excess.n, self.alike),
            in_per_cents(found) if rounded and found is not None else found,
            *covered(self.its.strata, self.common),
            self.excess.expected,
            self.adjusted,
            known_of(self.point, self.share),
            self.alike,
            chance,
            Group.FEW if chance is None else group_of(chance, self.difference),
            z > Z_95,
            z > Z_998,
            drawn,
        )


def in_per_cents(share: Share) -> Share:
    """To whole per cents: exact ones would tell how many of which stratum said what."""
    return Share(*(round(one, 2) for one in (share.share, share.low, share.high)))


def wait_row(place: str, own: Mapping[str, Times], common: Mapping[str, int], alike: float) -> WaitRow:
    """How long people of a place waited, by stratum; `common`: how many waited anywhere."""
    whole = sum(own.values(), Times())
    p50, p90 = (quantile(whole, share, alike) for share in (0.5, 0.9))
    p50_standardised, p90_standardised = (standardised(own, common, share, alike) for share in (0.5, 0.9))
    return WaitRow(place, whole.n, p50, p90, p50_standardised, p90_standardised)
