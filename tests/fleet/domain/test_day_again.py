"""Days that are over become days that can be served again: when clerks were away is read from the calls."""

from dataclasses import replace

import numpy as np
import pytest

from fleet.domain.day_again import as_worked, day_again
from fleet.domain.lived_days import Lived, LivedCounter, LivedDay
from fleet.domain.queue_moment import FOREVER_MIN
from fleet.domain.service_times import ServiceTimes
from fleet.domain.serving import starts
from fleet.domain.waiting_scenarios import make_day
from fleet.flows.backtest import read_scenarios

SESSIONS = ((450.0, 690.0), (810.0, FOREVER_MIN))
PLANNED = LivedCounter(("a",), SESSIONS)
TIMES = ServiceTimes(["a"], {"a": [5.0] * 200})


def visit(came: float, called: float, took: float = 5.0, counter: int = 0) -> Lived:
    return Lived("a", came, False, called, called + took, counter)


def chance() -> np.random.Generator:
    return np.random.default_rng(3)


def worked(*people: Lived, counters: int = 1) -> list[tuple[tuple[float, float], ...]]:
    day = LivedDay(tuple(sorted(people, key=lambda one: one.came_min)), (PLANNED,) * counters)
    return [one.open_min for one in as_worked(day, day.people)]


def test_a_counter_is_there_while_nobody_waits_for_it() -> None:
    assert worked(visit(500, 500), visit(600, 601), visit(900, 900)) == [SESSIONS]


def test_a_counter_that_calls_nobody_while_somebody_waits_is_away() -> None:
    """From that on at which the first one waits, or where one waits already, from amid the visit before."""
    assert worked(visit(460, 480), visit(488, 520), visit(524, 530), visit(900, 900)) == [
        ((450.0, 460.0), (480.0, 488.0), (520.0, 522.5), (530.0, 690.0), (810.0, FOREVER_MIN))
    ]


def test_a_counter_that_never_called_was_not_there_and_one_that_stopped_went_home() -> None:
    people = [visit(820, 820), *(visit(850 + n, 850 + 6 * n, counter=1) for n in range(9))]
    first, second, third = worked(*people, counters=3)
    assert first[-1] == (810.0, 851.0), "from then on somebody always waited whom it did not call"
    assert second[-1] == (810.0, FOREVER_MIN) and third == ()


def test_whoever_is_called_after_a_session_has_ended_is_called_by_a_counter_that_is_there() -> None:
    (spans,) = worked(visit(680, 700), visit(685, 706), visit(695, 820))
    assert (spans[0][1] == pytest.approx(706 + 1 / 60) and spans[-1] == (815.0, FOREVER_MIN)) or spans[-1][0] == 820.0


def test_whoever_was_never_called_counts_only_while_nobody_who_came_later_was() -> None:
    day = LivedDay((visit(460, 460), Lived("a", 470), visit(480, 481), Lived("a", 490)), (PLANNED,))
    again, waited = day_again(day, TIMES, chance())
    assert [one.came_min for one in again.guests] == [460, 480, 490]
    assert waited == [0, 1, None]
    assert again.guests[-1].need_min == pytest.approx(5.0, abs=2.0), "nobody saw how long: as long as is likely"


def test_whoever_came_to_the_counter_without_a_number_is_served_but_nobody_counts_the_wait() -> None:
    unasked = Lived("", 500.0, True, 500.0, 507.0, 0)
    again, _ = day_again(LivedDay((unasked,), (PLANNED,)), TIMES, chance())
    assert [(one.service, one.counted, one.need_min) for one in again.guests] == [("a", False, 7.0)]


@pytest.mark.parametrize(
    ("name", "bias", "error"), [("steady", 1e-3, 1e-3), ("heavy", 1e-3, 1e-3), ("drop", 0.05, 0.2)]
)
def test_a_day_served_again_is_the_day_that_was(name: str, bias: float, error: float) -> None:
    """Counters that close in the middle are not told: their hours are found from the calls, as far as these tell."""
    scenario = next(one for one in read_scenarios().scenarios if one.name == name)
    random, errors, waits = np.random.default_rng(11), [], []
    for _ in range(6):
        made = make_day(scenario, random, overtime=True)
        told = replace(made, counters=tuple(LivedCounter(one.services) for one in made.counters))
        again, waited = day_again(told, ServiceTimes(scenario.services, {}), chance())
        for guest, start, was in zip(again.guests, starts(again), waited, strict=True):
            assert was is not None and start is not None
            errors.append(start - guest.came_min - was)
            waits.append(was)
    assert np.mean(waits) > 8.0
    assert abs(np.mean(errors)) < bias * np.mean(waits), np.mean(errors)
    assert np.mean(np.abs(errors)) < error * np.mean(waits), np.mean(np.abs(errors))
