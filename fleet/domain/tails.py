"""How likely so many are by chance: exact tails of the Poisson and the beta-binomial distribution.

Sums of terms from their logarithms (`lgamma`): counts are some thousands here, and no library is needed for that. The
tests hold them against published tables and against sums of whole fractions.
"""

from math import exp, fsum, lgamma, log

ALIKE = 1e-7
# Two terms that differ by less than this part are equally likely: rounding is far below it, real differences far above.


def poisson_at_least(k: int, mean: float) -> float:
    """P(X >= k) where P(X = i) = mean^i e^-mean / i!."""
    if k <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    if k <= mean:
        return max(0.0, 1.0 - fsum(poisson(i, mean) for i in range(k)))
    terms = [poisson(k, mean)]
    while terms[-1] > terms[0] * 1e-17:
        terms.append(terms[-1] * mean / (k + len(terms)))
    return min(1.0, fsum(terms))


def poisson(k: int, mean: float) -> float:
    """P(X = k)."""
    return exp(k * log(mean) - mean - lgamma(k + 1))


def beta_binomial(k: int, n: int, a: float, b: float) -> float:
    """P(X = k): k of n where each has one share, of which a : b is known; C(n, k) B(k + a, n - k + b) / B(a, b).

    As a and b grow it becomes the binomial distribution with the share a / (a + b).
    """
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + log_beta(k + a, n - k + b) - log_beta(a, b))


def beta_binomial_at_least(k: int, n: int, a: float, b: float) -> float:
    """P(X >= k)."""
    return min(1.0, fsum(beta_binomial(i, n, a, b) for i in range(max(0, k), n + 1)))


def beta_binomial_two_sided(k: int, n: int, a: float, b: float) -> float:
    """How likely is a count that is no likelier than k, on either side, as in the exact two-sided binomial test."""
    found = beta_binomial(k, n, a, b)
    terms = (beta_binomial(i, n, a, b) for i in range(n + 1))
    return min(1.0, fsum(term for term in terms if term <= found * (1 + ALIKE)))


def log_beta(a: float, b: float) -> float:
    """The logarithm of Euler's beta function."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)
