"""What a board finds within itself: flash, memory, the chip's number, and how its clock goes."""

import asyncio
import os

from firmware.cable.selftest import FAIL, PASS, SKIPPED
from firmware.flash_files import remove
from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from firmware.cable.selftest import SelfTest

_SCRATCH_FILE = const("/selftest")
_BLOCK_BYTES = const(4096)
_PIECE_BYTES = const(256)
_HEAP_AT_LEAST = const(24 * 1024)
# What a device of one role needs beside what is loaded at the cable.
_FREE_AT_LEAST = const(64 * 1024)
_HW_LETTERS_AT_LEAST = const(8)
_SPAN_MS = const(2_000)
_READINGS = const(4)
_DRIFT_PPM_AT_MOST = const(20_000)
# A crystal is off by 50 ppm. A board whose clock is off by two hundredths has none, or a broken one. To look closer
# would take longer than all other parts.


async def flash(test: "SelfTest") -> "tuple[str, str]":
    """How large it is; a block is written, read again and erased."""
    root = test.board.root
    stat = os.statvfs(root or "/")
    free = stat[1] * stat[3]
    found = "%d KB, %d KB free" % (stat[1] * stat[2] // 1024, free // 1024)
    if free < _FREE_AT_LEAST:
        return FAIL, found + ", expected %d KB free" % (_FREE_AT_LEAST // 1024)
    sound = True
    try:
        with open(root + _SCRATCH_FILE, "wb") as f:
            for piece in range(_BLOCK_BYTES // _PIECE_BYTES):
                f.write(pattern(piece))
        with open(root + _SCRATCH_FILE, "rb") as f:
            for piece in range(_BLOCK_BYTES // _PIECE_BYTES):
                sound = sound and f.read(_PIECE_BYTES) == pattern(piece)
            sound = sound and not f.read(1)
    finally:
        remove(root + _SCRATCH_FILE)
    return (PASS, found) if sound else (FAIL, found + ", what was written reads otherwise")


def pattern(piece: int) -> bytes:
    """Bytes in which each bit is set and clear somewhere, and that no other piece has."""
    return bytes([(piece * 37 + place * 11) & 255 for place in range(_PIECE_BYTES)])


async def memory(test: "SelfTest") -> "tuple[str, str]":
    """How much of the heap is free now."""
    free = test.board.heap_free()
    enough = free >= _HEAP_AT_LEAST
    return (PASS if enough else FAIL), "%d KB free" % (free // 1024) + ("" if enough else ", too little")


async def chip(test: "SelfTest") -> "tuple[str, str]":
    """The chip's own number, by which it is known for ever."""
    hw = test.board.hw()
    whole = len(hw) >= _HW_LETTERS_AT_LEAST and hw.strip("0") and hw.strip("f")
    return (PASS if whole else FAIL), hw + ("" if whole else ": that is no number of its own")


async def clock(test: "SelfTest") -> "tuple[str, str]":
    """How our clock goes against the host's, which it told when the test began, and tells again now.

    A host that is busy answers late. So its time is known between two of ours, and we ask until that is close enough.
    """
    found = "expected the host's time twice, %d s apart" % (_SPAN_MS // 1000)
    if not test.times:
        return SKIPPED, found
    for _ in range(_READINGS):
        await asyncio.sleep_ms(max(0, _SPAN_MS - test.board.ticks_diff(test.board.ticks(), test.times[0][1])))
        if not await test.ask_time():
            break
        result, found = judged(test.board, test.times[0], test.times[-1])
        if result != SKIPPED:
            return result, found
        await asyncio.sleep_ms(_SPAN_MS)
    return SKIPPED, found


def judged(board, first: "tuple[int, int, int]", last: "tuple[int, int, int]") -> "tuple[str, str]":  # type: ignore[no-untyped-def]
    """What two readings say of our clock: each the ticks before and after, and the host's time between them."""
    host_ms = max(1, last[2] - first[2])
    least, most = board.ticks_diff(last[0], first[1]), board.ticks_diff(last[1], first[0])
    low, high = ((ours - host_ms) * 1_000_000 // host_ms for ours in (least, most))
    found = "%d to %d ppm over %d s" % (low, high, host_ms // 1000)
    if -_DRIFT_PPM_AT_MOST <= low and high <= _DRIFT_PPM_AT_MOST:
        return PASS, found
    if high < -_DRIFT_PPM_AT_MOST or low > _DRIFT_PPM_AT_MOST:
        return FAIL, found
    return SKIPPED, found
