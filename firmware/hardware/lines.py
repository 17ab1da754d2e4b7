"""Pins and serial lines of real boards, under the names that the simulated board has too."""

import asyncio
import time
from array import array

import machine

from firmware.sparing import const

_RING = const(64)
# Edges that interrupts keep until a task looks; a contact that bounces gives ten at most.
SETTLE_MS = 30
_READ_BYTES = const(256)
_HEARD_AT_MOST = const(2048)
_PIECE_BYTES = const(64)
_BITS_PER_BYTE = const(10)


class Inputs:
    """Some pins of one part of the board, with the edges that they saw: (name, level, tick).

    `changed` is set while there are edges to take. Interrupts only fill a ring: they may come while the heap is locked.
    """

    def __init__(self, names, pins, moved, options) -> None:  # type: ignore[no-untyped-def]
        self.names = names
        self.changed = asyncio.Event()
        self._pins = pins
        self._moved = moved
        self._ticks = array("i", [0] * _RING)
        self._what = bytearray(_RING)
        self._head = self._tail = 0
        self._order = [name for name in names if name in pins]
        self._levels = bytearray([pins[name].value() for name in self._order])
        for index, name in enumerate(self._order):
            edges = machine.Pin.IRQ_RISING | machine.Pin.IRQ_FALLING
            pins[name].irq(handler=self._handler(index), trigger=edges, **options)

    def take(self) -> "list[tuple[str, int, int]]":
        """The edges since the last call, in order."""
        self.changed.clear()
        edges = []
        while self._tail != self._head:
            what = self._what[self._tail]
            edges.append((self._order[what >> 1], what & 1, self._ticks[self._tail]))
            self._tail = (self._tail + 1) % _RING
        return edges

    def down(self) -> "list[str]":
        """The pins that are pressed, as far as we looked: what was so before the board started gives no edge."""
        return [name for index, name in enumerate(self._order) if not self._levels[index]]

    def waiting(self) -> bool:
        """Whether there are edges to take."""
        return self._tail != self._head

    def settle(self) -> None:
        """Look at the pins themselves: an edge that no interrupt kept must not leave a key stuck."""
        for index, name in enumerate(self._order):
            level = self._pins[name].value()
            if level != self._levels[index]:
                self._keep(index, level)

    def release(self, name: str) -> None:
        """This pin belongs to another line."""
        if name in self._pins:
            self._pins[name].irq(handler=None)
            # Its place in the order stays, and its level with it: another line may drive the pin from now on.
            self._pins[name] = Still(self._levels[self._order.index(name)])

    def _handler(self, index: int):  # type: ignore[no-untyped-def]
        def edge(pin: machine.Pin) -> None:
            self._keep(index, pin.value())

        return edge

    def _keep(self, index: int, level: int) -> None:
        """Allocates nothing: hard interrupts call it."""
        after = (self._head + 1) % _RING
        if after != self._tail:
            self._ticks[self._head] = time.ticks_ms()  # type: ignore[call-overload]
            self._what[self._head] = index << 1 | level
            self._levels[index] = level
            self._head = after
        self._moved.set()


class Still:
    """Stands for a pin that is somebody else's: it never moves."""

    def __init__(self, level: int) -> None:
        self._level = level

    def value(self) -> int:
        return self._level


class Output:
    """A pin that drives a lamp or a buzzer; None goes nowhere."""

    _over = False

    def __init__(self, pin: "machine.Pin | None") -> None:
        self._pin = pin
        self._level = 0

    def value(self, level: int) -> None:
        """Drive the pin."""
        if level != self._level:
            self._level = level
            self.turn_over(self._over)

    def turn_over(self, over: bool) -> None:
        """Show the opposite of what was told, or that again."""
        self._over = over
        if self._pin is not None:
            self._pin.value(self._level ^ over)


class Shifter:
    """A shift register on three pins: data, clock, and what makes it show what it has taken.

    By hand, for the few hundred bits of a call: any pins will do.
    """

    def __init__(self, pins) -> None:  # type: ignore[no-untyped-def]
        self._data, self._clock, self._latch = pins
        self._latch.value(1)

    def write(self, frame: bytes) -> None:
        """Shift these bytes in, the highest bit first."""
        data, clock = self._data, self._clock
        self._latch.value(0)
        for byte in frame:
            for bit in range(7, -1, -1):
                data.value(byte >> bit & 1)
                clock.value(1)
                clock.value(0)
        self._latch.value(1)


class Uart:
    """A serial line, both ways. `changed` is set while there are bytes to take.

    Bytes go out in small pieces, at the pace of the wire: ESP32's driver says that there is room when there is none,
    and then stops the whole board until there is; a ticket at 9600 baud takes longer than the watchdog waits.
    An idle line is no end of anything: RP2 says idle in the middle of a message.
    """

    def __init__(self, uart: machine.UART, baud: int) -> None:
        self._uart = uart
        self._piece_ms = _PIECE_BYTES * _BITS_PER_BYTE * 1000 // baud + 1
        self._heard = b""
        self._outgoing: "list[bytes]" = []
        self._say = asyncio.Event()
        self.changed = asyncio.Event()
        self.heard_at = time.ticks_ms()
        asyncio.create_task(self._hear())
        asyncio.create_task(self._speak())

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self._outgoing.append(data)
        self._say.set()

    def take(self) -> bytes:
        """The bytes since the last call."""
        self.changed.clear()
        heard, self._heard = self._heard, b""
        return heard

    async def drain(self) -> None:
        """Wait until what was written is sent, or as good as."""
        while self._outgoing:
            await asyncio.sleep_ms(self._piece_ms)

    def waits(self) -> int:
        """How many bytes have come that no task has read."""
        return self._uart.any()

    async def _hear(self) -> None:
        reader = asyncio.StreamReader(self._uart)
        while True:
            data = await reader.read(_READ_BYTES)
            if data:
                self.heard_at = time.ticks_ms()
                self._heard = (self._heard + data)[-_HEARD_AT_MOST:]
                self.changed.set()

    async def _speak(self) -> None:
        while True:
            await self._say.wait()
            self._say.clear()
            while self._outgoing:
                data = memoryview(self._outgoing.pop(0))
                while data:
                    data = data[self._uart.write(data[:_PIECE_BYTES]) or 0 :]
                    await asyncio.sleep_ms(self._piece_ms)
