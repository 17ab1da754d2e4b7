"""Periods as sums of whole stretches."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.periods import Period, cover, days, end_of, months, weeks, years

DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))
PERIODS = st.tuples(DAYS, DAYS).map(lambda two: Period(*sorted(two)))


@settings(deadline=None)
@given(PERIODS)
def test_stretches_that_cover_a_period_add_up_to_each_of_its_days_once(period: Period) -> None:
    counted: Counter[date] = Counter()
    for stretch, sign in cover(period).items():
        last = stretch.begins if stretch.span == "day" else end_of(stretch.span, stretch.begins)
        for n in range((last - stretch.begins).days + 1):
            counted[stretch.begins + timedelta(days=n)] += sign
    assert {day: n for day, n in counted.items() if n} == {day.first: 1 for day in days(period)}


@settings(deadline=None)
@given(PERIODS)
def test_few_stretches_are_enough(period: Period) -> None:
    years_between = period.last.year - period.first.year
    assert len(cover(period)) <= years_between + 1 + 2 * (7 + 16)


@settings(deadline=None)
@given(PERIODS)
def test_pieces_are_the_period(period: Period) -> None:
    for pieces in (weeks(period), months(period), years(period)):
        assert [day for piece in pieces for day in days(piece)] == days(period)
    assert all(piece.first.weekday() == 0 for piece in weeks(period)[1:])
    assert all(piece.first.day == 1 for piece in months(period)[1:])


def test_ten_years_are_ten_sums() -> None:
    assert len(cover(Period(date(2016, 1, 1), date(2025, 12, 31)))) == 10
