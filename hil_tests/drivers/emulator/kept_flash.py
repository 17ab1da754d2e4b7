"""The flash of the emulated chip, in a file: what it erases and programs is there at once, whenever the power goes.

The chip waits for its flash as long as a real one lets it wait, and hears no interrupt meanwhile. A cut of the power
can be ordered at any operation, in its midst: a part of the bytes is as it was, a part as it would be.
"""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECTOR_BYTES, BLOCK_BYTES, PAGE_BYTES = 4096, 65536, 256
PROGRAM, READ_STATUS, ERASE_SECTOR, UNIQUE_ID, ERASE_BLOCK = 0x02, 0x05, 0x20, 0x4B, 0xD8
BUSY_NS = {ERASE_SECTOR: 45_000_000, ERASE_BLOCK: 150_000_000, PROGRAM: 400_000}
# Commands that change it, and how long each takes: typical for the W25Q16JV of a Pico W, by its datasheet.
FIRST_ID_BYTE = 5


class KeptFlash:
    """Joins the chip's flash to a file. `gone` is called when the power goes in the midst of an operation."""

    def __init__(self, mcu: Any, path: Path, hw: bytes, gone: Callable[[], None]) -> None:
        self.operations: Counter[str] = Counter()
        self.erases: Counter[int] = Counter()  # of each sector
        self.waited_ms = 0.0
        self._mcu, self._hw, self._gone = mcu, hw, gone
        self._cut: tuple[int, float] | None = None
        self._busy_until_ns = 0.0
        self._file = os.open(path, os.O_RDWR)
        content = path.read_bytes()
        mcu.flash[: len(content)] = content
        mcu.flash[len(content) :] = b"\xff" * (len(mcu.flash) - len(content))
        self._size = len(content)
        self._shift, self._apply = mcu.ssi._shift_byte, mcu.ssi._apply_command
        mcu.ssi._shift_byte, mcu.ssi._apply_command = self._shifted, self._applied

    def cut(self, after: int, part: float) -> None:
        """Let the power go in the midst of a later operation: so many pass before it, and so much of it is done."""
        self._cut = (after, part)

    def told(self) -> dict[str, object]:
        """What was done so far."""
        most = max(self.erases.values(), default=0)
        return {**self.operations, "most_of_a_sector": most, "waited_ms": round(self.waited_ms, 1)}

    def _shifted(self, byte: int) -> int:
        """A byte goes to the flash chip; what comes back meanwhile."""
        answer: int = self._shift(byte)
        sent = self._mcu.ssi._tx_buffer
        if sent[0] == READ_STATUS and len(sent) > 1:
            self._wait()
        elif sent[0] == UNIQUE_ID and len(sent) > FIRST_ID_BYTE:
            place = len(sent) - 1 - FIRST_ID_BYTE
            return self._hw[place] if place < len(self._hw) else 0
        return answer

    def _wait(self) -> None:
        """The chip asks whether its flash is busy, again and again; that time is passed at once."""
        left = self._busy_until_ns - self._mcu.clock.nanos
        if left > 0:
            self.waited_ms += left / 1e6
            self._mcu.clock.tick(left)

    def _applied(self) -> None:
        """A command to the flash chip is whole: it is done."""
        sent = bytes(self._mcu.ssi._tx_buffer)
        does = sent[:1] and sent[0] in BUSY_NS and len(sent) > 3 and self._mcu.ssi._write_enabled
        if not does:
            self._apply()
            return
        at, size = place_of(sent)
        before = bytes(self._mcu.flash[at : at + size])
        self._apply()
        self._keep(at, before, bytes(self._mcu.flash[at : at + size]))
        self._count(sent[0], at, size)
        self._busy_until_ns = self._mcu.clock.nanos + BUSY_NS[sent[0]]

    def _keep(self, at: int, before: bytes, after: bytes) -> None:
        if self._cut is not None:
            left, part = self._cut
            self._cut = (left - 1, part)
            if left == 0:
                done = int(len(after) * part)
                os.pwrite(self._file, after[:done] + before[done:], at)
                self._gone()
        if at + len(after) <= self._size:
            os.pwrite(self._file, after, at)

    def _count(self, command: int, at: int, size: int) -> None:
        erased = command != PROGRAM
        self.operations["erased" if erased else "programmed"] += size // SECTOR_BYTES if erased else 1
        if erased:
            self.erases.update(range(at, at + size, SECTOR_BYTES))


def place_of(sent: bytes) -> tuple[int, int]:
    """Where a command erases or programs, and how many bytes."""
    at = int.from_bytes(sent[1:4], "big")
    if sent[0] == PROGRAM:
        return at, min(len(sent) - 4, PAGE_BYTES)
    size = SECTOR_BYTES if sent[0] == ERASE_SECTOR else BLOCK_BYTES
    return at - at % size, size
