"""How many counters are needed: against Erlang's formula, against all plans there are, and what it is forecast from."""

from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.day_forecast import Forecast, forecast, level, make_guests
from fleet.domain.lived_days import LivedCounter
from fleet.domain.queue_moment import FOREVER_MIN
from fleet.domain.service_times import ServiceTimes
from fleet.domain.serving import Guest, OpenDay
from fleet.domain.staffing import Search, changed, suggest
from fleet.domain.staffing_sentences import said_of_staffing
from fleet.domain.staffing_trial import Trial, opening, opening_order, slots_of
from fleet.domain.waiting_knowledge import BIN_MIN, BINS
from tests.fleet.domain.test_serving import RATE, VISIT_MIN, erlang_c

SESSIONS = ((450.0, 690.0), (810.0, 1020.0))
EXPONENTIAL = ServiceTimes(["a"], {"a": [-VISIT_MIN * np.log(1 - (n + 0.5) / 4_000) for n in range(4_000)]})
TARGET = {"a": 15.0}


def steady_trial(seed: int, days: int, counters: int, session_min: float) -> Trial:
    """People come evenly, as Erlang has it, from the beginning on."""
    people = np.zeros((BINS, 1))
    people[: int(session_min / BIN_MIN), 0] = RATE * BIN_MIN
    random, expected = np.random.default_rng(seed), Forecast(("a",), people, 0.0, (0.0,))
    open_all = (LivedCounter(("a",)),) * counters
    made = [OpenDay(make_guests(expected, EXPONENTIAL, random), open_all) for _ in range(days)]
    return Trial(made, ((0.0, session_min),), TARGET, range(counters))


def test_what_is_suggested_is_what_erlang_says() -> None:
    """Of 36 people an hour who take eight minutes: 6 counters for nine of ten within fifteen minutes, 5 are too few."""
    assert erlang_c(5, RATE, VISIT_MIN, 15.0)[1] < 0.9 < erlang_c(6, RATE, VISIT_MIN, 15.0)[1]
    few, many, check = (steady_trial(seed, days, 7, 480.0) for seed, days in ((1, 6), (2, 16), (3, 30)))
    five = [LivedCounter(("a",), ((0.0, FOREVER_MIN),))] * 5
    found = suggest(few, many, check, five, 0.9)
    assert (found.reached, found.finished) == (True, True)
    assert {one.least for one in found.slots} <= {4, 5, 6, 7}
    assert found.hours("least") / 8 == pytest.approx(5.7, abs=0.35), "between five and six, since it begins empty"
    assert found.least.whole > 0.88
    assert found.planned.whole < 0.75 and found.slots[-1].planned_share < 0.6
    assert found.differences[0].slot is None and found.differences[0].share_without < 0.65
    six = check.of(check.uniform(6))
    assert six.whole == pytest.approx(erlang_c(6, RATE, VISIT_MIN, 15.0)[1], abs=0.03)
    said = " ".join(said_of_staffing(found, date(2026, 11, 23), 432.0, 4, 1, ("Quầy 1",), "vi"))
    assert "Một quầy quyết định tất cả: bớt một quầy cả ngày" in said and "Mới có 4 ngày" in said
    assert "40,0 giờ quầy đang dự kiến" in said
    assert "không đạt" not in said


def test_a_search_that_takes_too_long_ends_and_says_so() -> None:
    trial = steady_trial(1, 3, 8, 240.0)
    found = suggest(trial, trial, trial, [], 0.9, go_on=lambda: False)
    assert not found.finished
    assert not Search(trial, trial, 0.9, lambda: True).lacking(tuple(one.least for one in found.slots))
    assert (
        "the search took too long"
        in " ".join(said_of_staffing(found, date(2026, 11, 23), 1.0, 9, 1, ("1",), "en")).lower()
    )


people = st.lists(
    st.builds(Guest, st.sampled_from("ab"), st.floats(0, 100), st.floats(1, 30)), min_size=1, max_size=30
).map(lambda found: tuple(sorted(found, key=lambda one: one.came_min)))


@settings(deadline=None, max_examples=40)
@given(st.lists(people, min_size=1, max_size=3), st.sampled_from([0.5, 0.9]))
def test_a_plan_suffices_nothing_can_be_taken_from_it_and_hardly_any_other_is_less(
    days: list[tuple[Guest, ...]], goal: float
) -> None:
    counters = (LivedCounter(("a", "b")), LivedCounter(("b",)), LivedCounter(("a",), helping=("b",)))
    made = Trial([OpenDay(one, counters) for one in days], ((0.0, 90.0),), {"a": 10.0, "b": 15.0}, (0, 2, 1))
    search = Search(made, made, goal, lambda: True)
    found = search.least()
    assert not search.lacking(found)
    for n in range(3):
        fewer = changed(found, n, -1, 3)
        assert fewer == found or search.all_needed[n] or not search.may_do(fewer) or search.lacking(fewer)
    choices = [(3,) if all_needed else (1, 2, 3) for all_needed in search.all_needed]
    least = min(sum(one) for one in product(*choices) if not search.lacking(one))
    assert least <= sum(found) <= least + 2


def test_where_all_counters_are_too_few_all_are_needed_and_that_is_said() -> None:
    crowd = tuple(Guest("a", float(n) / 5, 10.0) for n in range(300))
    trial = Trial([OpenDay(crowd, (LivedCounter(("a",)),) * 2)], ((0.0, 60.0),), TARGET, (0, 1))
    found = suggest(trial, trial, trial, [], 0.9)
    assert [one.least for one in found.slots] == [2, 2] and not found.reached
    assert "all 2 counters together do not reach 90 %" in " ".join(
        said_of_staffing(found, date(2026, 11, 23), 1.0, 9, 1, ("1", "2"), "en")
    )


def test_half_hours_go_by_the_clock_and_nobody_waits_before_the_office_opens() -> None:
    assert slots_of(((455.0, 500.0), (800.0, 840.0)))[:2] == ((455.0, 480.0), (480.0, 500.0))
    assert len(slots_of(SESSIONS)) == 15
    assert [opening(one, SESSIONS) for one in (430.0, 500.0, 700.0, 1100.0)] == [450.0, 500.0, 810.0, 1100.0]
    early = (Guest("a", 400.0, 5.0), Guest("a", 440.0, 5.0))
    found = Trial([OpenDay(early, (LivedCounter(("a",)),))], SESSIONS, TARGET, (0,)).of((1,) * 15)
    assert (found.whole, found.p90_min, found.by_slot[0]) == (1.0, 5.0, 1.0)


def test_counters_open_so_that_every_service_is_called_for_early() -> None:
    only_b, only_a, both = LivedCounter(("b",)), LivedCounter(("a",)), LivedCounter(("a", "b"))
    assert opening_order([only_b, only_a, only_a], {"a": 300.0, "b": 60.0})[:2] == (1, 2)
    assert opening_order([only_a, only_a, only_b], {"a": 200.0, "b": 100.0}) == (0, 1, 2)
    assert opening_order([only_b, both, only_a], {"a": 50.0, "b": 90.0})[0] == 0
    assert opening_order([], {}) == ()


def mornings(*counts: int) -> tuple[Guest, ...]:
    return tuple(Guest("a", 480.0 + 30 * n, 5.0, n == 1) for n, count in enumerate(counts) for _ in range(count))


def test_a_weekday_is_drawn_towards_all_days_as_far_as_it_says_little() -> None:
    totals = np.array([100.0, 104, 96, 60, 64, 56])
    weekdays = np.array([0, 0, 0, 1, 1, 1])
    expected, within = level(totals, weekdays, 0)
    # Within: (32 + 32) / 4 = 16, but chance alone gives the mean, 80. Between: (6 * 400 - 80) / (6 - 18 / 6).
    between = (2_400 - 80) / 3
    assert within == 80.0
    assert expected == pytest.approx(80 + between / (between + 80 / 3) * 20)
    assert level(np.array([50.0, 70.0]), np.array([2, 3]), 4)[0] == 60.0, "a weekday of which nothing is known"
    assert level(np.array([50.0, 70.0]), np.array([2, 2]), 2)[0] == 60.0
    alike, _ = level(np.array([100.0, 100.0, 98.0, 98.0]), np.array([0, 0, 1, 1]), 0)
    assert alike == 99.0, "weekdays that do not differ more than by chance are one"


def test_a_forecast_keeps_when_people_come_and_days_made_after_it_are_like_it() -> None:
    days = [(0, mornings(10, 30)), (0, mornings(12, 28)), (1, mornings(40, 0)), (1, mornings(41, 1))]
    monday = forecast(days, 0, ("a", "b"))
    assert monday.total == pytest.approx(40.5) and monday.people[:, 1].sum() == 0
    assert 16 < monday.people[16, 0] * 1.0 < 25 and monday.people[16, 0] < forecast(days, 1, ("a", "b")).people[16, 0]
    assert monday.preferred == (pytest.approx(59 / 162), 0.0)
    random = np.random.default_rng(2)
    made = [make_guests(monday, EXPONENTIAL, random) for _ in range(400)]
    assert np.mean([len(one) for one in made]) == pytest.approx(40.5, abs=4 * (40.5 / 400) ** 0.5)
    assert all(list(one) == sorted(one, key=lambda guest: guest.came_min) for one in made[:5])
    assert {guest.service for one in made for guest in one} == {"a"}
    with pytest.raises(ValueError, match="found none"):
        forecast([], 0, ("a",))


def test_days_that_differ_more_than_by_chance_are_made_so() -> None:
    wild = [(0, mornings(n)) for n in (10, 90, 30, 70, 50, 20, 80)]
    expected, random = forecast(wild, 0, ("a",)), np.random.default_rng(3)
    made = [len(make_guests(expected, EXPONENTIAL, random)) for _ in range(1_500)]
    assert np.var(made) == pytest.approx(np.var([10, 90, 30, 70, 50, 20, 80], ddof=1), rel=0.2)
