"""The time, asked for only in the doors: flows and rules take it as an argument."""

import time

COUNTS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
# Linux has one that goes on while the machine sleeps: whoever wakes up did not set the clock.


def now_ms() -> int:
    """UTC milliseconds."""
    return time.time_ns() // 1_000_000


def counted_ms() -> int:
    """Milliseconds that only count; whoever sets the clock does not move them."""
    return time.clock_gettime_ns(COUNTS) // 1_000_000
