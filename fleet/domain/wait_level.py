"""Whether people wait too long."""

from enum import StrEnum

SOON_SHARE = 0.75
# From three quarters of the target on there is still time to open another counter.


class WaitLevel(StrEnum):
    """How the longest wait of a queue stands to its target."""

    NONE = "none"
    FINE = "fine"
    SOON = "soon"
    LATE = "late"


def wait_level(oldest_ms: int | None, now_ms: int, target_s: int) -> WaitLevel:
    """The level of a queue whose first ticket was taken at `oldest_ms`; None where nobody waits."""
    if oldest_ms is None:
        return WaitLevel.NONE
    waited_s = (now_ms - oldest_ms) / 1000
    if waited_s > target_s:
        return WaitLevel.LATE
    return WaitLevel.SOON if waited_s >= SOON_SHARE * target_s else WaitLevel.FINE
