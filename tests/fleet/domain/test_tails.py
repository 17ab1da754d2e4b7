"""Exact tails against published tables and sums of whole fractions."""

from fractions import Fraction
from math import comb, exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.tails import (
    beta_binomial,
    beta_binomial_at_least,
    beta_binomial_two_sided,
    poisson,
    poisson_at_least,
)

# 1 - the cumulative tables of the Poisson distribution (four places), as in any textbook of quality control.
POISSON = [
    (1, 0.1, 0.0952), (2, 0.1, 0.0047), (3, 0.1, 0.0002), (2, 1.0, 0.2642), (4, 1.0, 0.0190), (5, 2.0, 0.0527),
    (8, 2.0, 0.0011), (6, 5.0, 0.3840), (11, 5.0, 0.0137), (16, 10.0, 0.0487), (21, 10.0, 0.0016),
]  # fmt: skip
# Two-sided exact binomial tests: scipy.stats.binomtest gives these p-values.
TWO_SIDED = [(3, 15, 0.1, 0.18406106910639114), (0, 10, 0.5, 0.001953125), (682, 925, 0.75, 0.3824915595748336)]


@pytest.mark.parametrize(("k", "mean", "chance"), POISSON)
def test_poisson_as_in_the_tables(k: int, mean: float, chance: float) -> None:
    assert poisson_at_least(k, mean) == pytest.approx(chance, abs=5e-5)


@given(st.integers(0, 60), st.floats(0.01, 40))
def test_both_ways_of_summing_agree(k: int, mean: float) -> None:
    from_below = 1.0 - sum(poisson(i, mean) for i in range(k))
    assert poisson_at_least(k, mean) == pytest.approx(from_below, abs=1e-9)
    assert poisson_at_least(k + 1, mean) <= poisson_at_least(k, mean) <= 1.0


def test_small_tails_keep_their_digits() -> None:
    """Where one minus the rest would be nothing but rounding."""
    assert poisson_at_least(20, 0.5) == pytest.approx(exp(-0.5) * 0.5**20 / 2432902008176640000 * 1.0244, rel=1e-3)
    assert poisson_at_least(3, 0.0) == 0.0
    assert poisson_at_least(0, 0.0) == 1.0


@given(st.integers(1, 30), st.data(), st.integers(1, 20), st.integers(1, 20))
def test_the_beta_binomial_is_what_whole_fractions_say(n: int, data: st.DataObject, a: int, b: int) -> None:
    def beta(x: int, y: int) -> Fraction:
        return Fraction(factorial(x - 1) * factorial(y - 1), factorial(x + y - 1))

    k = data.draw(st.integers(0, n))
    terms = [comb(n, i) * beta(i + a, n - i + b) / beta(a, b) for i in range(n + 1)]
    assert sum(terms) == 1
    assert beta_binomial(k, n, a, b) == pytest.approx(float(terms[k]), rel=1e-9)
    assert beta_binomial_at_least(k, n, a, b) == pytest.approx(float(sum(terms[k:])), rel=1e-9)
    alike = sum(term for term in terms if term <= terms[k])
    assert beta_binomial_two_sided(k, n, a, b) == pytest.approx(float(alike), rel=1e-6)


@given(st.integers(0, 50))
def test_of_an_unknown_share_every_count_is_as_likely(k: int) -> None:
    assert beta_binomial(k, 50, 1, 1) == pytest.approx(1 / 51)


@pytest.mark.parametrize(("k", "n", "share", "chance"), TWO_SIDED)
def test_of_a_share_that_is_known_well_it_is_the_binomial_test(k: int, n: int, share: float, chance: float) -> None:
    sure = 1e7
    assert beta_binomial_two_sided(k, n, share * sure, (1 - share) * sure) == pytest.approx(chance, rel=1e-3)
