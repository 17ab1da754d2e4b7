"""What promises that came true teach: ranges cover what they are said to cover, whatever the days are like."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.correcting import ENDS_MOVE, Kept, Learned, Offsets, correct, learn_day, learn_offsets
from fleet.domain.promises import Score, score_ranges
from fleet.domain.spread import Spread

TOLD = Spread(6.0, 10.0, 15.0)
minutes = st.floats(0, 200)


def live(days: list[list[Kept]]) -> tuple[Score, Learned]:
    """Each day is told what the days before it taught."""
    learned, heard = Learned(), []
    for day in days:
        heard += [(correct(one.told, learned.offsets), one.waited_min) for one in day]
        learned = learn_day(learned, day)
    score = score_ranges(heard)
    assert score is not None
    return score, learned


def days_around(means: list[float], people: int, random: np.random.Generator) -> list[list[Kept]]:
    """Days whose people wait for the same reasons: each has its mean."""
    return [
        [Kept(str(day), TOLD, float(abs(random.normal(mean, 4.0)))) for _ in range(people)]
        for day, mean in enumerate(means)
    ]


@pytest.mark.parametrize("people", [6, 100])
def test_ranges_cover_what_they_are_said_to_cover_though_the_office_has_changed(people: int) -> None:
    random = np.random.default_rng(5)
    means = [*random.normal(12.0, 2.0, 120), *random.normal(18.0, 2.0, 120)]
    days = days_around([float(one) for one in means], people, random)
    _, before = live(days[:60])
    score, _ = live(days)
    assert score.covered == pytest.approx(0.8, abs=0.03) and score.below_high == pytest.approx(0.9, abs=0.03)
    assert correct(TOLD, before.offsets).middle > TOLD.middle + 1, "the middle follows, more slowly"


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.floats(1.0, 40.0), st.floats(0.1, 10.0)), min_size=80, max_size=80))
def test_no_days_are_so_bad_that_people_are_misled_for_long(days: list[tuple[float, float]]) -> None:
    random = np.random.default_rng(1)
    told = Spread(0.0, 20.0, 40.0)
    lived = [
        [Kept(str(day), told, float(abs(random.normal(mean, spread)))) for _ in range(30)]
        for day, (mean, spread) in enumerate(days)
    ]
    score, learned = live(lived)
    assert score.below_high is not None
    # What ends had to move meanwhile is all that may be missing, give or take how the first days were weighed.
    owed = abs(learned.offsets.high) / ENDS_MOVE / len(days)
    assert abs(score.below_high - 0.9) <= owed + 0.01


def test_an_office_with_few_people_learns_in_as_many_days_as_one_with_many() -> None:
    few, many = ([Kept(str(day), TOLD, 30.0) for day in range(40) for _ in range(people)] for people in (20, 400))
    assert learn_offsets(few).middle == pytest.approx(learn_offsets(many).middle, rel=0.3)


def test_of_one_day_little_is_learned() -> None:
    one_day = learn_offsets([Kept("1", TOLD, 30.0)] * 50)
    assert 0 < one_day.high < 0.5 and 0 < one_day.middle < 0.05
    many = learn_offsets([Kept(str(day), TOLD, 30.0) for day in range(20) for _ in range(50)])
    assert many.middle > 5 * one_day.middle
    assert learn_offsets([]) == Offsets()
    assert learn_offsets([Kept("1", TOLD, 1e6)] * 10_000).high < 1.5, "a day of nothing but mistakes is but a day"


@given(minutes, minutes, minutes, st.tuples(*[st.floats(-3, 3)] * 3))
def test_a_corrected_promise_is_still_in_order(one: float, two: float, three: float, moved: tuple[float, ...]) -> None:
    low, middle, high = sorted((one, two, three))
    told = correct(Spread(low, middle, high, 0.9), Offsets(*moved))
    assert 0 <= told.low <= told.middle <= told.high and told.called == 0.9
