"""A device's day is a function of the set of what is known of it; versions carry honest intervals."""

from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.boots import Start, start_of
from fleet.domain.device_days import HOUR_MS, Boot, DayKnown, DaySum, day_sums
from fleet.domain.firmware_health import firmware_health, garwood

MIN = 60_000
DAY_MS = 24 * HOUR_MS
OPEN = ((7 * HOUR_MS, 11 * HOUR_MS), (13 * HOUR_MS, 17 * HOUR_MS))
STATES = st.sampled_from(("online", "sleeping", "leaving", "lost"))
MOMENTS = st.integers(-DAY_MS, DAY_MS - 1)
CHANGES = st.lists(st.tuples(MOMENTS, STATES), max_size=12, unique_by=lambda one: one[0])
BOOTS = st.lists(
    st.builds(
        Boot, MOMENTS, st.sampled_from(("power", "watchdog", "config", "")), st.sampled_from(("0.1", "0.2", "rôm"))
    ),
    max_size=8,
)


def day(changes: list[tuple[int, str]], boots: list[Boot]) -> DayKnown:
    return DayKnown(0, DAY_MS, changes, boots, OPEN, "0.0")


def whole(sums: dict[str, DaySum]) -> DaySum:
    return reduce(DaySum.__add__, sums.values(), DaySum())


@given(CHANGES, BOOTS, st.randoms())
def test_order_and_repetition_change_nothing(changes, boots, chance) -> None:
    shuffled, started = [*changes, *changes[:3]], [*boots, *boots[:3]]
    chance.shuffle(shuffled)
    chance.shuffle(started)
    assert day_sums(day(shuffled, started)) == day_sums(day(changes, boots))


@given(CHANGES, BOOTS, st.integers(1, DAY_MS - 1))
def test_time_is_counted_once_wherever_it_is_cut(changes, boots, cut_ms) -> None:
    known = day(changes, boots)
    parts = [replace(known, to_ms=cut_ms), replace(known, from_ms=cut_ms)]
    cut, uncut = [whole(day_sums(part)) for part in parts], whole(day_sums(known))
    for name in ("connected_ms", "expected_ms", "asleep_ms", "planned", "crashes"):
        assert sum(getattr(part, name) for part in cut) == getattr(uncut, name)
    assert sum(part.cuts + part.switched_on for part in cut) == uncut.cuts + uncut.switched_on


@given(CHANGES, BOOTS)
def test_a_day_adds_up(changes, boots) -> None:
    sums = whole(day_sums(day(changes, boots)))
    assert 0 <= sums.connected_ms <= sums.expected_ms <= 8 * HOUR_MS
    assert 0 <= sums.crash_free <= sums.hours <= 24
    started = {one for one in boots if one.at_ms >= 0}
    assert sums.planned + sums.switched_on + sums.cuts + sums.crashes == len(started) == sum(n for _, n in sums.reasons)
    assert (sums.hours == sums.crash_free) == (sums.crashes == 0)


@given(CHANGES, BOOTS, MOMENTS)
def test_what_is_told_of_days_to_come_changes_no_day_before(changes, boots, ms) -> None:
    later = [(at + 2 * DAY_MS, state) for at, state in changes]
    after = [replace(one, at_ms=one.at_ms + 2 * DAY_MS) for one in boots]
    known = day(changes, boots)
    more = replace(known, presence=[*changes, *later], boots=[*boots, *after])
    assert day_sums(more) == day_sums(known)


def test_a_day_of_two_firmwares() -> None:
    changes = [(-HOUR_MS, "online"), (9 * HOUR_MS, "lost"), (10 * HOUR_MS, "online"), (17 * HOUR_MS, "sleeping")]
    boots = [
        Boot(-HOUR_MS, "power", "0.1"),
        Boot(10 * HOUR_MS, "power", "0.1"),
        Boot(12 * HOUR_MS, "config", "0.2"),
        Boot(15 * HOUR_MS, "watchdog", "0.3"),
    ]
    sums = day_sums(day(changes, boots))
    assert sums["0.1"].connected_ms == 3 * HOUR_MS  # 7 to 9, and 10 to 11
    assert sums["0.1"].expected_ms == 4 * HOUR_MS
    assert (sums["0.1"].cuts, sums["0.1"].unexpected, sums["0.2"].planned) == (1, 1, 1)
    assert (sums["0.2"].crashes, sums["0.2"].reasons) == (1, (("config", 1), ("watchdog", 1)))
    assert sums["0.2"].hours - sums["0.2"].crash_free == 1, "the crash is that of the firmware that ran"
    assert sums["0.3"].hours == 8  # 16 to 24: asleep as planned is operated; 15 to 16 crashed
    assert sums["0.3"].asleep_ms == 7 * HOUR_MS


def test_who_is_switched_on_in_the_morning_had_no_cut() -> None:
    morning = [Boot(7 * HOUR_MS + 5 * MIN, "power", "1")]
    assert whole(day_sums(day([(-9 * HOUR_MS, "lost"), (7 * HOUR_MS + 6 * MIN, "online")], morning))).switched_on == 1
    assert [start_of("power", False), start_of("sleep", True), start_of("", False)] == [
        Start.SWITCHED_ON,
        Start.PLANNED,
        Start.CRASH,
    ]


def test_who_is_at_its_cable_did_not_make_it_fall() -> None:
    assert {start_of(reason, True) for reason in ("cable", "soft", "config", "key")} == {Start.PLANNED}
    assert {start_of(reason, True) for reason in ("fault", "watchdog", "reset", "whatever")} == {Start.CRASH}


def test_before_the_first_word_nothing_is_expected() -> None:
    assert whole(day_sums(day([(10 * HOUR_MS, "online")], []))).expected_ms == 5 * HOUR_MS
    assert day_sums(day([], [])) == {}


@pytest.mark.parametrize(
    ("k", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390), (50, 37.111, 65.919)]
)
def test_the_interval_of_a_count_is_garwoods(k: int, low: float, high: float) -> None:
    assert garwood(k) == pytest.approx((low, high), abs=2e-3)


def test_a_version_says_how_much_is_known_of_it() -> None:
    few = firmware_health("0.2", "pico", ["a", "b", "a"], DaySum(hours=100, crash_free=99, crashes=1))
    many = firmware_health("0.2", "pico", ["a"], DaySum(hours=10_000, crash_free=9_900, crashes=100))
    assert few.devices == 2
    assert few.crash_free == many.crash_free == 0.99
    assert few.crashes_per == many.crashes_per == pytest.approx(10)
    assert few.crashes_high - few.crashes_low > 5 * (many.crashes_high - many.crashes_low)
    assert few.crash_free_low < many.crash_free_low < 0.99 < many.crash_free_high < few.crash_free_high
    assert firmware_health("0.2", "pico", [], DaySum()).crashes_per is None
