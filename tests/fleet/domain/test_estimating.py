"""Queues that are played to their end: against formulas, against what must hold of any queue, and case by case."""

from math import exp, factorial, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.estimating import play
from fleet.domain.lived_days import Lived, LivedCounter
from fleet.domain.queue_moment import FOREVER_MIN, Ahead, Coming, Counter, QueueNow
from fleet.domain.service_times import ServiceTimes
from fleet.domain.waiting_scenarios import serve

MEAN_MIN = 6.0
MANY = 4_000
EXPONENTIAL = ServiceTimes(["a"], {"a": [-MEAN_MIN * log(1 - (one + 0.5) / MANY) for one in range(MANY)]})
FIVE_MINUTES = ServiceTimes(["a", "b"], {"a": [5.0] * 100_000, "b": [5.0] * 100_000})


def chance(seed: int = 7) -> np.random.Generator:
    return np.random.default_rng(seed)


def erlang_quantile(phases: int, rate: float, share: float) -> float:
    """The time by which so many events of this rate have happened, with this probability; by bisection."""
    low, high = 0.0, 1_000.0
    for _ in range(60):
        middle = (low + high) / 2
        fewer = sum(exp(-rate * middle) * (rate * middle) ** n / factorial(n) for n in range(phases))
        low, high = (middle, high) if 1 - fewer < share else (low, middle)
    return low


@pytest.mark.parametrize(("ahead", "counters"), [(0, 1), (3, 2), (12, 5)])
def test_exponential_times_make_the_wait_that_the_formula_says(ahead: int, counters: int) -> None:
    busy = Counter(("a",), busy=True, serving="a", elapsed_min=4.0)
    queue = QueueNow(tuple(Ahead("a") for _ in range(ahead)), (busy,) * counters)
    told = play(queue, EXPONENTIAL, chance(), tries=6_000).newcomers["a"]
    assert told is not None
    for found, share in ((told.low, 0.1), (told.middle, 0.5), (told.high, 0.9)):
        assert found == pytest.approx(erlang_quantile(ahead + 1, counters / MEAN_MIN, share), rel=0.05, abs=0.15)


def test_made_days_wait_as_long_as_erlang_c_says() -> None:
    counters, rate, days = 3, 0.4, 12
    load = rate * MEAN_MIN
    term = load**counters / factorial(counters) / (1 - load / counters)
    waits_at_all = term / (sum(load**n / factorial(n) for n in range(counters)) + term)
    expected = waits_at_all / (counters / MEAN_MIN - rate)
    means, random = [], chance()
    for _ in range(days):
        came = np.cumsum(random.exponential(1 / rate, 5_000))
        people = [(Lived("a", float(minute)), float(random.exponential(MEAN_MIN))) for minute in came]
        lived = serve(people, (LivedCounter(("a",)),) * counters).people
        means.append(float(np.mean([one.waited_min or 0.0 for one in lived[200:]])))
    error = np.std(means) / days**0.5
    assert abs(np.mean(means) - expected) < 4 * error, (np.mean(means), expected, error)
    assert error < 0.1 * expected


people_ahead = st.lists(st.sampled_from("ab"), max_size=12)
counters_busy = st.lists(
    st.builds(
        lambda busy, elapsed: Counter(("a", "b"), busy=busy, serving="a" if busy else "", elapsed_min=elapsed),
        st.booleans(),
        st.floats(0, 30),
    ),
    min_size=1,
    max_size=5,
)
MIXED = ServiceTimes(["a", "b"], {"a": [2.0, 4.0, 5.0, 9.0, 14.0], "b": [8.0, 11.0, 25.0]})


@settings(deadline=None, max_examples=60)
@given(people_ahead, counters_busy, st.sampled_from("ab"))
def test_whoever_has_more_people_ahead_waits_no_shorter(ahead: list[str], counters: list[Counter], more: str) -> None:
    fewer = QueueNow(tuple(map(Ahead, ahead)), tuple(counters))
    longer = QueueNow(tuple(map(Ahead, [more, *ahead])), tuple(counters))
    some, others = (play(one, MIXED, chance(), tries=64).newcomers["a"] for one in (fewer, longer))
    assert some is not None and others is not None
    assert others.low >= some.low and others.middle >= some.middle and others.high >= some.high


@settings(deadline=None, max_examples=60)
@given(people_ahead, counters_busy)
def test_another_counter_makes_nobody_wait_longer(ahead: list[str], counters: list[Counter]) -> None:
    queue = QueueNow(tuple(map(Ahead, ahead)), tuple(counters))
    with_another = QueueNow(queue.waiting, (*counters, Counter(("a", "b"))))
    before = [*play(queue, MIXED, chance(), tries=64).waiting, play(queue, MIXED, chance(), tries=64).newcomers["a"]]
    after_ = play(with_another, MIXED, chance(), tries=64)
    for was, now in zip(before, [*after_.waiting, after_.newcomers["a"]], strict=True):
        assert was is not None and now is not None
        assert now.middle <= was.middle + 1e-9 and now.high <= was.high + 1e-9


@settings(deadline=None, max_examples=60)
@given(people_ahead, counters_busy)
def test_the_quantiles_are_in_order_and_the_queue_is_too(ahead: list[str], counters: list[Counter]) -> None:
    played = play(QueueNow(tuple(map(Ahead, ahead)), tuple(counters)), MIXED, chance(), tries=64)
    told = [one for one in played.waiting if one is not None]
    assert len(told) == len(ahead)
    assert all(0 <= one.low <= one.middle <= one.high for one in told)
    assert [one.middle for one in told] == sorted(one.middle for one in told)


def test_no_counter_no_estimate() -> None:
    played = play(QueueNow((Ahead("a"),), ()), MIXED, chance())
    assert played.waiting == (None,) and played.newcomers == {}
    closed = Counter(("a",), open_min=((0.0, 0.0),))
    assert play(QueueNow((Ahead("a"),), (closed,)), MIXED, chance()).newcomers == {"a": None}
    assert play(QueueNow((Ahead("b"),), (Counter(("a",)),)), MIXED, chance()).waiting == (None,)


def test_a_counter_that_closes_ends_its_visit_first_and_goes_on_when_it_opens_again() -> None:
    counter = Counter(("a",), open_min=((0.0, 8.0), (60.0, FOREVER_MIN)))
    played = play(QueueNow((Ahead("a"),) * 3, (counter,)), FIVE_MINUTES, chance())
    assert [one and round(one.middle) for one in played.waiting] == [0, 5, 60]
    assert played.newcomers["a"] is not None and round(played.newcomers["a"].middle) == 65


def test_who_may_not_be_called_before_the_end_is_told_how_likely_that_is() -> None:
    played = play(QueueNow((Ahead("a"),) * 2, (Counter(("a",), open_min=((0.0, 5.0),)),)), MIXED, chance())
    assert played.waiting[1] is not None and 0.2 < played.waiting[1].called < 0.8
    assert played.waiting[1].high < 5.0


def test_people_of_a_class_go_first_but_not_without_bound() -> None:
    counter = Counter(("a",))
    waiting = (Ahead("a"), Ahead("a", -1.0), Ahead("a", -2.0), Ahead("a", -0.5))
    told = [one and round(one.middle) for one in play(QueueNow(waiting, (counter,)), FIVE_MINUTES, chance()).waiting]
    assert told == [10, 5, 0, 15]


def test_an_appointment_goes_before_others_from_its_time_on() -> None:
    waiting = (Ahead("a"), Ahead("a"), Ahead("a"), Ahead("a", 7.0))
    told = play(QueueNow(waiting, (Counter(("a",)),)), FIVE_MINUTES, chance()).waiting
    assert [one and round(one.middle) for one in told] == [0, 5, 15, 10]


def test_people_of_a_class_who_are_yet_to_come_make_others_wait_longer() -> None:
    queue = QueueNow((Ahead("a"),) * 8, (Counter(("a",)),))
    coming = QueueNow(queue.waiting, queue.counters, (Coming("a", (0.1,) * 24, 10.0),))
    before, after_ = (play(one, FIVE_MINUTES, chance(), tries=2_000).newcomers["a"] for one in (queue, coming))
    assert before is not None and after_ is not None
    # While the queue is served, half as many again come: 8 people and their jumpers take 40 / (1 - 0.5) minutes.
    assert before.middle == pytest.approx(40.0)
    assert after_.middle == pytest.approx(80.0, rel=0.15)


def test_a_counter_that_helps_takes_its_own_people_first() -> None:
    helper = Counter(("b",), helping=("a",))
    told = play(QueueNow((Ahead("a"), Ahead("b"), Ahead("b")), (helper,)), FIVE_MINUTES, chance()).waiting
    assert [one and round(one.middle) for one in told] == [10, 0, 5]


def test_counters_with_different_skills_take_whom_they_can() -> None:
    counters = (Counter(("a",)), Counter(("b",), busy=True, serving="b", elapsed_min=0.0))
    played = play(QueueNow((Ahead("b"), Ahead("a"), Ahead("a")), counters), FIVE_MINUTES, chance())
    assert [one and round(one.middle) for one in played.waiting] == [5, 0, 5]
