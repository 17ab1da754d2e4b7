"""What all real boards have in common; `rp2.py` and `esp32.py` add what differs. The contract is the simulated board's.

A stock image offers its filesystem at `/` and no regions; an image of our own (`firmware/boards/`) has both, and its
`_boot.py` leaves `/flash_lost` where it had to run from RAM because the filesystem could not be mounted.
"""

import asyncio
import binascii
import gc
import json
import os
import random
import struct
import time

import machine
import network as radio

from firmware.hardware.lines import SETTLE_MS, Inputs, Output, Shifter, Uart
from firmware.hardware.wires import WireError, Wires, clash
from firmware.sparing import const

_NOTE = const("<2sBB12s")
_NOTE_MAGIC = const(b"mc")
# What is kept over a reset: the failures in a row, and why we reset ourselves. 16 bytes, as in RP2's scratch registers.
_REASON_BYTES = const(12)
MADE_ON = (2026, 11, 22, 6, 0, 0, 0, 0)
# A board without a clock begins on this day: certificates made before it are valid. Nothing else looks at the clock.
_LOST_FILE = const("/flash_lost")
_UART_RX_BYTES = const(1024)
_UART_TX_BYTES = const(256)
LOOK_MS = 250
_JOIN_MS = const(30_000)
# The radio says nothing by itself; four looks a second while it joins, and none after.
_TCP = const(6)
_NO_DELAY = const(1)
_SEGMENT = const(2)
# Of `vfs.rom_ioctl`: give the flash object itself. A negative number is an error.


class Board:
    """`name`: one of the boards of this family. `start` is called once in each event loop."""

    watchdog_at_most_ms = 8_388
    can_sleep = False
    region_page = 1
    # The least that is programmed at once.

    def __init__(self, name: str, pins, cause: str) -> None:  # type: ignore[no-untyped-def]
        self.name = name
        self.root = ""
        self.ticks = time.ticks_ms
        self.ticks_diff = time.ticks_diff
        self.flash_lost = exists(_LOST_FILE)
        self.failures, kept = parsed_note(self.read_note())
        self.reset_reason = kept or cause
        if cause == "power":
            self.reset_reason, self.failures = cause, 0
        self.keep_failures(self.failures)
        if time.gmtime()[0] < MADE_ON[0]:
            machine.RTC().datetime(MADE_ON)
        self._pins = pins
        self._wires = Wires(pins, self.root)
        self._inputs: "list[Inputs]" = []
        self._outputs: "dict[str, Output]" = {}
        self._uarts: "dict[str, Uart]" = {}
        self._moved = asyncio.ThreadSafeFlag()
        self._watchdog: "machine.WDT | None" = None
        self.wlan = radio.WLAN(radio.STA_IF)

    # What differs between the families

    interrupts: "dict[str, bool]" = {}

    def read_note(self) -> bytes:
        """What `write_note` kept, or bytes that are none."""
        raise NotImplementedError

    def write_note(self, note: bytes) -> None:
        """Keep 16 bytes where a reset leaves them, and a loss of power does not."""
        raise NotImplementedError

    def part(self, name: str):  # type: ignore[no-untyped-def]
        """The flash of a region; None where the image has only the filesystem."""
        raise NotImplementedError

    def rest(self) -> None:
        """Wait until an erase disturbs nobody."""

    def stop_watchdog(self) -> None:
        """A person took over by the cable."""
        raise NotImplementedError

    def region(self, name: str) -> "Region | None":
        """A part of the flash for the firmware itself; None where the image has only the filesystem."""
        flash = mapped_slots() if name == "slots" else self.part(name)
        return None if flash is None else Region(flash, self.region_page, self.rest)

    # Lines

    async def start(self) -> None:
        """Begin to move edges."""
        self._inputs = []
        self._outputs = {}
        self._uarts = {}
        self._wires = Wires(self._pins, self.root)
        self._moved = asyncio.ThreadSafeFlag()
        asyncio.create_task(self._watch_pins())

    def names(self) -> "list[str]":
        """The lines that are claimed."""
        return self._wires.taken()

    def check(self, role: str) -> None:
        """Raise WireError where the lines of this role can not have their places beside those that are claimed."""
        self._wires.check(role)

    def inputs(self, names) -> Inputs:  # type: ignore[no-untyped-def]
        """Pins to read; all of them are pulled up, 0 is pressed."""
        pins = {}
        for name in names:
            pin = self._claim(name)
            if pin is not None:
                pins[name] = self.input_pin(pin)
        inputs = Inputs(names, pins, self._moved, self.interrupts)
        self._inputs.append(inputs)
        return inputs

    def output(self, name: str) -> Output:
        """A pin to drive."""
        if name not in self._outputs:
            pin = self._claim(name)
            self._outputs[name] = Output(None if pin is None else machine.Pin(pin, machine.Pin.OUT, value=0))
        return self._outputs[name]

    def turn_over(self, over: bool) -> None:
        """All outputs show the opposite of what they were told, or that again."""
        for output in self._outputs.values():
            output.turn_over(over)

    def uart(self, name: str) -> Uart:
        """A serial line, 8N1. It holds a second at 9600 baud: no scan is lost while the board does something else."""
        if name not in self._uarts:
            place = self._claim(name)
            if place is None:
                raise WireError("the serial line %s has no pins" % name)
            number, tx, rx, baud = place
            self._uarts[name] = Uart(
                machine.UART(
                    number,
                    baudrate=baud,
                    tx=machine.Pin(tx),
                    rx=machine.Pin(rx),
                    rxbuf=_UART_RX_BYTES,
                    txbuf=_UART_TX_BYTES,
                    timeout=0,
                ),
                baud,
            )
        return self._uarts[name]

    def clash(self, roles) -> "str | None":  # type: ignore[no-untyped-def]
        """Why this board has no pins for these roles together; None if it has."""
        return clash(self._pins, self.root, roles)

    def shifter(self, name: str) -> Shifter:
        """A shift register on three pins, such as a chain of LED drivers."""
        place = self._claim(name)
        if place is None:
            raise WireError("the shift register %s has no pins" % name)
        return Shifter([machine.Pin(pin, machine.Pin.OUT, value=0) for pin in place])

    def input_pin(self, pin: int) -> machine.Pin:
        """A pin that is pulled up."""
        return machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP)

    def _claim(self, name: str):  # type: ignore[no-untyped-def]
        place = self._wires.claim(name)
        for other in self._wires.released:
            for inputs in self._inputs:
                inputs.release(other)
        return place

    async def _watch_pins(self) -> None:
        """Say where edges came; once they are over, look whether the last one was seen."""
        while True:
            await self._moved.wait()
            while True:
                for inputs in self._inputs:
                    if inputs.waiting():
                        inputs.changed.set()
                try:
                    await asyncio.wait_for_ms(self._moved.wait(), SETTLE_MS)
                except asyncio.TimeoutError:
                    break
            for inputs in self._inputs:
                inputs.settle()
                if inputs.waiting():
                    inputs.changed.set()

    # Life

    def ready(self) -> None:
        """The application's tasks run; who listens on the cable reads the heap from it."""
        gc.collect()
        print(json.dumps({"ready": True, "heap_used": gc.mem_alloc(), "heap_free": gc.mem_free()}))

    def watchdog(self, ms: int) -> None:
        """From now on the board is reset unless it is fed that often."""
        self._watchdog = machine.WDT(timeout=min(ms, self.watchdog_at_most_ms))

    def feed_watchdog(self) -> None:
        """All is well."""
        if self._watchdog is not None:
            self._watchdog.feed()

    def keep_failures(self, count: int) -> None:
        """So many failures in a row, kept where only a loss of power clears them."""
        self.failures = count
        self.write_note(note(count, ""))

    def reset(self, reason: str) -> None:
        """Begin again with an empty heap."""
        self.write_note(note(self.failures, reason))
        machine.reset()

    def wake_by(self, names, ms: int) -> None:  # type: ignore[no-untyped-def]
        """What shall end the sleep that comes: one of these keys going down, or the time. Only where `can_sleep`."""
        raise NotImplementedError

    def woken_by(self, names) -> "str | None":  # type: ignore[no-untyped-def]
        """Which of these keys woke the board; None where none did."""
        return None

    def sleep(self) -> None:
        """Sleep deeply; what ends it begins another boot."""
        raise NotImplementedError

    def hw(self) -> str:
        """The chip's own number, in hex."""
        return binascii.hexlify(machine.unique_id()).decode()

    def heap_free(self) -> int:
        """Free bytes of the heap, once what nobody holds is swept up."""
        gc.collect()
        return gc.mem_free()

    def random(self, below: int) -> int:
        """A random number from 0 to below - 1, for spreading reconnects. The chip's own noise is the seed."""
        return random.randrange(below)

    # Network

    async def join_network(self, network) -> None:  # type: ignore[no-untyped-def]
        """Wait until there is a network; OSError with a sentence where there is none."""
        wlan, wifi = self.wlan, network.wifi
        if wlan.isconnected():
            return
        if wifi is None:
            raise OSError("the network's file names no Wi-Fi")
        if not wlan.active():
            radio.hostname(wifi.user)
            wlan.active(True)
            wlan.config(pm=radio.WLAN.PM_NONE)  # saving power costs up to 300 ms for each packet
        wlan.disconnect()
        wlan.connect(wifi.ssid, wifi.password)
        for _ in range(_JOIN_MS // LOOK_MS):
            await asyncio.sleep_ms(LOOK_MS)
            if wlan.isconnected():
                return
            if wlan.status() == radio.STAT_WRONG_PASSWORD:
                break
        why = {
            radio.STAT_WRONG_PASSWORD: "wrong password",
            radio.STAT_NO_AP_FOUND: "no such access point",
            radio.STAT_CONNECT_FAIL: "the access point refused",
        }
        status = wlan.status()
        wlan.disconnect()
        raise OSError("Wi-Fi %s: %s" % (wifi.ssid, why.get(status, "no connection, status %d" % status)))

    async def connect(self, network):  # type: ignore[no-untyped-def]
        """A stream to the broker; OSError if there is none. TLS begins to shake hands with the first bytes written."""
        stream, _ = await asyncio.open_connection(network.host, network.port)
        stream.s.setsockopt(_TCP, _NO_DELAY, 1)  # type: ignore[attr-defined]  # else what follows a small packet waits for its acknowledgement
        if network.tls is None:
            return stream
        from firmware.tls import TlsStream

        return TlsStream(stream.s, network.tls)  # type: ignore[attr-defined]


class Region:
    """A part of the flash, with the interface of MicroPython's block devices; `unit` is the least one programs at once.

    Where the chip programs whole pages, the rest of a page is filled up with ones, which leave what is there. What is
    programmed always comes from RAM: on RP2 bytes of frozen code lie in the flash that is just then busy.
    """

    unit = 32

    def __init__(self, flash, page: int, before_erase) -> None:  # type: ignore[no-untyped-def]
        self._flash = flash
        self._page = page
        self._before_erase = before_erase

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        self._flash.readblocks(block, buffer, offset)

    def writeblocks(self, block: int, buffer: bytes, offset: int = 0) -> None:
        first = offset % self._page
        data = bytearray(b"\xff" * (first + len(buffer) + -(first + len(buffer)) % self._page))
        data[first : first + len(buffer)] = buffer
        self._flash.writeblocks(block, data, offset - first)

    def ioctl(self, op: int, block: int) -> int:
        if op == 6:
            self._before_erase()
        return self._flash.ioctl(op, block) or 0


def mapped_slots():  # type: ignore[no-untyped-def]
    """The flash of the slots, a block device that can also be read as memory; None in an image without.

    MicroPython calls it ROMFS: a partition of that name on ESP32, MICROPY_HW_ROMFS_BYTES before the storage on RP2.
    """
    import vfs

    found = vfs.rom_ioctl(_SEGMENT, 0) if hasattr(vfs, "rom_ioctl") else None
    return None if type(found) is int else found


def note(failures: int, reason: str) -> bytes:
    """The failures in a row and the reason of a reset, in 16 bytes."""
    text = reason.encode()[:_REASON_BYTES]
    return struct.pack(_NOTE, _NOTE_MAGIC, min(failures, 255), len(text), text)


def parsed_note(data: bytes) -> "tuple[int, str]":
    """(failures, reason) of a note; (0, "") of anything else."""
    if len(data) < struct.calcsize(_NOTE):
        return 0, ""
    magic, failures, size, text = struct.unpack(_NOTE, data)
    if magic != _NOTE_MAGIC or size > _REASON_BYTES:
        return 0, ""
    return failures, str(text[:size], "ascii")


def exists(path: str) -> bool:
    """Whether there is such a file."""
    try:
        os.stat(path)
        return True
    except OSError:
        return False
