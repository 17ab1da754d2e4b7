"""What a clock that may be wrong decides for good waits until somebody could have set it right."""

from fleet.domain.wall_clock import BELIEVED_AFTER_MS, LEAP_MS, SET_MS, WallClock

NOON = 1_794_200_400_000
HOUR, DAY = 3_600_000, 86_400_000
LOOK = 1_000


class Wall:
    """A clock on the wall, and one that counts from the start of its machine."""

    def __init__(self) -> None:
        self.ms, self.counted_ms = NOON, 5_000
        self.clock = WallClock(self.ms, self.counted_ms)

    def go(self, ms: int = LOOK, set_ms: int = 0) -> tuple[int, int]:
        """So much later, and it was set by so much: by how much that is said to be, and by how much it is in doubt."""
        self.ms += ms + set_ms
        self.counted_ms += ms
        return self.clock.look(self.ms, self.counted_ms), self.clock.ahead_ms


def test_a_clock_that_is_kept_is_believed() -> None:
    wall = Wall()
    assert [wall.go(HOUR, drift) for drift in (0, 900, -900, SET_MS - 1, 1 - SET_MS)] == [(0, 0)] * 5
    assert wall.go(DAY) == (0, 0), "somebody who looks seldom has missed nothing"


def test_a_leap_ahead_is_believed_after_a_while() -> None:
    wall = Wall()
    assert wall.go(set_ms=DAY) == (DAY, DAY)
    assert wall.go(BELIEVED_AFTER_MS - LOOK) == (0, DAY)
    assert wall.go(LOOK) == (0, 0)


def test_what_goes_back_is_believed_at_once() -> None:
    wall = Wall()
    wall.go(set_ms=DAY)
    assert wall.go(set_ms=-DAY) == (-DAY, 0)
    assert wall.go(set_ms=-DAY) == (-DAY, 0)
    assert wall.go(set_ms=DAY) == (DAY, DAY), "nobody knows which of the two was wrong"


def test_a_second_leap_is_waited_for_anew() -> None:
    wall = Wall()
    wall.go(set_ms=DAY)
    wall.go(BELIEVED_AFTER_MS // 2, set_ms=DAY)
    assert wall.go(BELIEVED_AFTER_MS // 2) == (0, 2 * DAY)
    assert wall.go(BELIEVED_AFTER_MS // 2) == (0, 0)


def test_some_minutes_decide_nothing() -> None:
    wall = Wall()
    assert wall.go(set_ms=LEAP_MS) == (LEAP_MS, 0)
    assert wall.go(set_ms=LEAP_MS + 1) == (LEAP_MS + 1, LEAP_MS + 1)
