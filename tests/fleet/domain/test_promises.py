"""Promises and what came true."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.promises import (
    Kept,
    Offsets,
    best_rival,
    conformal,
    correct,
    learn_offsets,
    score_numbers,
    score_ranges,
)
from fleet.domain.spread import Spread

minutes = st.floats(0, 200)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_next_error_of_the_same_kind_is_below_what_was_learned_with_that_probability(share: float) -> None:
    random = np.random.default_rng(3)
    below, rounds, n = 0, 4_000, 39
    for _ in range(rounds):
        errors = random.exponential(5.0, n + 1) - 3.0
        below += errors[-1] <= conformal(errors[:-1].tolist(), share)
    # Exchangeable errors: the probability lies between the share and the share give or take 1 / (n + 1).
    assert abs(below / rounds - share) < 1 / (n + 1) + 4 * (share * (1 - share) / rounds) ** 0.5


def test_ranges_that_are_too_narrow_are_widened_until_they_cover() -> None:
    random = np.random.default_rng(5)
    told = Spread(9.0, 10.0, 11.0)

    def days(first: int, count: int) -> list[Kept]:
        return [
            Kept(str(day), told, float(random.normal(14.0, 4.0)))
            for day in range(first, first + count)
            for _ in range(20)
        ]

    offsets = learn_offsets(days(0, 400))
    later = days(400, 200)
    score = score_ranges([(correct(one.told, offsets), one.waited_min) for one in later])
    assert score is not None and score.covered is not None
    assert score.covered == pytest.approx(0.8, abs=0.03)
    assert abs(score.bias_min) < 0.4


def test_of_one_day_little_is_learned() -> None:
    one_day = learn_offsets([Kept("1", Spread(9.0, 10.0, 11.0), 30.0)] * 50)
    many = learn_offsets([Kept(str(day), Spread(9.0, 10.0, 11.0), 30.0) for day in range(50)])
    assert 0 < one_day.middle < 0.2 * many.middle
    assert learn_offsets([]) == Offsets()


@given(minutes, minutes, minutes, st.tuples(*[st.floats(-3, 3)] * 3))
def test_a_corrected_promise_is_still_in_order(one: float, two: float, three: float, moved: tuple[float, ...]) -> None:
    low, middle, high = sorted((one, two, three))
    told = correct(Spread(low, middle, high, 0.9), Offsets(*moved))
    assert 0 <= told.low <= told.middle <= told.high and told.called == 0.9


def test_a_score_says_how_far_off_and_in_which_direction() -> None:
    score = score_ranges([(Spread(5, 10, 20), 12.0), (Spread(5, 10, 20), 30.0), (Spread(0, 5, 10), 4.0)])
    assert score is not None and score.pinball is not None
    assert (score.n, score.error_min, score.covered, score.below_high) == (3, 23 / 3, 2 / 3, 2 / 3)
    assert score.bias_min == pytest.approx(-21 / 3)
    assert score.much_longer == pytest.approx(1 / 3)
    # Too low an upper end costs nine times what too high a one does.
    assert score.pinball[2] == pytest.approx((0.1 * 8 + 0.9 * 10 + 0.1 * 6) / 3)
    assert score_ranges([]) is None and score_numbers([]) is None


def test_the_best_rival_is_the_least_wrong() -> None:
    scores = {"far": score_numbers([(30.0, 10.0)]), "near": score_numbers([(12.0, 10.0)])}
    assert best_rival({name: one for name, one in scores.items() if one is not None}) == "near"
    assert best_rival({}) is None
