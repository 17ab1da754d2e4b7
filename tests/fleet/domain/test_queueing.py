"""Who is next."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.queue_policy import QueuePolicy
from fleet.domain.queueing import Preferred, Waiting, is_owed, next_of, passed_ms

MIN = 60_000
POLICY = QueuePolicy()


def ticket(number: int, since_ms: int, place: int | None = None, passed_ms: int | None = None) -> Waiting:
    return Waiting("ho-tich", number, since_ms, place, passed_ms=passed_ms)


def test_nobody_waits() -> None:
    assert next_of([], [], 0) is None


def test_who_came_first_goes_first() -> None:
    assert next_of([ticket(2, 20), ticket(1, 10)], [], 30) == ticket(1, 10)


def test_priority_goes_first_but_not_three_times_in_a_row() -> None:
    waiting = [ticket(1, 10), ticket(2, 20, place=1)]
    assert next_of(waiting, [], 30) == ticket(2, 20, place=1)
    assert next_of(waiting, [True], 30) == ticket(2, 20, place=1)
    assert next_of(waiting, [True, True], 30) == ticket(1, 10)
    assert next_of(waiting, [True, True, False], 30) == ticket(2, 20, place=1)


def test_priority_alone_is_not_held_back() -> None:
    assert next_of([ticket(2, 20, place=1)], [True, True], 30) == ticket(2, 20, place=1)


def test_an_office_that_lets_nobody_go_before_others() -> None:
    assert next_of([ticket(1, 10), ticket(2, 20, place=1)], [], 30, QueuePolicy(most_in_a_row=0)) == ticket(1, 10)


def test_of_two_classes_the_first_goes_first() -> None:
    waiting = [ticket(1, 5), ticket(2, 10, place=1), ticket(3, 20, place=0)]
    assert next_of(waiting, [], 30) == ticket(3, 20, place=0)


def test_who_was_passed_by_for_a_quarter_of_an_hour_is_passed_by_no_more() -> None:
    waiting = [ticket(1, 10, passed_ms=100), ticket(2, 20, place=1)]
    assert next_of(waiting, [], 100 + 15 * MIN - 1) == ticket(2, 20, place=1)
    assert next_of(waiting, [], 100 + 15 * MIN) == ticket(1, 10, passed_ms=100)


@pytest.mark.parametrize("now_ms", [50, 99])
def test_an_appointment_that_is_yet_to_come_goes_before_nobody(now_ms: int) -> None:
    waiting = [ticket(1, 10), ticket(2, 100, place=0)]
    assert next_of(waiting, [], now_ms) == ticket(1, 10)


def test_an_appointment_goes_first_from_its_time_on_and_early_where_nobody_else_waits() -> None:
    assert next_of([ticket(1, 10), ticket(2, 100, place=0)], [], 100) == ticket(2, 100, place=0)
    assert next_of([ticket(2, 100, place=0)], [], 50) == ticket(2, 100, place=0)


def test_who_is_passed_by() -> None:
    skills = {"quay-1": {"ho-tich"}, "quay-2": {"dat-dai"}}
    calls = [Preferred("quay-2", 40, 30), Preferred("quay-1", 60, 50), Preferred("quay-1", 70, 5)]
    assert passed_ms("ho-tich", 10, calls, skills) == 60, "quay-2 does not call for it"
    assert passed_ms("ho-tich", 55, calls, skills) is None, "who waited before goes before"
    assert passed_ms("dat-dai", 10, calls, skills) == 40


@given(
    st.lists(st.tuples(st.integers(0, 120), st.sampled_from([None, None, 0, 1])), min_size=1, max_size=60),
    st.lists(st.integers(1, 12), min_size=60, max_size=60),
    st.integers(0, 3),
    st.integers(0, 30),
)
def test_on_any_day_priority_adds_no_more_than_it_may(
    day: list[tuple[int, int | None]], minutes: list[int], most_in_a_row: int, most_added_min: int
) -> None:
    """One counter; each visit takes its minutes. Whoever waits without priority sees both bounds kept."""
    policy = replace(POLICY, most_in_a_row=most_in_a_row, most_added_s=most_added_min * 60)
    to_come = sorted((ticket(number, at * MIN, place) for number, (at, place) in enumerate(day)), key=Waiting.order)
    now_ms, calls, log, served = 0, [], [], 0
    for takes_min in minutes[: len(day)]:
        left = [one for one in to_come if one is not None]
        now_ms = max(now_ms, left[0].since_ms)
        waiting = [
            replace(one, passed_ms=passed_ms("ho-tich", one.since_ms, calls, {"q": {"ho-tich"}}))
            for one in left
            if one.since_ms <= now_ms
        ]
        chosen = next_of(waiting, log, now_ms, policy)
        assert chosen is not None
        ordinary = [one for one in waiting if one.place is None]
        if chosen.place is not None and ordinary:
            assert not any(is_owed(one, now_ms, policy) for one in ordinary)
            assert log[-most_in_a_row:] != [True] * most_in_a_row
        if chosen.place is None:
            assert chosen == min(ordinary, key=lambda one: (not is_owed(one, now_ms, policy), one.order()))
        log.append(chosen.place is not None)
        if chosen.place is not None:
            calls.append(Preferred("q", now_ms, chosen.since_ms))
        to_come = [one for one in to_come if one.number != chosen.number]
        now_ms += takes_min * MIN
        served += 1
    assert served == len(day)
