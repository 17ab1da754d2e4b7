"""When an event happened, from what the device knew and what the fleet saw; never from the order of arrival.

A device says `up`, its milliseconds since boot, and `at`, UTC milliseconds if it has a clock. The fleet keeps for each
boot the best anchor: the least of (UTC when a message came) minus (`up` when it was sent). A delay only makes that
difference larger, so the least one is the nearest to the truth, whatever order the anchors came in; and the truth is
never later than it.
"""

from dataclasses import dataclass

DEVICE = "device"
ANCHOR = "anchor"
ESTIMATED = "estimated"
UNKNOWN = "unknown"

CLOCK_TOLERANCE_MS = 5_000
# A device that says it was later than its boot's anchor allows, by more than this, has a wrong clock. One that says
# it was earlier may be right: its first message may have been long on its way.

LATEST_MS = 4_102_444_800_000
LONGEST_UP_MS = 315_576_000_000
# The year 2100, and ten years without a restart: a moment beyond them is on no calendar, and an event of it can be kept
# but belongs to no day.


@dataclass(frozen=True)
class Moment:
    """UTC milliseconds, and how they are known: device, anchor, estimated or unknown."""

    ms: int | None
    timing: str


def offset_of(up_ms: int, received_ms: int, known: int | None) -> int:
    """The best anchor of a boot after one more message: UTC at its start, by the least delayed message."""
    seen = received_ms - up_ms
    return seen if known is None else min(seen, known)


def happened(up_ms: int, at_ms: int | None, offset_ms: int | None) -> Moment:
    """When an event of a boot happened, from its own words and the boot's anchor."""
    if at_ms is not None and (offset_ms is None or at_ms <= offset_ms + up_ms + CLOCK_TOLERANCE_MS):
        return Moment(at_ms, DEVICE)
    if offset_ms is not None:
        return Moment(offset_ms + up_ms, ANCHOR)
    return Moment(None, UNKNOWN)


def between_boots(up_ms: int, longest_up_ms: int, before_ms: int | None, after_ms: int | None) -> Moment:
    """An estimate for a boot that never saw a clock: it lies after the boot before and ends before the next begins.

    `longest_up_ms` is the uptime of the boot's last event; with both neighbours known the boot is put right before the
    next one, since a device boots soon after its power comes back more often than it rests afterwards.
    """
    if after_ms is not None:
        start = after_ms - longest_up_ms
        if before_ms is not None:
            start = max(start, before_ms)
        return Moment(start + up_ms, ESTIMATED)
    if before_ms is not None:
        return Moment(before_ms + up_ms, ESTIMATED)
    return Moment(None, UNKNOWN)
