"""Which counters are expected to be open when; a day with two sessions, minutes since midnight."""

import pytest

from fleet.domain.counter_plan import CounterFacts, counters_from_now
from fleet.domain.queue_moment import FOREVER_MIN

MORNING, AFTERNOON = (450.0, 690.0), (810.0, 1020.0)
DAY = (MORNING, AFTERNOON)


def plan(minute: float, sessions: tuple[tuple[float, float], ...] = DAY, **facts: object) -> list[tuple[float, float]]:
    """The stretches of one counter, in minutes of the day again."""
    known = {"state": "free", "called_min": 500.0, **facts}
    found = counters_from_now([CounterFacts(("a",), **known)], sessions, minute)  # type: ignore[arg-type]
    return [
        (start + minute, FOREVER_MIN if end > 10_000 else end + minute) for one in found for start, end in one.open_min
    ]


def test_who_works_is_open_in_what_is_left_of_the_day() -> None:
    assert plan(600) == [(600, 690), (810, FOREVER_MIN)]
    assert plan(700) == [(810, FOREVER_MIN)], "the session is over"
    assert plan(900) == [(900, FOREVER_MIN)]
    assert plan(1030) == [(1030, FOREVER_MIN)], "whoever still waits is called"


def test_who_works_through_lunch_is_open() -> None:
    assert plan(720, called_min=710.0) == [(720, FOREVER_MIN)]


def test_on_a_day_without_sessions_who_works_is_open() -> None:
    assert plan(600, ()) == [(600, FOREVER_MIN)]
    assert plan(600, (), state=None, worked_last_day=True, called_min=None) == []


@pytest.mark.parametrize(
    ("minute", "since", "reason", "back"),
    [
        (605, 600, "", 615),
        (640, 600, "", 660),
        (695, 690, "lunch", 810),
        (640, 600, "lunch", 810),
        (840, 690, "lunch", 915),
    ],
)
def test_a_pause_ends_some_time(minute: float, since: float, reason: str, back: float) -> None:
    assert plan(minute, state="paused", since_min=since, reason=reason)[0][0] == back


def test_before_the_day_begins_the_counters_of_the_last_one_are_expected() -> None:
    nothing = {"state": None, "called_min": None}
    assert plan(440, worked_last_day=True, **nothing) == [(450, 690), (810, FOREVER_MIN)]
    assert plan(440, worked_last_day=False, **nothing) == []
    assert plan(470, worked_last_day=True, **nothing) == [], "it did not begin"


def test_where_clerks_must_sign_in_nobody_is_expected_who_did_not() -> None:
    assert plan(600, staffed=False) == []


def test_whom_a_counter_serves_and_for_how_long() -> None:
    (one,) = counters_from_now([CounterFacts(("a",), ("b",), "serving", serving="b", called_min=590.0)], DAY, 600.0)
    assert (one.services, one.helping, one.busy, one.serving, one.elapsed_min) == (("a",), ("b",), True, "b", 10.0)
