"""What people were told, as a score."""

import pytest

from fleet.domain.promises import best_rival, score_numbers, score_ranges
from fleet.domain.spread import Spread


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
