"""Whether an office's residents are dissatisfied more often than its own usual share explains.

Held against that share are all published ratings of the day, and the last `LAST` of them, so that a bad hour shows
after a good morning, too. The usual share is itself known of some ratings only, so the tail is that of the
beta-binomial distribution whose share has Jeffreys' posterior, as in `peers.py`. Two stretches are looked at, so the
smaller tail counts twice (Bonferroni). Of fewer than `LEAST` ratings, or a usual share of fewer than `LEAST_USUAL`,
nothing is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.domain.tails import beta_binomial_at_least

LEAST = 10
LEAST_USUAL = 20
LAST = 20
CALM = 0.05
# What happens on one day of twenty by chance is nothing to be alerted of any more.
PARTS = 100_000


@dataclass(frozen=True)
class Share:
    """So many bad ratings of n."""

    bad: int = 0
    n: int = 0


@dataclass(frozen=True)
class Cluster:
    """The stretch that is the least likely by chance: how many bad ratings of n, and how likely so many are."""

    bad: int
    n: int
    chance: float

    def opens(self, limit: int) -> bool:
        """Whether it is less likely than `limit` in 100,000."""
        return self.chance * PARTS < limit

    @property
    def closes(self) -> bool:
        """Whether it is nothing to be alerted of."""
        return self.chance > CALM


def cluster(bad: Sequence[bool], usual: Share) -> Cluster | None:
    """What stands out among these ratings, in the order of their groups; None where too few are known."""
    if len(bad) < LEAST or usual.n < LEAST_USUAL:
        return None
    stretches = {len(bad), min(LAST, len(bad))}
    found = []
    for n in stretches:
        k = sum(bad[-n:])
        chance = beta_binomial_at_least(k, n, usual.bad + 0.5, usual.n - usual.bad + 0.5)
        found.append(Cluster(k, n, min(1.0, chance * len(stretches))))
    return min(found, key=lambda one: (one.chance, one.n))
