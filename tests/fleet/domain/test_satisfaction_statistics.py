"""Statistics of satisfaction against independent implementations: scipy, statsmodels, pandas and numpy.

Each is loaded by the test that asks it (scipy loads its parts so by itself): every worker imports this file.
"""

from itertools import pairwise

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.control_charts import EWMA_SIGMAS, LEAST, WEIGHT, Rule, ewma_chart, p_chart, xmr_chart
from fleet.domain.ranking import ranked
from fleet.domain.satisfaction import wilson
from fleet.domain.shrinkage import (
    STRENGTH_FROM,
    STRENGTH_TO,
    beta_below,
    beta_quantile,
    draw,
    likeliest_strength,
)
from fleet.domain.unrated import bounds, weighed
from fleet.domain.wait_and_rating import WANTED, falling, falling_curve, falls

COUNT = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
COUNTS = st.lists(COUNT, max_size=40)
RATED = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
ENOUGH = st.integers(LEAST, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(deadline=None)
@given(RATED)
def test_wilson_as_two_libraries_have_it(counted: tuple[int, int]) -> None:
    from statsmodels.stats.proportion import proportion_confint

    k, n = counted
    theirs = scipy.stats.binomtest(k, n).proportion_ci(method="wilson")
    assert wilson(k, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert wilson(k, n) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-12)
    assert wilson(k, n, scipy.stats.norm.ppf(0.995)) == pytest.approx(
        proportion_confint(k, n, 0.01, "wilson"), abs=1e-12
    )


SHAPE = st.one_of(st.floats(0.3, 5), st.floats(5, 3_000))


@settings(deadline=None)
@given(st.floats(0, 1), SHAPE, SHAPE)
def test_the_beta_distribution_as_scipy_has_it(x: float, a: float, b: float) -> None:
    assert beta_below(x, a, b) == pytest.approx(scipy.stats.beta.cdf(x, a, b), abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(st.floats(0.001, 0.999), SHAPE, SHAPE)
def test_quantiles_of_the_beta_distribution_as_scipy_has_them(share: float, a: float, b: float) -> None:
    found = beta_quantile(share, a, b)
    assert scipy.stats.beta.cdf(found, a, b) == pytest.approx(share, abs=1e-7) or found == pytest.approx(
        scipy.stats.beta.ppf(share, a, b), abs=1e-9
    )


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=5, max_size=30)
)
def test_the_likeliest_strength_is_no_less_likely_than_what_scipy_finds(counts: list[tuple[int, int]]) -> None:
    mean = sum(k for k, _ in counts) / sum(n for _, n in counts)
    if not 0 < mean < 1:
        assert draw(counts) is None
        return

    def unlikely(log_strength: float) -> float:
        s = np.exp(log_strength)
        return -sum(scipy.stats.betabinom.logpmf(k, n, s * mean, s * (1 - mean)) for k, n in counts)

    theirs = scipy.optimize.minimize_scalar(
        unlikely, bounds=(np.log(STRENGTH_FROM), np.log(STRENGTH_TO)), method="bounded"
    )
    assert unlikely(np.log(likeliest_strength(counts, mean))) <= theirs.fun + 1e-6
    drawn = draw(counts)
    assert drawn is not None
    for (k, n), one in zip(counts, drawn, strict=True):
        assert min(k / n, mean) - 1e-12 <= one.share <= max(k / n, mean) + 1e-12, (
            "between its own share and that of all"
        )
        assert one.low <= one.share <= one.high or k in (0, n)


def test_a_tiny_office_is_drawn_further_than_a_large_one_and_few_offices_nowhere() -> None:
    counts = [(700, 1000), (950, 1000), (800, 1000), (880, 1000), (600, 1000), (0, 2)]
    drawn = draw(counts)
    assert drawn is not None
    assert drawn[0].share == pytest.approx(0.70, abs=0.005) and drawn[5].share > 0.5
    assert drawn[5].high - drawn[5].low > drawn[0].high - drawn[0].low
    assert draw(counts[:4]) is None and draw([(5, 5)] * 9) is None


def moving_sigma(values: "np.ndarray") -> float:
    return float(np.abs(np.diff(values)).mean() / 1.128)


@settings(deadline=None)
@given(st.lists(ENOUGH, min_size=8, max_size=60), st.booleans())
def test_limits_of_shares_by_the_formulas_in_numpy(counts: list[tuple[int, int]], laney: bool) -> None:
    k, n = np.array(counts, dtype=float).T
    centre = k.sum() / n.sum()
    sigma = np.sqrt(centre * (1 - centre) / n)
    wider = moving_sigma((k / n - centre) / sigma) if laney and 0 < centre < 1 else float(not laney)
    for point, p, half in zip(p_chart(counts, laney=laney), k / n, 3 * sigma * wider, strict=True):
        assert point.value == p and point.low == pytest.approx(max(0, centre - half), abs=1e-12)
        assert point.high == pytest.approx(min(1, centre + half), abs=1e-12)
        if point.rule in (Rule.ABOVE, Rule.BELOW):
            assert not point.low <= p <= point.high


@settings(deadline=None)
@given(st.lists(st.floats(0, 7_200), min_size=8, max_size=60))
def test_limits_of_single_values_by_the_formulas_in_numpy(values: list[float]) -> None:
    half = 3 * moving_sigma(np.array(values))
    for point in xmr_chart([(value, 50) for value in values]):
        assert point.low == pytest.approx(np.mean(values) - half, abs=1e-6)
        assert point.high == pytest.approx(np.mean(values) + half, abs=1e-6)


@settings(deadline=None)
@given(st.lists(ENOUGH, min_size=8, max_size=60))
def test_the_weighted_mean_as_pandas_has_it(counts: list[tuple[int, int]]) -> None:
    import pandas as pd

    k, n = np.array(counts, dtype=float).T
    centre = k.sum() / n.sum()
    theirs = pd.Series([centre, *(k / n)]).ewm(alpha=WEIGHT, adjust=False).mean()[1:]
    found = ewma_chart(counts)
    assert [point.value for point in found] == pytest.approx(list(theirs), abs=1e-12)
    weights = [WEIGHT * (1 - WEIGHT) ** age for age in range(len(counts))]
    for at, point in enumerate(found):
        variance = sum(w**2 * centre * (1 - centre) / one for w, one in zip(weights, n[at::-1], strict=False))
        assert point.high == pytest.approx(min(1, centre + EWMA_SIGMAS * np.sqrt(variance)), abs=1e-12)


@settings(deadline=None)
@given(st.lists(COUNT, min_size=1, max_size=60))
def test_points_of_fewer_than_ten_never_stand_out_and_change_no_limit(counts: list[tuple[int, int]]) -> None:
    for chart in (p_chart, ewma_chart):
        found = chart(counts)
        assert all(point.rule is None and point.low is None for point in found if point.n < LEAST)
        enough = chart([(k, n) for k, n in counts if n >= LEAST])
        assert [point for point in found if point.n >= LEAST] == enough


def test_what_goes_on_is_told_once() -> None:
    steady = [
        (90, 100),
        (88, 100),
        (91, 100),
        (89, 100),
        (92, 100),
        (90, 100),
        (88, 100),
        (91, 100),
        (90, 100),
        (89, 100),
    ]
    bad = [(50, 100)] * 4
    found = p_chart([*steady, *bad, *steady, *bad], base=10)
    assert [at for at, point in enumerate(found) if point.rule] == [10, 24]
    assert found[10].rule is Rule.BELOW
    lower = xmr_chart([*[(600.0 + 10 * (at % 3), 40) for at in range(12)], *[(625.0, 40)] * 9], base=12)
    assert [(at, point.rule) for at, point in enumerate(lower) if point.rule] == [(18, Rule.RUN_ABOVE)]
    assert p_chart(steady[:7])[0].low is None, "from so few points no limits are made"


def test_a_small_shift_that_lasts_is_seen_by_the_weighted_mean_first() -> None:
    steady, shifted = [(90, 100)] * 6 + [(91, 100), (89, 100)] * 6, [(85, 100)] * 8
    by_mean = [at for at, point in enumerate(ewma_chart([*steady, *shifted], base=18)) if point.rule]
    by_point = [at for at, point in enumerate(p_chart([*steady, *shifted], base=18, laney=False)) if point.rule]
    assert by_mean and (not by_point or by_mean[0] < by_point[0])


@settings(deadline=None)
@given(st.lists(RATED, min_size=1, max_size=40))
def test_the_falling_curve_as_scipy_has_it(counts: list[tuple[int, int]]) -> None:
    k, n = np.array(counts, dtype=float).T
    theirs = scipy.optimize.isotonic_regression(k / n, weights=n, increasing=False).x
    assert falling(counts) == pytest.approx(list(theirs), abs=1e-9)


@settings(deadline=None)
@given(st.lists(COUNT, min_size=1, max_size=20))
def test_the_band_falls_and_is_that_of_the_tightest_stretches(counts: list[tuple[int, int]]) -> None:
    from statsmodels.stats.proportion import proportion_confint

    steps = [(60 * (at + 1), k, n) for at, (k, n) in enumerate(counts)]
    curve = falling_curve(steps)
    alpha = 0.05 / (len(steps) * (len(steps) + 1) / 2)
    for at, step in enumerate(curve):
        highs, lows = [1.0], [0.0]
        for first in range(len(counts)):
            for last in range(first, len(counts)):
                k, n = sum(k for k, _ in counts[first : last + 1]), sum(n for _, n in counts[first : last + 1])
                if n and last <= at:
                    highs.append(proportion_confint(k, n, alpha, "wilson")[1])
                if n and first >= at:
                    lows.append(proportion_confint(k, n, alpha, "wilson")[0])
        assert (step.low, step.high) == pytest.approx((max(lows), min(highs)), abs=1e-9)
    for before, after in pairwise(curve):
        assert before.low >= after.low and before.high >= after.high


def test_the_band_holds_the_true_curve_and_finds_where_it_falls() -> None:
    chance = np.random.default_rng(3)
    true = [0.98] * 4 + [0.95] * 2 + [0.75] * 3 + [0.6] * 3
    missed = 0
    for _ in range(60):
        curve = falling_curve([(300 * (at + 1), int(chance.binomial(400, p)), 400) for at, p in enumerate(true)])
        missed += any(not step.low <= p <= step.high for step, p in zip(curve, true, strict=True))
        found = falls(curve)
        assert found.earliest_s is not None and found.latest_s is not None and found.from_s is not None
        assert found.earliest_s <= 1_800 <= found.latest_s
        assert found.earliest_s <= found.from_s <= found.latest_s
    assert missed <= 3, "95 % for the whole curve at once"


def test_of_nobody_and_of_happy_people_no_fall_is_told() -> None:
    assert falls(falling_curve([(300, 0, 0), (None, 0, 0)])).from_s is None
    happy = falls(falling_curve([(300, 3_000, 3_000), (None, 3_000, 3_000)]))
    assert (happy.from_s, happy.earliest_s, happy.latest_s) == (None, None, None)
    assert WANTED == 0.9


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_whatever_the_others_thought_the_share_of_all_is_within_the_bounds(k: int, bad: int, silent: int) -> None:
    found = bounds(k, k + bad, k + bad + silent)
    if found is None:
        assert k + bad + silent == 0
        return
    for satisfied in {0, silent // 2, silent}:
        assert found.low - 1e-12 <= (k + satisfied) / (k + bad + silent) <= found.high + 1e-12


GROUPS = st.lists(st.tuples(COUNT, st.integers(0, 300)).map(lambda one: (one[0][0], one[0][1], one[0][1] + one[1])))


@settings(deadline=None)
@given(GROUPS)
def test_weighing_counts_groups_by_whom_they_served(groups: list[tuple[int, int, int]]) -> None:
    found = weighed(groups)
    told = [(k / n, served) for k, n, served in groups if n >= 5]
    if not told:
        assert found is None
        return
    assert found is not None
    assert found[0] == pytest.approx(np.average([p for p, _ in told], weights=[w for _, w in told]))
    assert found[1] == pytest.approx(sum(w for _, w in told) / sum(served for *_, served in groups))


@settings(deadline=None)
@given(st.lists(COUNT, max_size=12))
def test_nobody_leads_by_luck(counts: list[tuple[int, int]]) -> None:
    found = ranked([(f"xa-{at}", k, n) for at, (k, n) in enumerate(counts)])
    placed = [one for one in found if one.place is not None]
    assert [one for one in found if one.n < 20] == [one for one in found if one.place is None]
    assert len(found) == sum(n > 0 for _, n in counts)
    for before, after in pairwise(placed):
        assert before.low >= after.low and before.place <= after.place  # type: ignore[operator]
    for place in {one.place for one in placed}:
        first, *others = [one for one in placed if one.place == place]
        assert all(one.high >= first.low for one in others)
