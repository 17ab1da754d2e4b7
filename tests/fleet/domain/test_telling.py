"""How a wait is told."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fleet.domain.spread import Spread
from fleet.domain.telling import Cause, Told, tell
from fleet.domain.told_now import ToldNow

MIN = 60_000
minutes = st.floats(0, 300)


def told(middle: float, minute: float = 0, counters: int = 3, ahead: int = 5, cause: Cause = Cause.NONE) -> Told:
    return Told(int(minute * MIN), Spread(middle / 2, middle, middle * 2), counters, ahead, cause)


def test_minutes_are_rounded_up_to_five_and_little_is_soon() -> None:
    assert [told(middle).p50 for middle in (0, 4.9, 5, 5.1, 12, 15, 2_000)] == [0, 0, 5, 10, 15, 15, 1440]
    assert [told(middle).p90 for middle in (0, 2, 5, 5.1)] == [0, 5, 10, 15]
    assert replace(told(12), spread=Spread(10, 11, 12)).p90 == 15


def test_who_may_not_be_called_before_the_end_is_known() -> None:
    assert not told(10).may_close
    assert replace(told(10), spread=Spread(1, 2, 3, 0.7)).may_close


def test_a_turn_that_comes_nearer_is_told_as_it_is() -> None:
    assert tell(told(30), told(12, minute=2)) == told(12, minute=2)
    assert tell(None, told(30)) == told(30)


def test_a_turn_that_moves_away_a_little_does_not() -> None:
    heard = tell(told(30), told(32, minute=2))
    assert (heard.spread.middle, heard.spread.high, heard.cause) == (28, 64, Cause.NONE)


def test_a_turn_that_moves_away_says_why() -> None:
    before = told(30)
    assert tell(before, told(36, minute=2, counters=2)).cause is Cause.FEWER_COUNTERS
    assert tell(before, told(36, minute=2, ahead=6)).cause is Cause.OTHERS_FIRST
    assert tell(before, told(36, minute=2)).cause is Cause.LONGER_VISITS
    assert tell(told(30, cause=Cause.OTHERS_FIRST), told(29, minute=2)).cause is Cause.OTHERS_FIRST


@given(st.lists(st.tuples(minutes, st.integers(0, 5), st.integers(0, 9)), min_size=2, max_size=12))
def test_nobody_hears_of_a_jump_without_a_cause(heard: list[tuple[float, int, int]]) -> None:
    before = None
    for minute, (middle, counters, ahead) in enumerate(heard):
        now = tell(before, told(middle, minute, counters, ahead))
        if before is not None and minute + now.spread.middle > minute - 1 + before.spread.middle + 1e-6:
            assert now.cause is not Cause.NONE or before.spread.middle < 1
        assert now.spread.low <= now.spread.middle + 1e-9 <= now.spread.high + 2e-9 or middle == 0
        before = now


def test_what_is_told_is_read_as_it_was_written() -> None:
    now = ToldNow(
        5 * MIN,
        {"ho-tich": told(7, 5, cause=Cause.LONGER_VISITS), "dat-dai": None},
        {("ho-tich", 7): told(3, 5)},
        {"ho-tich": Spread(1, 2, 3, 0.5)},
        {"constant": 12.0},
        3,
    )
    assert ToldNow.from_dict(now.to_dict()) == now
    assert ToldNow.from_dict({}) == ToldNow(0)
