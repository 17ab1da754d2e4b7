"""Exact chances of counts: of one, and of the sum of several that do not depend on one another.

What is so rare that it changes no answer is left out, so that a sum over many kinds of devices stays cheap.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, fsum, lgamma, log

NEVER = 1e-30


@dataclass(frozen=True)
class Count:
    """The chances of a count: of `first`, of one more, and so on."""

    first: int = 0
    chances: tuple[float, ...] = (1.0,)

    def __add__(self, other: "Count") -> "Count":
        found = [0.0] * (len(self.chances) + len(other.chances) - 1)
        for i, one in enumerate(self.chances):
            for j, another in enumerate(other.chances):
                found[i + j] += one * another
        return likely(self.first + other.first, found)

    def at_least(self, k: int) -> float:
        """P(X >= k)."""
        return min(1.0, fsum(self.chances[max(0, k - self.first) :]))


def hypergeometric(drawn: int, marked: int, of: int) -> Count:
    """How many marked ones are among so many drawn of all."""
    least, most = max(0, drawn - (of - marked)), min(drawn, marked)
    terms = (ways(marked, i) + ways(of - marked, drawn - i) - ways(of, drawn) for i in range(least, most + 1))
    return likely(least, [exp(one) for one in terms])


def binomial(n: int, share: float) -> Count:
    """How many of n, each with this chance; it is neither 0 nor 1."""
    return likely(0, [exp(ways(n, i) + i * log(share) + (n - i) * log(1 - share)) for i in range(n + 1)])


def summed(counts: Iterable[Count]) -> Count:
    """The sum of all of them."""
    return sum(counts, Count())


def likely(first: int, chances: list[float]) -> Count:
    """Without what is as good as impossible at both ends."""
    some = [place for place, one in enumerate(chances) if one > NEVER]
    if not some:
        return Count(first, tuple(chances))
    return Count(first + some[0], tuple(chances[some[0] : some[-1] + 1]))


def ways(n: int, k: int) -> float:
    """The logarithm of how many ways there are to take k of n; none is as good as impossible."""
    if not 0 <= k <= n:
        return float("-inf")
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
