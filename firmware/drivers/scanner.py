"""A barcode reader on a serial line sends bytes, and at the end of a code CR, LF or nothing at all.

So a code ends with CR or LF, or when the line is still for 50 ms: never by a fixed sleep, and never by a UART's own
idea of idle, which fires in mid-code on some chips.
"""

from firmware.sparing import const

IDLE_MS = 50
LONGEST = 512
_ENDS = const(b"\r\n")


class Frames:
    """Cuts a reader's bytes into codes. What is longer than any code is counted, and its end is not kept."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._length = 0
        self._last = 0

    def feed(self, data: bytes, now: int) -> "list[tuple[bytearray, int]]":
        """The codes that these bytes end, each with its whole length."""
        frames = []
        if self._length and now - self._last >= IDLE_MS:
            frames.append(self._take())
        self._last = now
        for byte in data:
            if byte not in _ENDS:
                self._length += 1
                if len(self._held) < LONGEST:
                    self._held.append(byte)
            elif self._length:
                frames.append(self._take())
        return frames

    def idle(self, now: int) -> "tuple[bytearray, int] | None":
        """The code that ended by silence, if one did."""
        if self._length and now - self._last >= IDLE_MS:
            return self._take()
        return None

    def due_ms(self, now: int) -> "int | None":
        """How long until silence ends the code; None if none has begun."""
        return max(0, self._last + IDLE_MS - now) if self._length else None

    def _take(self) -> "tuple[bytearray, int]":
        frame = (self._held, self._length)
        self._held, self._length = bytearray(), 0
        return frame
