"""What a change would have done: no change does nothing, days are held against what happened, few days say little."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.day_again import day_again
from fleet.domain.day_changes import (
    ClosedService,
    FewerCounters,
    LunchInTurns,
    MoreCounters,
    OtherServices,
    changed,
    open_at_all,
)
from fleet.domain.lived_days import LivedCounter
from fleet.domain.queue_moment import FOREVER_MIN
from fleet.domain.service_times import ServiceTimes
from fleet.domain.serving import Guest, OpenDay
from fleet.domain.wait_figures import DayWaits, ManyDays, differences, student
from fleet.domain.waiting_scenarios import make_day
from fleet.domain.what_if import Seen, WhatIf, what_if
from fleet.domain.what_if_sentences import said_of, shown_rows
from fleet.flows.backtest import read_scenarios

HEAVY = next(one for one in read_scenarios().scenarios if one.name == "heavy")
SESSIONS = ((450.0, 690.0), (810.0, FOREVER_MIN))


@pytest.fixture(scope="module")
def days() -> list[Seen]:
    """Ten days on which people wait for long, of five counters."""
    random, times = np.random.default_rng(4), ServiceTimes(HEAVY.services, {})
    return [day_again(make_day(HEAVY, random, overtime=True), times, random) for _ in range(10)]


def asked(days: list[Seen], *changes: object) -> WhatIf:
    found = what_if(days, changes, {}, np.random.default_rng(1))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_no_change_makes_no_difference_at_all(days: list[Seen]) -> None:
    nothing = asked(days)
    never = asked(days, MoreCounters(3, (900.0, 901.0)), FewerCounters(0), LunchInTurns())
    for found in (nothing, never):
        assert found.before == found.after and found.ranges is not None
        assert all((one.low, one.high) == (0.0, 0.0) for one in found.ranges.values())
        assert all(one.before_min == one.after_min for one in found.half_hours)


def test_a_counter_more_helps_and_one_fewer_hurts_and_both_lie_within_their_ranges(days: list[Seen]) -> None:
    more, fewer = asked(days, MoreCounters(1, (30.0, 120.0))), asked(days, FewerCounters(1, (30.0, 120.0)))
    for found, sign in ((more, -1), (fewer, 1)):
        assert found.ranges is not None
        for name in ("p50_min", "p90_min", "longest_min"):
            assert found.difference(name) * sign > 1.0
            assert found.ranges[name].low < found.difference(name) < found.ranges[name].high
        assert found.difference("within") * sign < 0
    assert more == asked(days, MoreCounters(1, (30.0, 120.0))), "the same question has the same answer"


def test_the_days_served_again_are_held_against_what_happened(days: list[Seen]) -> None:
    found = asked(days)
    assert abs(found.error_min) < 3.0 and not found.is_rough
    waits = [one for _, waited in days for one in waited if one is not None]
    assert found.real.p90_min == pytest.approx(np.quantile(waits, 0.9), abs=0.5)
    longer = [(day, [None if one is None else one + 60 for one in waited]) for day, waited in days]
    rough = asked(longer)
    assert rough.error_min == pytest.approx(found.error_min - 60) and rough.is_rough


def test_of_two_days_no_interval_is_made_and_that_is_said(days: list[Seen]) -> None:
    two, four = asked(days[:2]), asked(days[:4])
    assert two.ranges is None and four.ranges is not None
    monday = date(2026, 11, 23)
    said = " ".join(said_of(two, monday, ("2026-11-16", "2026-11-09"), True, "vi"))
    assert (
        "không tính được khoảng tin cậy" in said and "2 ngày thứ Hai" in said and "(09/11/2026 đến 16/11/2026)" in said
    )
    assert all(row[-1] == "" for row in shown_rows(two, "vi"))
    assert "4 days only" in " ".join(said_of(four, monday, ("2026-11-16",), False, "en"))
    assert what_if([], (), {}, np.random.default_rng(1)) is None


def test_intervals_are_as_wide_as_few_days_ask_for() -> None:
    assert [student(n) for n in (2, 4, 19)] == pytest.approx(
        [scipy.stats.t.ppf(0.975, n) for n in (2, 4, 19)], rel=1e-9
    )


waits_of_a_day = st.lists(st.floats(0, 90), min_size=1, max_size=12)


@settings(deadline=None, max_examples=60)
@given(st.lists(waits_of_a_day, min_size=1, max_size=5), st.data())
def test_drawn_days_are_the_days_written_out(several: list[list[float]], data: st.DataObject) -> None:
    n = len(several)
    times = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n).filter(any))
    made = [DayWaits(np.zeros(len(one)), np.array(one), np.array(one) <= 15, 0) for one in several]
    written = [one for one, often in zip(made, times, strict=True) for _ in range(often)]
    p50, p90, longest, within = ManyDays(made).drawn(np.array([times], dtype=float))[0]
    together = np.concatenate([one.waited_min for one in written])
    assert [p50, p90] == [np.quantile(together, share, method="inverted_cdf") for share in (0.5, 0.9)]
    assert longest == pytest.approx(np.mean([one.waited_min.max() for one in written]))
    assert within == pytest.approx(np.mean(together <= 15))


def test_intervals_hold_what_they_say() -> None:
    """Days of different levels, the change takes a tenth of each wait: 60 sets of five days."""
    random, held = np.random.default_rng(8), 0
    for _ in range(60):
        levels = random.gamma(20, 1.0, 5)
        before = [random.exponential(level, 150) for level in levels]
        sides = [
            ManyDays([DayWaits(np.zeros(150), one * by, one * by <= 15, 0) for one in before]) for by in (1.0, 0.9)
        ]
        ranges = differences(sides[0], sides[1], random)
        assert ranges is not None
        truth = -0.1 * 46.42  # the ninetieth percentile of this mixture, by 10 million draws
        held += ranges["p90_min"].low <= truth <= ranges["p90_min"].high
    assert held >= 54


def day_of(*counters: LivedCounter) -> OpenDay:
    guests = tuple(Guest("ab"[n % 2], 455.0 + n, 5.0) for n in range(40))
    return OpenDay(guests, counters)


def test_counters_more_are_open_when_any_is_unless_a_time_is_named() -> None:
    day = day_of(LivedCounter(("a",), SESSIONS), LivedCounter(("b",), ((600.0, 700.0),)))
    *_, all_day = changed(day, [MoreCounters(1)]).counters
    assert all_day == LivedCounter(("a", "b"), ((450.0, 700.0), (810.0, FOREVER_MIN)))
    *_, first, second = changed(day, [MoreCounters(2, (480.0, 570.0), ("b",))]).counters
    assert first == second == LivedCounter(("b",), ((480.0, 570.0),))


def test_counters_fewer_are_the_last_that_are_open_then_or_the_one_that_is_named() -> None:
    day = day_of(*(LivedCounter(("a",), one) for one in (SESSIONS, SESSIONS, ((900.0, 960.0),))))
    first, second, third = (one.open_min for one in changed(day, [FewerCounters(1, (480.0, 570.0))]).counters)
    assert (first, third) == (SESSIONS, ((900.0, 960.0),))
    assert second == ((450.0, 480.0), (570.0, 690.0), (810.0, FOREVER_MIN))
    named = changed(day, [FewerCounters(1, place=0)]).counters
    assert [one.open_min for one in named] == [(), SESSIONS, ((900.0, 960.0),)]


def test_lunch_in_turns_keeps_half_of_the_counters_there_and_nobody_works_longer() -> None:
    day = day_of(*[LivedCounter(("a",), SESSIONS)] * 3, LivedCounter(("b",), ((450.0, 690.0),)))
    first, second, third, morning = (one.open_min for one in changed(day, [LunchInTurns()]).counters)
    assert first == third == ((450.0, 630.0), (750.0, FOREVER_MIN))
    assert second == ((450.0, 750.0), (870.0, FOREVER_MIN))
    assert morning == ((450.0, 690.0),)
    assert open_at_all([LivedCounter((), first), LivedCounter((), second)]) == ((450.0, FOREVER_MIN),)


def test_other_services_and_a_service_that_nobody_comes_for() -> None:
    day = day_of(LivedCounter(("a",), SESSIONS, ("b",)))
    assert changed(day, [OtherServices(0, ("b",))]).counters == (LivedCounter(("b",), SESSIONS),)
    left = changed(day, [ClosedService("a", (460.0, 470.0))]).guests
    assert {one.came_min for one in day.guests} - {one.came_min for one in left} == {461.0, 463, 465, 467, 469}
    only_b = asked([(day, [0.0] * 40)], ClosedService("a"))
    assert (only_b.before.n, only_b.after.n) == (40, 20)


def test_whoever_is_never_called_is_told_of_and_was_not_called_in_time() -> None:
    day = replace(day_of(LivedCounter(("a",), ((450.0, 690.0),))), in_a_row=0)
    found = asked([(day, [1.0] * 40)])
    assert found.before.uncalled == 20 and found.before.within <= 0.5
    assert "20 people" in " ".join(said_of(found, date(2026, 11, 9), ("2026-11-02",), True, "en"))
