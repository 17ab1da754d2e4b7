"""The network between the board and the broker: connections in memory that can be slow, cut, or silent.

A connection keeps the order of its bytes and loses none, as TCP does, until it is lost itself. One that falls silent
swallows what is said, and tells neither end: a frozen NAT, a broker whose process stands still.
"""

import asyncio

ROOM_BYTES = 4096
# What the device's system takes before anybody acknowledged it.
REACHED_AFTER_MS = 3
UNREACHABLE, REFUSED, RESET = (113, 101, 110, -2), 111, 104
# No route, no network, no answer, no such name.


class Network:
    """The conditions of the moment, and the connection there is."""

    def __init__(self, agenda, random):
        self.agenda = agenda
        self.random = random
        self.up = True
        self.answers = True
        self.slowest_ms = 30
        self.bytes_per_s = None
        self.broker = None
        self.wires = []

    async def connect(self):
        """A stream to the broker. OSError without a network; it hangs where nobody answers."""
        await asyncio.sleep_ms(REACHED_AFTER_MS + self.random.below(self.slowest_ms))
        if not self.up:
            raise OSError(UNREACHABLE[self.random.below(len(UNREACHABLE))])
        if not self.answers:
            await asyncio.sleep_ms(3_600_000)
        if not self.broker.up:
            raise OSError(REFUSED)
        wire = Wire(self)
        self.wires = [one for one in self.wires if not one.lost] + [wire]
        self.broker.connected(wire)
        return wire.stream

    def latency_ms(self, size):
        """How long so many bytes take."""
        ms = 1 + self.random.below(self.slowest_ms)
        return ms if self.bytes_per_s is None else ms + size * 1000 // self.bytes_per_s

    def cut(self):
        """Every connection is lost, and both ends hear of it."""
        for wire in self.wires:
            wire.lose()

    def silence(self):
        """Every connection falls silent, and no end hears of it."""
        for wire in self.wires:
            wire.silent = True

    def cut_within(self, size):
        """Every connection is lost in the middle of the next packets, after so many bytes."""
        for wire in self.wires:
            wire.bytes_left = size


class Wire:
    """One connection. `hear` is the broker's ear, `ended` tells it that the connection is lost."""

    def __init__(self, network):
        self.network = network
        self.stream = Stream(self)
        self.silent = False
        self.lost = False
        self.bytes_left = None
        self.in_transit = 0
        self.hear = None
        self.ended = None
        self._up_free = self._down_free = 0

    def from_device(self, data):
        """Take bytes; returns how many there is room for."""
        taken = min(len(data), ROOM_BYTES - self.in_transit)
        if taken <= 0:
            return 0
        self.in_transit += taken
        data = bytes(data[:taken])
        if not self.silent:
            self._up_free = self._send(self._up_free, data, self._reach_broker)
        return taken

    def to_device(self, data):
        """The broker says something."""
        if not self.silent and not self.lost:
            self._down_free = self._send(self._down_free, bytes(data), self._reach_device)

    def lose(self):
        """The connection is lost, and both ends hear of it, unless it is silent."""
        if self.lost:
            return
        self.lost = True
        if not self.silent:
            self.stream.ended()
        self.ended()

    def _send(self, free, data, reach):
        agenda = self.network.agenda
        arrives = max(free, agenda.now + self.network.latency_ms(len(data)))
        agenda.at(arrives, reach, data)
        return arrives

    def _reach_broker(self, data):
        if self.silent or self.lost:
            return
        data = self._cut_short(data)
        self.in_transit -= len(data)
        self.stream.room.set()
        self.hear(data)
        self._perhaps_lose()

    def _reach_device(self, data):
        if self.silent or self.lost:
            return
        self.stream.hear(self._cut_short(data))
        self._perhaps_lose()

    def _cut_short(self, data):
        if self.bytes_left is None:
            return data
        data = data[: self.bytes_left]
        self.bytes_left -= len(data)
        return data

    def _perhaps_lose(self):
        if self.bytes_left == 0:
            self.lose()


class Stream:
    """The device's end, with what the firmware uses of MicroPython's asyncio streams."""

    def __init__(self, wire):
        self.out_buf = b""
        self.room = asyncio.Event()
        self._wire = wire
        self._heard = b""
        self._changed = asyncio.Event()
        self._ended = False

    def write(self, data):
        """Write what there is room for now; the rest waits for `drain`."""
        if self._ended:
            raise OSError(RESET)
        if not self.out_buf:
            data = data[self._wire.from_device(data) :]
        self.out_buf += bytes(data)

    async def drain(self):
        """Wait until everything is written."""
        await asyncio.sleep_ms(0)
        while self.out_buf:
            if self._ended:
                raise OSError(RESET)
            taken = self._wire.from_device(self.out_buf)
            self.out_buf = self.out_buf[taken:]
            if not taken:
                self.room.clear()
                await self.room.wait()

    async def read(self, most):
        """Some bytes; none when the connection has ended."""
        while not self._heard and not self._ended:
            self._changed.clear()
            await self._changed.wait()
        data, self._heard = self._heard[:most], self._heard[most:]
        return data

    def close(self):
        """End the connection."""
        self._ended = True
        self._wire.lose()

    async def wait_closed(self):
        """It is closed."""

    def hear(self, data):
        """Bytes came."""
        self._heard += data
        self._changed.set()

    def ended(self):
        """The connection is lost."""
        self._ended = True
        self._changed.set()
        self.room.set()
