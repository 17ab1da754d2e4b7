"""Which period is sent next, and for which device it waits."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.named_periods import Length, holding, read_period
from fleet.domain.report_schedules import (
    HOUR_MS,
    MISSED_AT_MOST,
    Heard,
    awaits_device,
    following,
    next_due,
    ready_ms,
)

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
OCTOBER = read_period("2026-10")
SIX = 1_793_487_600_000  # 2026-11-01 06:00 in Việt Nam


@settings(max_examples=50)
@given(st.sampled_from(Length), DAYS, st.integers(0, 400))
def test_after_an_outage_each_period_is_sent_once_and_in_order(length: Length, made: date, out_of_order: int) -> None:
    last, sent = holding(length, made).before(), []
    today = made + timedelta(days=out_of_order)
    while (period := next_due(last, today)) is not None:
        sent.append(period)
        last = period
    assert all(one.last < today for one in sent) and len(sent) <= MISSED_AT_MOST
    assert all(following(before) == after for before, after in pairwise(sent))
    if sent:
        assert following(sent[-1]).last >= today, "the newest that is over is among them"
    if len(sent) < MISSED_AT_MOST:
        assert following(holding(length, made).before()) == (sent[0] if sent else holding(length, made))


@given(st.sampled_from(Length), DAYS)
def test_periods_follow_one_another_without_a_gap(length: Length, day: date) -> None:
    period = holding(length, day)
    assert following(period).before() == period
    assert following(period).first == period.last + timedelta(days=1)


def test_it_goes_at_six_in_the_morning() -> None:
    assert ready_ms(OCTOBER) == SIX


def test_it_waits_for_a_device_whose_line_broke_while_others_went_on() -> None:
    closed = SIX - 13 * HOUR_MS
    others = [Heard(closed + HOUR_MS // 4, True), Heard(closed - HOUR_MS // 2, True), Heard(SIX, False)]
    assert not awaits_device(OCTOBER, others, closed), "in the evening most are switched off"
    cut_off = Heard(closed - 4 * HOUR_MS, True)
    assert awaits_device(OCTOBER, [*others, cut_off], closed)
    assert not awaits_device(OCTOBER, [*others, Heard(SIX - HOUR_MS, True)], closed), "heard of since"
    assert not awaits_device(OCTOBER, [*others, Heard(SIX - 60 * 24 * HOUR_MS, True)], closed), "gone for long"
    assert not awaits_device(OCTOBER, [*others, Heard(closed - 4 * HOUR_MS, False)], closed), "it sleeps"
    assert not awaits_device(OCTOBER, [cut_off], None), "nobody came"
