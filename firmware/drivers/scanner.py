"""A barcode reader on a serial line sends bytes, and at the end of a code CR, LF, TAB or nothing at all.

So a code ends with one of them, or when the line is still for 50 ms: never by a fixed sleep, and never by a UART's own
idea of idle, which fires in mid-code on some chips. A line that is plugged in or lies beside a motor sends bytes too:
what no code begins with is passed over, and so is what ended by silence and is shorter than any code.
"""

import binascii

from firmware.sparing import const

IDLE_MS = 50
LONGEST = 512
_ENDS = const(b"\r\n\t")
_FEWEST = const(4)
_PRINTED_FROM = const(0x20)
_BEGINS = const(0x02)
# Before a code of some scanners, and before what a scanner answers: two answers that come late are no code together.
_NO_TEXT_FROM = const(0xF8)
# No text in UTF-8 has a byte from 0xF8 on; a line that was pulled low gives 0x00, one that was let go 0xFF.
_REMEMBERED = const(4)


class Frames:
    """Cuts a reader's bytes into codes. What is longer than any code is counted, and its end is not kept."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._length = 0
        self._last = 0

    def feed(self, data: bytes, now: int) -> "list[tuple[bytearray, int]]":
        """The codes that these bytes end, each with its whole length."""
        frames = []
        ended = self.idle(now)
        if ended is not None:
            frames.append(ended)
        self._last = now
        for byte in data:
            if byte in _ENDS:
                if self._length:
                    frames.append(self._take())
            elif byte == _BEGINS:
                if self._length:
                    before = self._take()
                    if before[1] >= _FEWEST:
                        frames.append(before)
            elif self._length or _PRINTED_FROM <= byte < _NO_TEXT_FROM:
                self._length += 1
                if len(self._held) < LONGEST:
                    self._held.append(byte)
        return frames

    def idle(self, now: int) -> "tuple[bytearray, int] | None":
        """The code that ended by silence, if one did."""
        if not self._length or now - self._last < IDLE_MS:
            return None
        ended = self._take()
        return ended if ended[1] >= _FEWEST else None

    def due_ms(self, now: int) -> "int | None":
        """How long until silence ends the code; None if none has begun."""
        return max(0, self._last + IDLE_MS - now) if self._length else None

    def _take(self) -> "tuple[bytearray, int]":
        frame = (self._held, self._length)
        self._held, self._length = bytearray(), 0
        return frame


class Repeats:
    """Knows the last few codes again, each as long as it comes again in time. It keeps sums of bytes, never bytes."""

    def __init__(self) -> None:
        self._seen: "list[tuple[int, int, int]]" = []

    def again(self, frame: bytearray, length: int, up: int, within_ms: int) -> bool:
        """Whether this code was read just now: one that lies before the reader is read all the time."""
        total = binascii.crc32(frame)
        fresh = [one for one in self._seen if up - one[2] < within_ms]
        others = [one for one in fresh if one[0] != total or one[1] != length]
        self._seen = others[-(_REMEMBERED - 1) :]
        self._seen.append((total, length, up))
        return len(others) < len(fresh)
