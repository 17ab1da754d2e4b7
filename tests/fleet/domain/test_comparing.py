"""Fair comparison of places, each statistic against an independent implementation.

statsmodels is loaded by the tests that ask it: each worker collects this file, and one runs it.
"""

from datetime import date
from random import Random
from typing import Any

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain import compared_places
from fleet.domain.compared_places import View, places_of
from fleet.domain.comparing import Counted, Measure, shares, wait_row
from fleet.domain.funnel import Point, drawn_in, funnel, known_of, spread_between
from fleet.domain.many_comparisons import Group, chance_of, corrected, deviation, exact_chance, group_of
from fleet.domain.org_tree import Heir, Kind, Node, Tree
from fleet.domain.satisfaction import wilson
from fleet.domain.standardising import alike_of_all, common_of, covered, days_alike, direct, indirect
from fleet.domain.times import times
from fleet.domain.wait_quantiles import quantile, standardised
from fleet.domain.withholding import told_of_part, withheld

few_examples = settings(max_examples=40, deadline=None)
counts = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
strata = st.dictionaries(st.sampled_from("abcdef"), counts, min_size=1)


def drawn_places(random: Random, number: int, share: float, apart: float = 0.0, most: int = 200) -> list[Counted]:
    """Places of three services, the first third of which differ by so much."""
    found = []
    for at in range(number):
        its = {}
        for service, easier in (("a", 0.05), ("b", 0.0), ("c", -0.1)):
            n = random.randint(10, most)
            p = share + easier + (apart if at < number / 3 else 0.0)
            its[service] = (sum(random.random() < p for _ in range(n)), n)
        found.append(Counted(f"x-{at:02d}", its))
    return found


@given(strata, strata)
@few_examples
def test_the_deviation_is_the_statistic_of_cochran_mantel_and_haenszel(own: Any, others: Any) -> None:
    from statsmodels.stats.contingency_tables import StratifiedTable

    common = common_of([own, others])
    excess = indirect(own, common)
    tables = []
    for at, (k, n) in own.items():
        other_k, other_n = others.get(at, (0, 0))
        if n and other_n:
            tables.append([[k, n - k], [other_k, other_n - other_k]])
    if not tables or excess.variance <= 0:
        return
    with np.errstate(all="ignore"):
        told = StratifiedTable([np.array(table, float) for table in tables]).test_null_odds(correction=False)
    ours = (excess.observed - excess.expected) ** 2 / excess.variance
    assert ours == pytest.approx(float(told.statistic), abs=1e-9)
    assert chance_of(ours**0.5) == pytest.approx(scipy.stats.chi2.sf(ours, 1), abs=1e-12)


@given(st.integers(1, 40), st.integers(1, 40), st.data())
@few_examples
def test_few_are_judged_exactly(n: int, others: int, data: st.DataObject) -> None:
    k, other_k = data.draw(st.integers(0, n)), data.draw(st.integers(0, others))
    exact = scipy.stats.fisher_exact([[k, n - k], [other_k, others - other_k]]).pvalue
    own, common = {"a": (k, n)}, {"a": (k + other_k, n + others)}
    assert exact_chance([(own["a"], common["a"])]) == pytest.approx(exact, rel=1e-6)
    excess = indirect(own, common)
    z = deviation(own, common, excess)
    assert z == 0 or (z > 0) == (excess.observed > excess.expected)


def test_several_rare_strata_are_summed_up_exactly() -> None:
    two = [((3, 10), (4, 40)), ((2, 12), (3, 30))]
    random = np.random.default_rng(7)
    drawn = random.hypergeometric(4, 36, 10, 400_000) + random.hypergeometric(3, 27, 12, 400_000)
    likely = np.bincount(drawn) / len(drawn)
    assert exact_chance(two) == pytest.approx(likely[likely <= likely[5] * 1.05].sum(), abs=0.002)


@given(counts.filter(lambda one: one[1] >= 5), st.integers(5, 50))
@few_examples
def test_with_one_stratum_the_standardised_share_is_the_plain_one(own: Any, others: int) -> None:
    k, n = own
    found = direct({"a": own}, {"a": (k, n + others)})
    assert found is not None and (found.share, found.low, found.high) == pytest.approx((k / n, *wilson(k, n)))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(40, 60)), min_size=2, max_size=4))
@few_examples
def test_the_own_mix_as_the_common_one_changes_no_share_and_both_ways_agree_on_it(own: Any) -> None:
    its = {str(at): one for at, one in enumerate(own)}
    common = common_of([its, its, its])
    found = direct(its, common)
    k, n = sum(k for k, _ in own), sum(n for _, n in own)
    assert found is not None and found.share == pytest.approx(k / n) and found.low <= found.share <= found.high
    assert covered(its, common) == (1.0, 1.0)
    assert indirect(its, common).expected == pytest.approx(k)


def test_the_stratified_interval_holds_what_it_promises() -> None:
    random = np.random.default_rng(11)
    truth, weights, n = np.array([0.97, 0.85, 0.6]), np.array([0.5, 0.3, 0.2]), np.array([60, 25, 15])
    held = 0
    for drawn in random.binomial(n, truth, (1500, 3)):
        own = {str(at): (int(k), int(its)) for at, (k, its) in enumerate(zip(drawn, n, strict=True))}
        common = {str(at): (0, int(1000 * weight) + 60) for at, weight in enumerate(weights)}
        its = direct(own, common)
        whole = sum(its for _, its in common.values())
        meant = sum(common[str(at)][1] / whole * p for at, p in enumerate(truth))
        assert its is not None
        held += its.low <= meant <= its.high
    assert 0.935 <= held / 1500 <= 0.975


def test_what_is_not_covered_is_said_and_too_little_says_nothing() -> None:
    own = {"a": (8, 10), "b": (3, 4)}
    common = common_of([own, {"a": (40, 60), "b": (5, 30), "c": (10, 96)}])
    covers, own_covered = covered(own, common)
    assert (covers, own_covered) == (70 / 200, 10 / 14) and direct(own, common) is None
    found = direct(own, {**common, "c": (0, 0)})
    assert found is not None and found.share == 0.8


def test_days_that_are_alike_widen_an_interval_as_clustered_errors_do() -> None:
    from statsmodels.regression.linear_model import OLS

    random = Random(3)
    days = []
    for _ in range(30):
        p, n = random.choice((0.4, 0.9)), random.randint(20, 60)
        days.append((sum(random.random() < p for _ in range(n)), n))
    single = np.concatenate([np.r_[np.ones(k), np.zeros(n - k)] for k, n in days])
    groups = np.repeat(range(30), [n for _, n in days])
    fitted = OLS(single, np.ones(len(single))).fit(cov_type="cluster", cov_kwds={"groups": groups})
    share = single.mean()
    alike = days_alike(days)
    assert alike is not None and alike > 5
    assert alike * share * (1 - share) / len(single) == pytest.approx(float(fitted.bse[0] ** 2))
    assert days_alike(days[:9]) is None and days_alike([(5, 10)] * 20) == 1.0
    assert alike_of_all([days]) == pytest.approx(alike)


@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=30))
@few_examples
def test_chances_are_corrected_for_how_many_there_are(chances: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    assert corrected(chances) == pytest.approx(multipletests(chances, method="fdr_bh")[1])


def test_the_spread_between_places_is_that_of_dersimonian_and_laird() -> None:
    from statsmodels.stats.meta_analysis import combine_effects

    random = np.random.default_rng(5)
    deviations = random.uniform(0.01, 0.05, 9)
    differences = random.normal(0, 0.06, 9)
    differences -= (differences / deviations**2).sum() / (deviations**-2).sum()
    points = [Point(float(d), float(s)) for d, s in zip(differences, deviations, strict=True)]
    told = combine_effects(differences, deviations**2, method_re="chi2")
    assert drawn_in(list(differences)) == list(differences), "of nine nobody is the outer tenth"
    assert spread_between(points) ** 2 == pytest.approx(told.tau2)
    assert spread_between(points[:4]) == 0.0


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=40))
@few_examples
def test_the_outer_tenth_is_drawn_in(scores: list[float]) -> None:
    if int(0.1 * len(scores)) == 0.1 * len(scores):
        told = scipy.stats.mstats.winsorize(np.array(scores), limits=(0.1, 0.1))
        assert sorted(drawn_in(scores)) == pytest.approx(sorted(told.tolist()))
    assert len(drawn_in(scores)) == len(scores)


def test_limits_narrow_with_what_is_known_down_to_the_usual_spread() -> None:
    found = funnel(0.9, 0.02, 2500)
    assert found[0].known == pytest.approx(4) and found[-1].known == pytest.approx(2500)
    widths = [one.outer_high - one.outer_low for one in found if one.outer_high < 1]
    assert widths == sorted(widths, reverse=True)
    last = found[-1]
    assert last.high - 0.9 == pytest.approx(scipy.stats.norm.ppf(0.975) * (0.09 / 2500 + 0.0004) ** 0.5)
    assert 0.9 - last.outer_low == pytest.approx(scipy.stats.norm.ppf(0.999) * (0.09 / 2500 + 0.0004) ** 0.5)
    assert known_of(Point(0.0, 0.006), 0.9) == pytest.approx(2500)


waits = st.lists(st.integers(0, 7_200_000), min_size=5, max_size=60)


@given(waits, st.sampled_from((0.5, 0.9)))
@few_examples
def test_a_quantile_of_one_stratum_is_the_percentile_of_its_times(durations: list[int], share: float) -> None:
    its = times(durations)
    (told,) = its.percentiles(share)
    found = quantile(its, share)
    assert told is not None and found is not None and found.seconds == told / 1000
    assert found.low_s <= found.seconds <= found.high_s
    assert standardised({"a": its}, {"a": its.n + 5}, share) == found


@given(waits, waits, st.integers(70, 500), st.integers(70, 500))
@few_examples
def test_a_standardised_quantile_is_that_of_the_weighted_people(one: Any, other: Any, n: int, m: int) -> None:
    found = standardised({"a": times(one), "b": times(other)}, {"a": n, "b": m}, 0.5)
    # Each person of a stratum as often as the common mix has it: the median of them all.
    people = sorted([(ms, n / len(one)) for ms in one] + [(ms, m / len(other)) for ms in other])
    upto, median = 0.0, 0
    for ms, weight in people:
        upto, median = upto + weight, ms
        if upto >= (n + m) / 2 - 1e-9:
            break
    assert found is not None and found.seconds == pytest.approx(median / 1000, rel=0.0101, abs=0.51)


def test_an_interval_of_a_median_holds_what_it_promises() -> None:
    random = np.random.default_rng(1)
    held = 0
    for _ in range(600):
        found = quantile(times(int(ms) for ms in random.exponential(600_000, 80)), 0.5)
        assert found is not None
        held += found.low_s <= 600 * np.log(2) <= found.high_s
    assert 0.93 <= held / 600 <= 0.98


def test_places_that_are_alike_make_no_groups_and_those_that_differ_are_found() -> None:
    random = Random(1)
    wrongly = 0
    for _ in range(40):
        alike = shares(Measure.SATISFIED, drawn_places(random, 12, 0.85))
        wrongly += any(row.group in (Group.BETTER, Group.WORSE) for row in alike.rows)
    assert wrongly <= 5, "of forty unit-wide comparisons of alike places no more than one in twenty calls anybody"
    found = shares(Measure.SATISFIED, drawn_places(random, 12, 0.85, apart=-0.2))
    assert {row.group for row in found.rows[:4]} == {Group.WORSE} and Group.WORSE not in {
        r.group for r in found.rows[4:]
    }


def test_a_hard_mix_is_no_worse_work() -> None:
    easy = Counted("a", {"easy": (95, 100), "hard": (10, 20)})
    hard = Counted("b", {"easy": (19, 20), "hard": (50, 100)})
    found = shares(Measure.WITHIN, [easy, hard])
    assert [round(row.plain.share, 2) for row in found.rows] == [0.88, 0.57]
    assert [row.standardised and round(row.standardised.share, 3) for row in found.rows] == [0.725, 0.725]
    assert [row.group for row in found.rows] == [Group.ALIKE, Group.ALIKE]
    assert [row.expected for row in found.rows] == [pytest.approx(105), pytest.approx(69)]


def test_places_of_few_are_not_judged_but_drawn_towards_all_and_those_below_five_not_told() -> None:
    places = [*drawn_places(Random(4), 8, 0.8), Counted("nho", {"a": (9, 10)})]
    places += [Counted("ti", {"a": (1, 2)}), Counted("be", {"b": (3, 4)})]
    found = shares(Measure.SATISFIED, places)
    small = next(row for row in found.rows if row.place == "nho")
    assert small.group == Group.FEW and small.chance is None
    assert small.drawn is not None and small.drawn.share < 0.9
    assert found.withheld == ("be", "ti", "x-07") and found.n == sum(row.n for row in found.rows)
    assert shares(Measure.SATISFIED, places[:-1]).withheld == ("ti", "x-07"), "another hides it from subtraction"


def test_of_nobody_nothing_is_said() -> None:
    assert shares(Measure.RATED, [Counted("a", {})]).common is None
    assert shares(Measure.RATED, [Counted("a", {"x": (0, 30)}), Counted("b", {"x": (0, 30)})]).limits == ()


def test_shares_of_ratings_are_standardised_to_whole_per_cents_only() -> None:
    found = shares(Measure.SATISFIED, drawn_places(Random(9), 6, 0.8), rounded=True)
    for row in found.rows:
        assert row.standardised is not None
        assert all(round(one, 2) == one for one in vars(row.standardised).values())


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30)))
@few_examples
def test_what_is_withheld_is_nobody_or_five(held: dict[str, int]) -> None:
    hidden = withheld(held)
    together = sum(held[key] for key in hidden)
    assert together == 0 or together >= 5 or hidden >= {key for key, n in held.items() if n}
    assert all(n >= 5 or key in hidden or n == 0 for key, n in held.items())
    for part in held:
        rest = sum(n for key, n in held.items() if not told_of_part(held, key))
        assert not told_of_part(held, part) or rest == 0 or rest >= 5


def test_groups_need_a_difference_that_matters() -> None:
    assert group_of(0.001, 0.01) == Group.ALIKE and group_of(0.001, 0.05) == Group.BETTER
    assert group_of(0.001, -0.05) == Group.WORSE and group_of(0.2, 0.5) == Group.ALIKE


def test_waits_of_a_place_beside_the_common_mix() -> None:
    quick, slow = times([60_000] * 40), times([1_800_000] * 10)
    row = wait_row("a", {"q": quick, "s": slow}, {"q": 100, "s": 100}, 1.0)
    assert row.p50 is not None and row.p50.seconds == pytest.approx(60, rel=0.01)
    assert row.p90_standardised is not None and row.p90_standardised.seconds == pytest.approx(1800, rel=0.01)
    assert wait_row("b", {"q": times([60_000] * 4)}, {"q": 100}, 1.0).p50 is None


JULY = date(2025, 7, 1)
MERGED = Tree(
    [
        Node("tinh", Kind.PROVINCE, "Tỉnh"),
        Node("huyen", Kind.DISTRICT, "Huyện", "tinh", valid_to=JULY, heirs=(Heir("tt"),)),
        Node("tt", Kind.CENTRE, "Trung tâm", "tinh", JULY),
        Node("xa-a", Kind.OFFICE, "Xã A", "huyen", valid_to=JULY, heirs=(Heir("moi"),)),
        Node("xa-b", Kind.OFFICE, "Xã B", "huyen", valid_to=JULY, heirs=(Heir("moi", 6000), Heir("cu", 4000))),
        Node("cu", Kind.OFFICE, "Cũ", "tinh"),
        Node("moi", Kind.OFFICE, "Mới", "tt", JULY),
    ]
)


def test_offices_that_merged_are_compared_as_they_are_and_as_they_were() -> None:
    year = (date(2025, 1, 1), date(2025, 12, 31))

    def told(kind: Kind, view: View, unit: str = "tinh") -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
        found = places_of(MERGED, unit, kind, *year, view)
        return {one.id: one.offices for one in found.found}, found.left_out

    assert told(Kind.OFFICE, View.NOW) == ({"cu": ("cu",), "moi": ("moi", "xa-a")}, ("xa-b",))
    then = {one: (one,) for one in ("cu", "moi", "xa-a", "xa-b")}
    assert told(Kind.OFFICE, View.THEN) == (then, ())
    assert told(Kind.CENTRE, View.NOW) == ({"tt": ("moi", "xa-a")}, ("cu", "xa-b"))
    assert told(Kind.DISTRICT, View.THEN) == ({"huyen": ("xa-a", "xa-b")}, ("cu", "moi"))
    assert told(Kind.OFFICE, View.NOW, "tt") == ({"moi": ("moi", "xa-a")}, ("xa-b",))
    assert told(Kind.OFFICE, View.THEN, "tt") == ({"moi": ("moi",), "xa-a": ("xa-a",)}, ())
    later = places_of(MERGED, "tinh", Kind.OFFICE, date(2026, 1, 1), date(2026, 3, 31), View.NOW)
    assert [one.offices for one in later.found] == [("cu",), ("moi",)]
    assert compared_places.KINDS[0] == Kind.OFFICE
