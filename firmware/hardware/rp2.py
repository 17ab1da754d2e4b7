"""Raspberry Pi Pico W and Pico 2 W.

While RP2 erases or programs flash no interrupt comes: a sector is erased in about 45 ms, and a serial line at 9600 baud
fills its 32 bytes in 33. So a region is erased only when the lines were at rest for a moment (the outbox erases ahead
of need), and a scan that begins in just these milliseconds still fits if it has no more than 32 bytes.
"""

import struct
import time

import machine
import rp2

from firmware.hardware import board
from firmware.hardware.board import Region
from firmware.hardware.pins_pico import PINS
from firmware.sparing import const

WATCHDOGS = {"pico_w": 0x4005_8000, "pico_2_w": 0x400D_8000}
_CONTROL = const(0x00)
_REASON = const(0x08)
_SCRATCH = const(0x0C)
_CLEAR = const(0x3000)
# A write to this alias of a register clears the bits that are set in it.
_ENABLED = const(1 << 30)
_BY_TIMER = const(1)
_WORDS = const(4)
# Of the eight scratch registers; the chip's own boot code uses the others.
_PAGE_BYTES = const(256)
_REST_MS = const(20)
_REST_AT_MOST_MS = const(150)


class Board(board.Board):
    """One of the two."""

    watchdog_at_most_ms = 8_388  # of RP2040; RP2350 could wait twice as long
    region_page = _PAGE_BYTES
    interrupts = {"hard": True}

    def __init__(self, name: str) -> None:
        self._registers = WATCHDOGS[name]
        super().__init__(name, PINS, self._cause())

    def _cause(self) -> str:
        """`machine.reset()` uses the watchdog too, and says that it was the watchdog; its register knows better."""
        if machine.reset_cause() != machine.WDT_RESET:
            return "power"
        return "watchdog" if machine.mem32[self._registers + _REASON] & _BY_TIMER else "reset"

    def read_note(self) -> bytes:
        return noted(self._registers)

    def write_note(self, note: bytes) -> None:
        words = struct.unpack("<4I", note)
        for one in range(_WORDS):
            machine.mem32[self._registers + _SCRATCH + 4 * one] = words[one]

    def part(self, name: str):  # type: ignore[no-untyped-def]
        return part(name)

    def stop_watchdog(self) -> None:
        machine.mem32[self._registers + _CLEAR + _CONTROL] = _ENABLED

    def rest(self) -> None:
        """Wait until nothing comes on a serial line, for a short while at most."""
        began = time.ticks_ms()
        quiet = began
        waiting = self._bytes_waiting()
        while time.ticks_diff(time.ticks_ms(), quiet) < _REST_MS and waiting:
            time.sleep_ms(1)
            if time.ticks_diff(time.ticks_ms(), began) >= _REST_AT_MOST_MS:
                return
            if self._bytes_waiting() != waiting:
                waiting, quiet = self._bytes_waiting(), time.ticks_ms()

    def _bytes_waiting(self) -> int:
        return sum([uart.waits() for uart in self._uarts.values()])


def part(name: str):  # type: ignore[no-untyped-def]
    """The part of the storage for a region; None where there is none."""
    try:
        from flash_layout import REGIONS
    except ImportError:  # a stock image
        return None
    if name not in REGIONS:
        return None
    start, size = REGIONS[name]
    return rp2.Flash(start=start, len=size)


def kept() -> Region:
    """The region for what is kept, before there is a board."""
    return Region(part("kept"), _PAGE_BYTES, lambda: None)


def failures(name: str) -> int:
    """The failures in a row, before there is a board."""
    if machine.reset_cause() != machine.WDT_RESET:  # power: it says so of every reset by software
        return 0
    return board.parsed_note(noted(WATCHDOGS[name]))[0]


def noted(registers: int) -> bytes:
    """What lies in the scratch registers."""
    words = [machine.mem32[registers + _SCRATCH + 4 * one] for one in range(_WORDS)]
    return struct.pack("<4I", *[word & 0xFFFFFFFF for word in words])
