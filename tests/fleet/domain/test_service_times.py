"""Times to draw from: a rare service borrows, and what is left depends on what has passed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.domain.service_times import BORROWED, POINTS, ServiceTimes

EVEN = (np.arange(2_000) + 0.5) / 2_000


def test_an_office_without_a_past_has_usual_times() -> None:
    times = ServiceTimes(["a"], {})
    assert times.means == pytest.approx([9.6, 9.6], abs=0.3)


def test_a_rare_service_is_drawn_towards_its_office() -> None:
    times = ServiceTimes(["often", "rare"], {"often": [10.0] * 990, "rare": [30.0] * 4})
    often, rare, office = times.means
    assert often == pytest.approx(10.0, abs=0.3)
    assert rare == pytest.approx((4 * 30.0 + BORROWED * office) / (4 + BORROWED), rel=0.05)


def test_a_service_that_nobody_knows_has_the_times_of_the_office() -> None:
    times = ServiceTimes(["a"], {"a": [3.0] * 500})
    assert times.row("a") == 0 and times.row("b") == times.row(None) == 1


def test_whoever_is_still_there_is_no_no_show() -> None:
    times = ServiceTimes(["a"], {"a": [0.7] * 500 + [20.0] * 500})
    assert times.left(0, 0.0, EVEN).mean() == pytest.approx(10.2, rel=0.1)
    assert times.left(0, 1.0, EVEN).mean() == pytest.approx(18.6, rel=0.1)


@settings(deadline=None)
@given(st.lists(st.floats(0.1, 60.0), max_size=60), st.floats(0.0, 400.0))
def test_what_is_left_of_a_visit_is_never_negative_nor_endless(known: list[float], elapsed: float) -> None:
    left = ServiceTimes(["a"], {"a": known}).left(0, elapsed, EVEN)
    assert (left >= 0).all() and (left < 2_000).all()


@settings(deadline=None)
@given(st.lists(st.floats(-5.0, 500.0), max_size=200))
def test_draws_are_in_order_of_their_shares_and_impossible_times_are_left_out(known: list[float]) -> None:
    times = ServiceTimes(["a"], {"a": known})
    drawn = times.draw(np.zeros(POINTS, dtype=np.intp), np.arange(POINTS) / POINTS)
    assert (np.diff(drawn) >= 0).all() and drawn[0] > 0 and drawn[-1] <= 180
