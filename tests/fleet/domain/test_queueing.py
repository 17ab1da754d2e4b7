"""Who is next."""

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.queueing import MOST_PRIORITY_IN_A_ROW, Waiting, next_of


def ticket(number: int, taken_ms: int, priority: bool = False) -> Waiting:
    return Waiting("ho-tich", number, taken_ms, priority)


def test_nobody_waits() -> None:
    assert next_of([], []) is None


def test_who_came_first_goes_first() -> None:
    assert next_of([ticket(2, 20), ticket(1, 10)], []) == ticket(1, 10)


def test_priority_goes_first_but_not_three_times_in_a_row() -> None:
    waiting = [ticket(1, 10), ticket(2, 20, priority=True)]
    assert next_of(waiting, []) == ticket(2, 20, priority=True)
    assert next_of(waiting, [True]) == ticket(2, 20, priority=True)
    assert next_of(waiting, [True, True]) == ticket(1, 10)
    assert next_of(waiting, [True, True, False]) == ticket(2, 20, priority=True)


def test_priority_alone_is_not_held_back() -> None:
    assert next_of([ticket(2, 20, priority=True)], [True, True]) == ticket(2, 20, priority=True)


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_on_any_day_nobody_sees_more_than_two_priority_calls_in_a_row(day: list[bool]) -> None:
    waiting = [ticket(number, number, priority) for number, priority in enumerate(day, start=1)]
    log: list[bool] = []
    while waiting:
        others_waited = any(not one.priority for one in waiting)
        chosen = next_of(waiting, log)
        assert chosen is not None
        if others_waited and len(log) >= MOST_PRIORITY_IN_A_ROW and all(log[-MOST_PRIORITY_IN_A_ROW:]):
            assert not chosen.priority
        waiting.remove(chosen)
        log.append(chosen.priority)
    assert len(log) == len(day)
