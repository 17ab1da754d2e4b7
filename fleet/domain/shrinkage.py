"""Shares of tiny offices, drawn towards the share of all as far as they say little themselves.

Of n ratings k were satisfied. The offices' true shares are taken for draws from a beta distribution (the beta-binomial
model: Skellam 1948, J. R. Stat. Soc. B 10, 257-261; as empirical Bayes: Efron and Morris 1975, JASA 70, 311-319). Its
mean is the share of all together, its strength s the one under which the counts are likeliest, so that an office's own
share becomes (k + s m) / (n + s), with an interval of 95 % from the quantiles of Beta(k + s m, n - k + s (1 - m)).
With fewer than `LEAST_OFFICES` nobody knows how offices differ, and nothing is drawn anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, lgamma, log, log1p, sqrt
from statistics import NormalDist

from fleet.domain.tails import log_beta

LEAST_OFFICES = 5
STRENGTH_FROM, STRENGTH_TO = 0.5, 10_000.0
# As many ratings of its own as an office needs to be believed half. Beyond ten thousand all offices are alike.
STEPS = 80
PRECISE = 1e-12
TERMS_AT_MOST = 10_000
NORMAL = NormalDist()


@dataclass(frozen=True)
class Drawn:
    """An office's share, drawn towards that of all, with its interval of 95 %."""

    share: float
    low: float
    high: float


def draw(counts: Sequence[tuple[float, float]]) -> list[Drawn] | None:
    """For each (satisfied, ratings) the drawn share; None where too few offices have ratings, or all say the same."""
    told = [(k, n) for k, n in counts if n]
    positive, ratings = sum(k for k, _ in told), sum(n for _, n in told)
    if len(told) < LEAST_OFFICES or positive in (0, ratings):
        return None
    mean = positive / ratings
    strength = likeliest_strength(told, mean)
    found = []
    for k, n in counts:
        a, b = k + strength * mean, n - k + strength * (1 - mean)
        found.append(Drawn(a / (a + b), beta_quantile(0.025, a, b), beta_quantile(0.975, a, b)))
    return found


def likeliest_strength(counts: Sequence[tuple[float, float]], mean: float) -> float:
    """The strength of the prior of this mean under which these counts are likeliest, by golden section in its log."""
    golden = (5**0.5 - 1) / 2
    low, high = log(STRENGTH_FROM), log(STRENGTH_TO)
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = likelihood(counts, mean, exp(left)), likelihood(counts, mean, exp(right))
    for _ in range(STEPS):
        if at_left > at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = likelihood(counts, mean, exp(left))
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = likelihood(counts, mean, exp(right))
    return exp((low + high) / 2)


def likelihood(counts: Sequence[tuple[float, float]], mean: float, strength: float) -> float:
    """The logarithm of how likely these counts are, but for a constant."""
    a, b = strength * mean, strength * (1 - mean)
    return fsum(log_beta(k + a, n - k + b) for k, n in counts) - len(counts) * log_beta(a, b)


def beta_quantile(share: float, a: float, b: float) -> float:
    """The x below which this share of Beta(a, b) lies: Newton's steps, halves where one would lead out of bounds."""
    low, high, x = 0.0, 1.0, near_quantile(share, a, b)
    while high - low > PRECISE:
        beyond = beta_below(x, a, b) - share
        low, high = (x, high) if beyond < 0 else (low, x)
        density = exp((a - 1) * log(x) + (b - 1) * log1p(-x) - log_beta(a, b))
        following = x - beyond / density if density > 0 else low
        if not low < following < high:
            following = (low + high) / 2
        if abs(following - x) <= PRECISE / 10:
            return following
        x = following
    return (low + high) / 2


def near_quantile(share: float, a: float, b: float) -> float:
    """That of the normal distribution with the same mean and spread; the mean, where it is no share of anything."""
    mean = a / (a + b)
    found = mean + NORMAL.inv_cdf(share) * sqrt(mean * (1 - mean) / (a + b + 1))
    return found if 0 < found < 1 else mean


def beta_below(x: float, a: float, b: float) -> float:
    """I_x(a, b), the part of Beta(a, b) below x: the continued fraction DLMF 8.17.22, by Lentz's method."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(1 - x, b, a)  # there it converges fast
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, TERMS_AT_MOST):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / (1 + term * d)
            c = 1 + term / c
            fraction *= c * d
        if abs(c * d - 1) < PRECISE / 1000:
            break
    return min(1.0, max(0.0, front * fraction))
