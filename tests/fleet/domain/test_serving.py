"""Days that are served again: against formulas, against two other ways of serving, and against what must hold."""

from dataclasses import replace
from math import exp, factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.lived_days import Lived, LivedCounter
from fleet.domain.queue_moment import FOREVER_MIN
from fleet.domain.serving import Guest, OpenDay, starts
from fleet.domain.waiting_scenarios import ALWAYS_FIRST, opens, serve

RATE, VISIT_MIN = 36 / 60, 8.0
RUNS, WARM = 12, 2_000


def erlang_c(counters: int, rate: float, visit_min: float, within_min: float) -> tuple[float, float]:
    """(mean wait, share that waits no longer) of M/M/c: Erlang's formula, from its definition."""
    load = rate * visit_min
    last = load**counters / factorial(counters) * counters / (counters - load)
    waits = last / (sum(load**n / factorial(n) for n in range(counters)) + last)
    spare = counters / visit_min - rate
    return waits / spare, 1 - waits * exp(-spare * within_min)


@pytest.mark.parametrize(
    ("counters", "mean_min", "share", "people"),
    [(5, 36, 0.38, 20_000), (6, 3.5, 0.95, 8_000), (7, 1.0, 0.99, 8_000)],
)
def test_one_counter_is_the_whole_difference_as_erlang_says(
    counters: int, mean_min: float, share: float, people: int
) -> None:
    """36 people an hour who take eight minutes each: 5, 6 and 7 counters."""
    expected = erlang_c(counters, RATE, VISIT_MIN, 15.0)
    assert expected == pytest.approx((mean_min, share), rel=0.06)
    random, found = np.random.default_rng(5), []
    for _ in range(RUNS):
        came = np.cumsum(random.exponential(1 / RATE, people)).tolist()
        needs = random.exponential(VISIT_MIN, people).tolist()
        guests = tuple(Guest("a", at, need) for at, need in zip(came, needs, strict=True))
        called = starts(OpenDay(guests, (LivedCounter(("a",)),) * counters))
        waits = np.array(called[WARM:], dtype=float) - np.array(came[WARM:])
        found.append((waits.mean(), (waits <= 15.0).mean()))
    mean, error = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / RUNS**0.5
    assert (abs(mean - expected) < 4 * error).all(), (mean, expected, error)
    assert (error < 0.12 * np.array(expected)).all(), "otherwise the line above says nothing"


spans = st.sampled_from(
    [((0.0, FOREVER_MIN),), ((5.0, 30.0), (45.0, FOREVER_MIN)), ((0.0, 20.0),), ((12.0, 25.0), (40.0, 60.0)), ()]
)
services = st.sampled_from([("a",), ("b",), ("a", "b")])
counters = st.lists(
    st.builds(
        lambda own, hours, helps: LivedCounter(own, hours, ("a",) if helps else ()), services, spans, st.booleans()
    ),
    min_size=1,
    max_size=4,
)
minutes = st.integers(0, 4_000).map(lambda one: one / 64)  # sums of these are exact
guests = st.lists(
    st.builds(Guest, st.sampled_from("ab"), minutes, st.integers(1, 900).map(lambda n: n / 64), st.booleans()),
    max_size=25,
    unique_by=lambda one: one.came_min,
).map(lambda found: tuple(sorted(found, key=lambda one: one.came_min)))


@settings(deadline=None, max_examples=150)
@given(guests, st.integers(1, 4), spans)
def test_where_all_counters_are_alike_it_is_as_scenarios_are_served(
    people: tuple[Guest, ...], many: int, hours: tuple[tuple[float, float], ...]
) -> None:
    people = tuple(replace(one, service="a") for one in people)
    alike = (LivedCounter(("a",), hours),) * many
    lived = serve([(Lived("a", one.came_min, one.preferred), one.need_min) for one in people], alike)
    assert starts(OpenDay(people, alike, ALWAYS_FIRST)) == [one.called_min for one in lived.people]


def plainly(day: OpenDay) -> list[float | None]:
    """The rules again, slowly: at each moment at which something happens every counter looks at everybody."""
    called: list[float | None] = [None] * len(day.guests)
    busy = [0.0] * len(day.counters)
    recent = [0] * len(day.counters)
    moments = {one.came_min for one in day.guests} | {start for one in day.counters for start, _ in one.open_min}
    while moments:
        now = min(moments)
        moments.remove(now)
        there = [n for n, one in enumerate(day.counters) if busy[n] <= now and opens(one, now) == now]
        for place in sorted(there, key=lambda n: (busy[n], n)):
            for able in (day.counters[place].services, day.counters[place].helping):
                waiting = [
                    n
                    for n, one in enumerate(day.guests)
                    if called[n] is None and one.came_min <= now and one.service in able
                ]
                first = [n for n in waiting if day.guests[n].preferred]
                others = [n for n in waiting if not day.guests[n].preferred]
                if waiting:
                    prefers = bool(first) and (not others or recent[place] < day.in_a_row)
                    who = (first if prefers else others)[0]
                    recent[place] = recent[place] + 1 if prefers else 0
                    called[who], busy[place] = now, now + day.guests[who].need_min
                    moments.add(busy[place])
                    break
    return called


@settings(deadline=None, max_examples=150)
@given(guests, counters)
def test_nobody_waits_who_could_be_called_and_nobody_is_called_by_a_closed_counter(
    people: tuple[Guest, ...], several: list[LivedCounter]
) -> None:
    """With one counter the order is certain, whatever it calls for and whenever it is open."""
    only = (several[0],)
    assert starts(OpenDay(people, only)) == plainly(OpenDay(people, only))
    day = OpenDay(people, tuple(several))
    called = starts(day)
    for who, (one, start) in enumerate(zip(people, called, strict=True)):
        able = [c for c in several if one.service in (*c.services, *c.helping)]
        assert start is None or start >= one.came_min
        assert start is None or any(opens(c, start) == start for c in able)
        never_closed = [c for c in able if c.open_min and c.open_min[-1][1] >= FOREVER_MIN]
        assert (start is not None) or not never_closed, who


@settings(deadline=None, max_examples=150)
@given(guests, st.integers(1, 3), spans, minutes, minutes)
def test_one_counter_more_lets_nobody_wait_longer_where_all_are_alike(
    people: tuple[Guest, ...], many: int, hours: tuple[tuple[float, float], ...], begins: float, length: float
) -> None:
    """Where counters keep the same hours and take people in the order of coming that is a theorem, person by person."""
    people = tuple(replace(one, service="a", preferred=False) for one in people)
    alike = (LivedCounter(("a",), hours),) * many
    before = starts(OpenDay(people, alike))
    after = starts(OpenDay(people, (*alike, LivedCounter(("a",), ((begins, begins + length),)))))
    for one, was in zip(after, before, strict=True):
        assert was is None or (one is not None and one <= was)


def test_at_most_so_many_of_a_class_in_a_row() -> None:
    people = tuple(Guest("a", n / 10, 5.0, preferred=n >= 2) for n in range(8))
    called = starts(OpenDay(people, (LivedCounter(("a",), ((1.0, FOREVER_MIN),)),), in_a_row=2))
    order = sorted(range(8), key=lambda n: called[n] or 0.0)
    assert order == [2, 3, 0, 4, 5, 1, 6, 7]


def test_who_helps_begins_when_nobody_waits_for_its_own() -> None:
    people = (Guest("b", 0.0, 5.0), Guest("a", 1.0, 5.0), Guest("a", 2.0, 5.0))
    helper = LivedCounter(("a",), ((3.0, FOREVER_MIN),), helping=("b",))
    assert starts(OpenDay(people, (helper,))) == [13.0, 3.0, 8.0]


def test_a_free_counter_takes_a_moment_to_call() -> None:
    people = (Guest("a", 10.0, 5.0), Guest("a", 11.0, 5.0), Guest("c", 12.0, 5.0))
    assert starts(OpenDay(people, (LivedCounter(("a",)),), answer_min=0.5)) == [10.5, 15.5, None]
