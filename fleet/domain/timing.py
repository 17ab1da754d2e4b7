"""When an event happened, from what the device knew and what the fleet saw; never from the order of arrival.

A device says `up`, its milliseconds since boot, and `at`, UTC milliseconds if it has a clock. Each message of a boot is
a reading: UTC when it came minus `up` when it was sent, which is when the boot began, and as much later as the message
was delayed. So of readings that agree the least is the nearest to the truth. Readings that disagree by more than any
delay tell that the fleet's own clock was changed: the boot's anchor is the least of those that agree with the latest
ones, since a clock is set right more often than wrong. That depends on the set of readings, not on their order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

DEVICE = "device"
ANCHOR = "anchor"
ESTIMATED = "estimated"
UNKNOWN = "unknown"

CLOCK_TOLERANCE_MS = 5_000
# A device that says it was later than its boot's anchor allows, by more than this, has a wrong clock. One that says
# it was earlier may be right where the anchor is not sure: its first message may have been long on its way.

JUMP_MS = 120_000
# Readings farther apart than this are of a clock that was changed; within it, of messages that were delayed.

CELL_MS = 60_000
# Of readings that differ by less than this only the least is kept, and the first and last uptime they were taken at.

SURE_AFTER_MS = 180_000
# Readings that agree over so much uptime are no accident.

DRIFT_PART = 10_000
# A crystal is right to a part in ten thousand, or better.
DAY_MS = 86_400_000

LATEST_MS = 4_102_444_800_000
LONGEST_UP_MS = 315_576_000_000
# The year 2100, and ten years without a restart: a moment beyond them is on no calendar, and an event of it can be kept
# but belongs to no day.


class Moment(NamedTuple):
    """UTC milliseconds, and how they are known: device, anchor, estimated or unknown."""

    ms: int | None
    timing: str


@dataclass(frozen=True)
class Readings:
    """Readings of one boot that nearly agree: the least of them, and the uptimes of the first and the last."""

    offset_ms: int
    first_up_ms: int
    last_up_ms: int

    @property
    def cell(self) -> int:
        """Readings of one cell are kept as one."""
        return self.offset_ms // CELL_MS

    def joined(self, other: "Readings") -> "Readings":
        """Both."""
        return Readings(
            min(self.offset_ms, other.offset_ms),
            min(self.first_up_ms, other.first_up_ms),
            max(self.last_up_ms, other.last_up_ms),
        )


@dataclass(frozen=True)
class Anchor:
    """When a boot began. `sure`: several readings say so; `days` of uptime did they cover."""

    offset_ms: int
    sure: bool = False
    days: int = 0

    def fits(self, up_ms: int, at_ms: int) -> bool:
        """Whether a device that was up so long can have meant this moment, but for its crystal."""
        ahead_ms = at_ms - up_ms - self.offset_ms
        drift_ms = max(up_ms, self.days * DAY_MS) // DRIFT_PART
        if ahead_ms > CLOCK_TOLERANCE_MS + drift_ms:
            return False
        return not self.sure or ahead_ms >= -JUMP_MS - drift_ms


def reading(up_ms: int, utc_ms: int) -> Readings:
    """One message, or one event of a device that has a clock."""
    return Readings(utc_ms - up_ms, up_ms, up_ms)


def anchor_of(readings: Iterable[Readings]) -> Anchor | None:
    """When the boot began, by all its readings in whatever order."""
    groups: list[Readings] = []
    highest_ms = 0
    for one in sorted(readings, key=lambda one: one.offset_ms):
        if groups and one.offset_ms - highest_ms <= JUMP_MS:
            groups[-1] = groups[-1].joined(one)
        else:
            groups.append(one)
        highest_ms = one.offset_ms
    sure = [one for one in groups if one.last_up_ms - one.first_up_ms >= SURE_AFTER_MS]
    if sure:
        best = max(sure, key=lambda one: (one.last_up_ms, -one.offset_ms))
        return Anchor(best.offset_ms, True, best.last_up_ms // DAY_MS)
    return Anchor(groups[0].offset_ms) if groups else None


def happened(up_ms: int, at_ms: int | None, anchor: Anchor | None) -> Moment:
    """When an event of a boot happened, from its own words and the boot's anchor."""
    if at_ms is not None and (anchor is None or anchor.fits(up_ms, at_ms)):
        return Moment(at_ms, DEVICE)
    if anchor is not None:
        return Moment(anchor.offset_ms + up_ms, ANCHOR)
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
