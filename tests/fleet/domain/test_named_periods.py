"""Days, weeks, months, quarters and years as people write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.figures import count_of, number_of, percent_of, shown_period
from fleet.domain.named_periods import BadPeriod, Length, holding, read_period

DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@pytest.mark.parametrize(
    ("text", "first", "last", "shown"),
    [
        ("2026-10-08", date(2026, 10, 8), date(2026, 10, 8), "Ngày 08/10/2026"),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3), "Tuần 53/2026 (từ 28/12/2026 đến 03/01/2027)"),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), "Tháng 2/2026"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "Quý IV/2026"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "Năm 2026"),
    ],
)
def test_a_period_is_read(text: str, first: date, last: date, shown: str) -> None:
    period = read_period(text)
    assert (period.first, period.last, str(period)) == (first, last, text)
    assert shown_period(period, "vi") == shown


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-W54", "2025-W53", "2026-Q5", "2026-02-30", "10/2026", "1999", "２０２６"]
)
def test_what_is_no_period_is_said(text: str) -> None:
    with pytest.raises(BadPeriod, match="expected a day, week, month, quarter or year"):
        read_period(text)


@given(st.sampled_from(Length), DAYS)
def test_periods_of_a_length_leave_no_day_out_and_overlap_nowhere(length: Length, day: date) -> None:
    period = holding(length, day)
    assert period.first <= day <= period.last
    assert read_period(str(period)) == period
    assert period.before().last == period.first - timedelta(days=1)
    assert holding(length, period.last) == period


def test_figures_are_written_as_each_language_does() -> None:
    assert percent_of(0.875, "vi") == "87,50 %" and percent_of(0.875, "en", 1) == "87.5 %"
    assert count_of(12345, "vi") == "12.345" and count_of(12345, "en") == "12,345"
    assert number_of(0.285, "en", 2) == "0.29", "a float's own noise does not turn a half down"
    assert number_of(-0.001, "vi", 2) == "0,00"
