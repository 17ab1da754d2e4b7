"""Milliseconds since boot, and UTC as the fleet tells it.

A device on a closed network needs no time server: every welcome, receipt and state carries the fleet's `now`. It is
late by the way it came, so of the readings of the last minutes the one that says the latest time is the truest.
"""

from firmware.sparing import const

_JUMP_MS = const(120_000)
_AGREEING = const(3)
# A reading that is earlier by so much was not late, but said by a clock that was set back: three of them are followed.

_FRESH_MS = const(600_000)
# After ten minutes the crystal may have moved by a few ms, so a newer reading wins even if it came late.

_VIETNAM_MS = const(7 * 3600 * 1000)
_DAY_MS = const(86_400_000)


class Clock:
    """`ticks` and `ticks_diff` are the board's wrapping counter; `up` never wraps if it is asked once in six days."""

    def __init__(self, ticks, ticks_diff) -> None:  # type: ignore[no-untyped-def]
        self._ticks = ticks
        self._diff = ticks_diff
        self._last = ticks()
        self._up = 0
        self._offset: "int | None" = None
        self._read_at = 0
        self._back: "list[int]" = []
        self.last_error_ms: "int | None" = None

    def up(self) -> int:
        """Milliseconds since boot."""
        now = self._ticks()
        gone = self._diff(now, self._last)
        if gone > 0:
            self._up += gone
            self._last = now
        return self._up

    def up_of(self, tick: int) -> int:
        """Milliseconds since boot at which the board's counter showed this tick."""
        return max(0, self.up() + self._diff(tick, self._last))

    def hear(self, now: int) -> None:
        """The fleet said that it is `now` (UTC milliseconds)."""
        up = self.up()
        offset = now - up
        if self._offset is not None:
            self.last_error_ms = offset - self._offset
        if self._offset is None or offset > self._offset or up - self._read_at > _FRESH_MS or self._went_back(offset):
            self.set(now)

    def set(self, now: int) -> None:
        """It is `now`, whatever was heard before."""
        self._read_at = self.up()
        self._offset = now - self._read_at
        self._back.clear()

    def _went_back(self, offset: int) -> bool:
        """Whether the last readings agree that the fleet's clock was set back."""
        if self._offset is None or offset > self._offset - _JUMP_MS:
            self._back.clear()
            return False
        if self._back and abs(offset - self._back[-1]) > _JUMP_MS:
            self._back.clear()
        self._back.append(offset)
        return len(self._back) >= _AGREEING

    def at(self, up: "int | None" = None) -> "int | None":
        """UTC milliseconds now, or at that `up`; None while no fleet was heard."""
        if self._offset is None:
            return None
        return self._offset + (self.up() if up is None else up)


def vietnam_time(at: int) -> "tuple[int, int, int, int, int]":
    """(year, month, day, hour, minute) in Việt Nam, which is UTC+7 all year."""
    local = at + _VIETNAM_MS
    minutes = local % _DAY_MS // 60_000
    year, month, day = civil_day(local // _DAY_MS)
    return year, month, day, minutes // 60, minutes % 60


def civil_day(days: int) -> "tuple[int, int, int]":
    """(year, month, day) of days since 1970-01-01.

    Years begin in March here, so that the leap day is the last; ports of MicroPython differ in their epoch, this does
    not.
    """
    days += 719_468
    era, of_era = days // 146_097, days % 146_097
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return year + era * 400 + (1 if month <= 2 else 0), month, day
