"""Why a rollout stops by itself, and whether those that have the new do worse than those without it.

What is compared is compared exactly, whatever is rare: crash-free hours by Fisher's test, starts that nobody wanted
and faults as counts in two times, of which the sum is given (Przyborowski and Wilenski 1940). It is looked at again
and again, and each look may be wrong: so one look must be surer than one in a thousand, and what it says must matter.
Hours of one device in one crash loop are not independent; but one that falls again and again is worth stopping for.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import exp, fsum, lgamma, log

SURE = 0.001
CRASH_FREE_WORSE = 0.01
# One hour in a hundred: less than that is no reason to stop.
RATE_WORSE = 1.5


class Harm(StrEnum):
    """Why a rollout stops by itself."""

    FAILURES = "failures"
    FIRST = "first"
    TOO_FEW = "too_few"
    CRASHES = "crashes"
    FAULTS = "faults"


@dataclass(frozen=True)
class Lived:
    """What devices lived through: hours operated, those without a crash among them, and faults that they told of."""

    hours: int = 0
    crash_free: int = 0
    faults: int = 0

    def __add__(self, other: "Lived") -> "Lived":
        return Lived(self.hours + other.hours, self.crash_free + other.crash_free, self.faults + other.faults)


@dataclass(frozen=True)
class Why:
    """Why it stopped: `k` of `n`; for what is compared `old_k` of `old_n` without it. `limit`: the share allowed.

    `board` and `roles`: of this kind of device alone; none: of all together.
    """

    harm: Harm
    k: int
    n: int
    old_k: int = 0
    old_n: int = 0
    limit: float = 0.0
    board: str = ""
    roles: tuple[str, ...] = ()


def worse(new: Lived, old: Lived) -> Why | None:
    """Whether devices do worse with it than without it, so that it is not chance and matters."""
    if not new.hours or not old.hours:
        return None
    crashed, before = new.hours - new.crash_free, old.hours - old.crash_free
    if crashed / new.hours - before / old.hours > CRASH_FREE_WORSE and (
        hypergeometric_at_least(crashed, new.hours, crashed + before, new.hours + old.hours) < SURE
    ):
        return Why(Harm.CRASHES, crashed, new.hours, before, old.hours)
    if new.faults / new.hours > RATE_WORSE * old.faults / old.hours and (
        binomial_at_least(new.faults, new.faults + old.faults, new.hours / (new.hours + old.hours)) < SURE
    ):
        return Why(Harm.FAULTS, new.faults, new.hours, old.faults, old.hours)
    return None


def hypergeometric_at_least(k: int, drawn: int, marked: int, of: int) -> float:
    """P(X >= k) of marked ones among so many drawn of all: Fisher's one-sided test."""
    most = min(drawn, marked)
    terms = (ways(marked, i) + ways(of - marked, drawn - i) - ways(of, drawn) for i in range(max(k, 0), most + 1))
    return min(1.0, fsum(exp(one) for one in terms))


def binomial_at_least(k: int, n: int, share: float) -> float:
    """P(X >= k): k of n, each with this chance."""
    if k <= 0:
        return 1.0
    each = range(k, n + 1)
    return min(1.0, fsum(exp(ways(n, i) + i * log(share) + (n - i) * log(1 - share)) for i in each))


def ways(n: int, k: int) -> float:
    """The logarithm of how many ways there are to take k of n; none is as good as impossible."""
    if not 0 <= k <= n:
        return float("-inf")
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
