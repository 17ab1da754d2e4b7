"""Days on which all visits take longer: how far days differ is learned, and how slow this one is."""

from dataclasses import replace

import numpy as np
import pytest

from fleet.domain.backtesting import ask
from fleet.domain.estimating import play
from fleet.domain.known_days import known
from fleet.domain.lived_days import Lived, LivedCounter, LivedDay
from fleet.domain.queue_moment import Ahead, Counter, QueueNow
from fleet.domain.service_times import ServiceTimes
from fleet.domain.speed import Watched, days_differ, today, watched
from fleet.domain.waiting_knowledge import learn, taught_by
from fleet.domain.waiting_scenarios import make_day
from fleet.flows.backtest import read_scenarios

HEAVY = next(one for one in read_scenarios().scenarios if one.name == "heavy")
USUAL = known(HEAVY).times


def slow_day(slower: float, chance: np.random.Generator) -> LivedDay:
    return make_day(
        replace(HEAVY, kinds=tuple(replace(one, mean_min=one.mean_min * slower) for one in HEAVY.kinds)), chance
    )


def all_day(day: LivedDay) -> list[Watched]:
    return [replace(one, since_min=1e9) for one in watched(day, 1e6)]


@pytest.mark.parametrize(("sigma", "least", "most"), [(0.0, 0.0, 0.004), (0.25, 0.025, 0.12)])
def test_how_far_days_differ_is_told_apart_from_luck(sigma: float, least: float, most: float) -> None:
    chance = np.random.default_rng(11)
    days = [slow_day(float(np.exp(chance.normal(0.0, sigma))), chance) for _ in range(40)]
    assert least <= days_differ([all_day(one) for one in days], USUAL) <= most
    assert least <= learn([taught_by(one) for one in days], HEAVY.services).differ <= most


@pytest.mark.parametrize("slower", [0.65, 1.0, 1.6])
def test_a_slow_day_shows_before_its_visits_are_over(slower: float) -> None:
    days = [slow_day(slower, np.random.default_rng(seed)) for seed in range(10)]
    found = [float(today(USUAL, 0.1, watched(one, 60.0)).means[0] / USUAL.means[0]) for one in days]
    assert np.mean(found) == pytest.approx(slower, rel=0.12)
    early = [float(today(USUAL, 0.01, watched(one, 10.0)).means[0] / USUAL.means[0]) for one in days]
    assert abs(np.log(np.mean(early))) < 0.15, (
        "of ten minutes, at an office whose days hardly differ, little is believed"
    )


def test_nobody_sees_what_comes_later() -> None:
    day = slow_day(1.0, np.random.default_rng(3))
    ended = replace(day, people=tuple(one for one in day.people if one.called_min is not None and one.called_min <= 90))
    assert watched(day, 90.0) == watched(ended, 90.0)
    people = (Lived("a", 0, called_min=1, counter=0), Lived("a", 2, called_min=9, counter=0), Lived("a", 3))
    assert watched(LivedDay(people, (LivedCounter(("a",)),)), 20.0) == [Watched("a", 11.0, 11.0)]


def test_a_visit_that_nobody_ended_does_not_make_a_day_slow() -> None:
    day = watched(slow_day(1.0, np.random.default_rng(5)), 150.0)
    forgotten = [*day, Watched("5-min", 149.0, 149.0)]
    before, after_ = (today(USUAL, 0.05, one).means[0] for one in (day, forgotten))
    assert 1.0 < after_ / before < 1.12


def test_days_that_do_not_differ_leave_the_lengths_as_they_are() -> None:
    slow = [Watched("5-min", 60.0)] * 50
    assert (today(USUAL, 0.0, slow).table == USUAL.table).all()
    assert today(USUAL, 0.1, []).doubt == pytest.approx(0.1**0.5, rel=0.01)


def test_of_an_office_of_which_little_is_known_more_is_doubted() -> None:
    queue = QueueNow((Ahead("a"),) * 30, (Counter(("a",)),) * 3)
    new, old = (ServiceTimes(["a"], {"a": [4.0, 8.0, 12.0, 15.0] * n}) for n in (0, 500))
    widths = []
    for times in (new, old):
        told = play(queue, times, np.random.default_rng(1)).newcomers["a"]
        assert told is not None and told.middle == pytest.approx(97.0, rel=0.1)
        widths.append(told.high - told.low)
    assert widths[0] > 2 * widths[1]


def test_on_a_slow_day_people_are_told_more() -> None:
    day = slow_day(1.5, np.random.default_rng(21))
    sure, open_minded = known(HEAVY), replace(known(HEAVY), differ=0.1)
    late = [one for one in day.people if 60 < one.came_min < 200 and not one.preferred and one.waited_min][::6]
    errors = []
    for knowledge in (sure, open_minded):
        asked = [ask(day, one, knowledge, np.random.default_rng(1)) for one in late]
        errors.append(np.mean([abs(one.told.middle - one.waited_min) for one in asked if one is not None]))
    assert errors[1] < 0.8 * errors[0]
