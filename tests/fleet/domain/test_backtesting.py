"""Days that judge: what scenarios make, what may be known of a day, and what past days teach."""

import hashlib
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest

from fleet.domain.backtesting import judge
from fleet.domain.estimate_scores import DayScore, Promised, score_day, together
from fleet.domain.known_days import known
from fleet.domain.lived_days import Lived, LivedCounter, LivedDay
from fleet.domain.promises import score_numbers
from fleet.domain.rivals import Seen, rivals
from fleet.domain.spread import Spread
from fleet.domain.waiting_knowledge import DayTaught, learn, taught_by
from fleet.domain.waiting_scenarios import make_day
from fleet.flows.backtest import SCENARIOS, Verdict, pooled, read_scenarios

DROP = next(one for one in read_scenarios().scenarios if one.name == "drop")


def test_the_scenarios_are_those_that_were_fixed() -> None:
    text = files("fleet.flows").joinpath(SCENARIOS).read_bytes()
    assert hashlib.sha256(text).hexdigest() == FIXED, "the judge must not be changed by those who are judged"


def test_a_made_day_keeps_to_its_plan() -> None:
    day = make_day(DROP, np.random.default_rng(7))
    for place, counter in enumerate(day.counters):
        visits = sorted((one for one in day.people if one.counter == place), key=lambda one: one.called_min or 0)
        assert visits and all(counter.is_open(one.called_min or 0.0) for one in visits)
        assert all((one.ended_min or 0) <= (other.called_min or 0) for one, other in pairwise(visits))
    called = [one for one in day.people if one.called_min is not None]
    assert all((one.waited_min or 0) >= 0 for one in called)
    for kind in (True, False):
        alike = [one for one in called if one.preferred is kind]
        assert [one.called_min for one in alike] == sorted(
            one.called_min for one in alike if one.called_min is not None
        )
    late = make_day(DROP, np.random.default_rng(7), overtime=True)
    assert [one.came_min for one in late.people] == [one.came_min for one in day.people]
    assert all(one.called_min is not None for one in late.people)


def test_nobody_who_is_told_something_knows_what_comes_later() -> None:
    day = make_day(DROP, np.random.default_rng(7))
    minute = day.people[60].came_min
    until_then = [
        one
        if one.called_min is not None and (one.ended_min or 0) <= minute
        else replace(one, ended_min=None)
        if one.called_min is not None and one.called_min <= minute
        else replace(one, called_min=None, ended_min=None, counter=None)
        for one in day.people[:60]
    ]
    assert LivedDay(tuple(until_then), day.counters, day.in_a_row).moment_of(minute) == day.moment_of(minute)


def test_estimates_are_better_than_simple_ones_on_other_days() -> None:
    chance = np.random.default_rng(101)
    days = [make_day(DROP, chance) for _ in range(7)]
    judged = judge(days[:5], days[5:], DROP.services, np.random.default_rng(1), known(DROP))
    assert judged is not None and judged.floor is not None
    assert judged.floor.n == judged.ours.n and judged.floor.error_min < 1.1 * judged.ours.error_min
    assert all(judged.ours.error_min < 0.8 * one.error_min for one in judged.rivals.values())
    assert judge(days[:2], [], DROP.services, np.random.default_rng(1)) is None
    (whole,) = pooled([Verdict("drop", 1, judged), Verdict("drop", 2, judged)])
    assert whole.people == 2 * judged.ours.n and whole.ratio == pytest.approx(Verdict("drop", 1, judged).ratio)


def test_who_knows_how_days_are_made_knows_what_many_days_teach() -> None:
    chance = np.random.default_rng(103)
    made, taught = (
        known(DROP),
        learn([taught_by(make_day(DROP, chance, overtime=True)) for _ in range(60)], DROP.services),
    )
    assert made.mean_visit_min == pytest.approx(taught.mean_visit_min, rel=0.04)
    assert made.times.means == pytest.approx(taught.times.means, rel=0.08)
    assert made.expected(240) == pytest.approx(taught.expected(240), rel=0.08)
    assert made.expected(60) == pytest.approx(taught.expected(60), rel=0.1)
    assert made.preferred == pytest.approx(taught.preferred, rel=0.35)


def test_what_a_day_teaches() -> None:
    counters = (LivedCounter(("a",)),)
    people = (
        Lived("a", 10, called_min=10, ended_min=15, counter=0),
        Lived("a", 12, called_min=16, ended_min=20, counter=0),
        Lived("b", 19, preferred=True, called_min=40, ended_min=41, counter=0),
        Lived("a", 45, called_min=46, ended_min=None, counter=0),
        Lived("a", 50),
    )
    taught = taught_by(LivedDay(people, counters))
    assert taught.times == {"a": (6, 4), "b": (1,)}, (
        "the minute between two visits is the first one's; a pause nobody's"
    )
    assert (taught.came[0], taught.came[1], taught.preferred, taught.worked) == (3, 2, {"b": 1}, (0,))
    assert DayTaught.from_dict(taught.to_dict()) == taught
    known = learn([taught, taught], ["a", "b"])
    assert known.expected(60) == pytest.approx(5) and known.expected(30) == pytest.approx(3)
    assert known.preferred == pytest.approx({"a": 0.0, "b": 0.2})
    busy, quiet = known.coming(40, 40), known.coming(40, 0)
    assert [one.service for one in busy] == ["b"] and busy[0].per_min[0] > 2 * quiet[0].per_min[0]


def test_what_simple_estimators_say() -> None:
    said = rivals(Seen(6, 3, 3, 8.0, 20.0, [1.0] * 5 + [10.0] * 9 + [30.0]))
    assert said == {
        "constant": 24.0, "constant_all": 36.0, "mean": 16.0, "mean_all": 24.0,
        "last_wait": 30.0, "first_in_line": 20.0, "last_ten": 12.0,
    }  # fmt: skip
    assert set(rivals(Seen(2, 0, 0, 8.0, None, [])).values()) == {24.0, 16.0, 0.0}


def test_scores_of_days_are_added_up_person_by_person() -> None:
    day = [Promised(Spread(0, 10, 20), {"constant": 5.0}, wait) for wait in (8.0, 12.0, 25.0)]
    whole, parts = score_day(day), together([score_day(day[:1]), score_day(day[1:]), DayScore()])
    assert whole.ours is not None and parts.ours is not None
    assert parts.ours.error_min == pytest.approx(whole.ours.error_min)
    assert parts.ours.pinball == pytest.approx(whole.ours.pinball)
    assert parts.rivals["constant"].bias_min == pytest.approx(whole.rivals["constant"].bias_min)
    assert whole.right_of_ten == 7 and DayScore().right_of_ten is None
    assert DayScore.from_dict(whole.to_dict()) == whole
    assert score_numbers([]) is None and together([]) == DayScore()


FIXED = "2d49958de4700b537c4400a0f3757f03a83db87350d424c3ba3960965e5d87a2"
