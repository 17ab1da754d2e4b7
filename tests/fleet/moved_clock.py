"""A clock of the fleet that a test sets: this process' own, while those of devices and databases stay what they are."""

import time


class MovedClock:
    """In place of `time` in `fleet.clock`. `ahead_ms`: so far it was set; `passed_ms`: so much time has gone by."""

    def __init__(self) -> None:
        self.ahead_ms = self.passed_ms = 0

    def time_ns(self) -> int:
        """What the wall says."""
        return time.time_ns() + (self.ahead_ms + self.passed_ms) * 1_000_000

    def clock_gettime_ns(self, which: int) -> int:
        """What only counts."""
        return time.clock_gettime_ns(which) + self.passed_ms * 1_000_000

    def show(self, ms: int) -> None:
        """It says this from now on."""
        self.ahead_ms += ms - self.time_ns() // 1_000_000
