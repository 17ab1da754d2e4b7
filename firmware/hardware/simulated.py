"""A board without hardware: its lines go to the world by TCP, its flash is a file. Same names as on a real board.

What a board offers: `root` (where its files are), `region(name)` (flash without files: `events`, `kept` and `slots`, or
None), `ticks` and `ticks_diff`, `clash(roles)`, `check(role)`, `names()`, `inputs(names)`, `output(name)`,
`uart(name)`, `shifter(name)`, `turn_over(over)`, `wlan` (the radio, or None), `join_network(network)`,
`connect(network)`, `heap_free()`, `random(below)`, `name`;
`hw()`, the chip's own number; `watchdog(ms)`, which resets a board that does not call `feed_watchdog()` that often;
`reset(reason)`, and the `reset_reason` of this boot; the `failures` in a row, which `keep_failures(count)` sets and
only a loss of power clears. The world's side of the lines: one JSON object a line. When the connection closes the board
has no power and the VM ends.
"""

import asyncio
import binascii
import gc
import hashlib
import json
import os
import random
import select
import sys
import time

import uctypes

from firmware.hardware.simulated_regions import ImageFlash, region
from firmware.sparing import const, lent

_READ_BYTES = const(256)
_TCP = const(6)
_TCP_NODELAY = const(1)
_PIECE_BYTES = const(64)
# A full heap is one in pieces; nothing long is made for a line of the world.
_HW_BYTES = const(8)
TICKS_PERIOD = 1 << 30
# As on boards; the unix VM's own counter does not wrap in a lifetime.
RESET = 3
# The exit code by which the VM asks to be started again.


_WATCHDOG_BYTES = const(5)
# How often it was fed, and its milliseconds; the process around the VM looks at them.
TICKS_FROM = int(os.getenv("MOTCUA_TICKS") or "0")
# What the counter shows when the VM starts, so that a test need not wait twelve days for its wrap.
STARTED = time.ticks_ms()


def ticks(at: "int | None" = None) -> int:
    """The board's wrapping counter of milliseconds, now or at that time of the machine's clock."""
    return (TICKS_FROM + (time.ticks_ms() if at is None else at) - STARTED) % TICKS_PERIOD


def ticks_diff(later: int, earlier: int) -> int:
    """Milliseconds from one reading to another, less than half a period apart."""
    return (later - earlier + TICKS_PERIOD // 2) % TICKS_PERIOD - TICKS_PERIOD // 2


class Inputs:
    """Some pins of one part of the board, with the edges that they saw: (name, level, tick).

    `changed` is set while there are edges to take.
    """

    def __init__(self, names) -> None:  # type: ignore[no-untyped-def]
        self.names = names
        self._edges: "list[tuple[str, int, int]]" = []
        self.changed = asyncio.Event()

    def take(self) -> "list[tuple[str, int, int]]":
        """The edges since the last call, in order."""
        self.changed.clear()
        edges, self._edges = self._edges, []
        return edges

    def down(self) -> "list[str]":
        """The pins that are pressed already: none, for this world tells of every edge."""
        return []

    def edge(self, name: str, level: int, at: "int | None") -> None:
        """The world moved a pin, at that time of the machine's clock; an interrupt notes it, however late we look."""
        self._edges.append((name, level, ticks(at)))
        self.changed.set()


class Output:
    """A pin that drives a lamp or a buzzer; it tells the world when it changes."""

    _over = False

    def __init__(self, board: "Board", name: str) -> None:
        self._board = board
        self._name = name
        self._level = 0

    def value(self, level: int) -> None:
        """Drive the pin."""
        if level != self._level:
            self._level = level
            self._board.tell({"pin": self._name, "level": level ^ self._over})

    def turn_over(self, over: bool) -> None:
        """Show the opposite of what was told, or that again."""
        if over != self._over:
            self._over = over
            self._board.tell({"pin": self._name, "level": self._level ^ over})


class Uart:
    """A serial line, both ways. `changed` is set while there are bytes to take."""

    def __init__(self, board: "Board", name: str) -> None:
        self._board = board
        self._name = name
        self._heard = b""
        self.changed = asyncio.Event()

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self._board.send(b'{"uart":"%s","bytes":"' % self._name.encode())
        for at in range(0, len(data), _PIECE_BYTES):
            self._board.send(binascii.hexlify(data[at : at + _PIECE_BYTES]))
        self._board.send(b'"}\n')

    async def drain(self) -> None:
        """Wait until what was written is sent, or as good as."""
        await self._board.sent()

    def take(self) -> bytes:
        """The bytes since the last call."""
        self.changed.clear()
        heard, self._heard = self._heard, b""
        return heard

    def hear(self, data: bytes) -> None:
        """The world sent bytes."""
        self._heard += data
        self.changed.set()


class Board:
    """The simulated board. `start` is called once in each event loop."""

    name = "simulated"
    can_sleep = True
    wlan = None

    def __init__(self) -> None:
        reason, failures = (os.getenv("MOTCUA_RESET") or "power 0").split(" ")
        self.reset_reason = reason
        self.failures = int(failures)
        self.ticks = ticks
        self.ticks_diff = ticks_diff
        place = os.getenv("MOTCUA_WATCHDOG")
        self._watchdog = None if place is None else uctypes.bytearray_at(int(place), _WATCHDOG_BYTES)
        mounted = os.getenv("MOTCUA_MOUNTED") == "1"  # as a stock image does it, before anything of ours runs
        self.root = "" if mounted else "/flash"
        self._has_regions = os.getenv("MOTCUA_REGIONS") != "0" and not mounted
        self._image = None
        if not mounted:
            self._image = lent("hardware.simulated_flash").mounted_image(self.root, self._has_regions)
        random.seed(int.from_bytes(os.urandom(4), "big"))
        self._inputs: "list[Inputs]" = []
        self._outputs: "dict[str, Output]" = {}
        self._uarts: "dict[str, Uart]" = {}
        self._stream = None
        self._partial = b""
        self._outgoing: "list[bytes]" = []
        self._say = asyncio.Event()
        self._down: "set[str]" = set()
        self._held: "dict[str, int]" = {}  # until when
        self._wakers: "list[str]" = []
        self._wake_ms = 0

    async def start(self) -> None:
        """Connect the lines and begin to move edges and bytes."""
        self._inputs = []
        self._uarts = {}
        self._say = asyncio.Event()
        if self._stream is None:
            host, port = os.getenv("MOTCUA_LINES").rsplit(":", 1)
            self._stream, _ = await asyncio.open_connection(host, int(port))
            self._stream.s.setsockopt(
                _TCP, _TCP_NODELAY, 1
            )  # else each part of a line waits 40 ms for the last one's ack
            self.tell({"board": os.getenv("MOTCUA_BOARD")})
        if self._outgoing:
            self._say.set()
        asyncio.create_task(self._hear())
        asyncio.create_task(self._speak())

    def region(self, name: str) -> "ImageFlash | None":
        """A part of the flash for the firmware itself; None where the image has only the filesystem."""
        return region(self._image, name) if self._has_regions else None

    def names(self) -> "list[str]":
        """The lines that are claimed."""
        found = list(self._outputs) + list(self._uarts)
        for inputs in self._inputs:
            found += inputs.names
        return found

    def check(self, role: str) -> None:
        """Raise a ValueError where the lines of this role can not have their places: here each has its own."""

    def inputs(self, names) -> Inputs:  # type: ignore[no-untyped-def]
        """Pins to read; all of them are pulled up, 0 is pressed."""
        inputs = Inputs(names)
        self._inputs.append(inputs)
        self.tell({"keys": " ".join(names)})
        return inputs

    def output(self, name: str) -> Output:
        """A pin to drive."""
        if name not in self._outputs:
            self._outputs[name] = Output(self, name)
        return self._outputs[name]

    def turn_over(self, over: bool) -> None:
        """All outputs show the opposite of what they were told, or that again."""
        for output in self._outputs.values():
            output.turn_over(over)

    def uart(self, name: str) -> Uart:
        """A serial line."""
        if name not in self._uarts:
            self._uarts[name] = Uart(self, name)
        return self._uarts[name]

    def shifter(self, name: str) -> Uart:
        """A shift register; the world hears each frame as it does the bytes of a serial line."""
        return Uart(self, name)

    def clash(self, roles) -> "str | None":  # type: ignore[no-untyped-def]
        """Why these roles do not go together; None, for each line is a name here."""
        return None

    def ready(self) -> None:
        """The application's tasks run; a bench reads the heap from it."""
        gc.collect()
        self.tell({"ready": True, "heap_used": gc.mem_alloc(), "heap_free": gc.mem_free()})

    def watchdog(self, ms: int) -> None:
        """From now on the board is reset unless it is fed that often."""
        if self._watchdog is not None:
            self._watchdog[1:] = ms.to_bytes(_WATCHDOG_BYTES - 1, "big")
            self.feed_watchdog()

    def feed_watchdog(self) -> None:
        """All is well."""
        if self._watchdog is not None:
            self._watchdog[0] = (self._watchdog[0] + 1) & 255

    def stop_watchdog(self) -> None:
        """A person took over by the cable."""
        if self._watchdog is not None:
            self._watchdog[1:] = bytes(_WATCHDOG_BYTES - 1)

    def keep_failures(self, count: int) -> None:
        """So many failures in a row, kept where only a loss of power clears them."""
        self.failures = count
        os.putenv("MOTCUA_RESET", "%s %d" % (self.reset_reason, count))

    def reset(self, reason: str) -> None:
        """Begin again with an empty heap."""
        os.putenv("MOTCUA_RESET", "%s %d" % (reason, self.failures))
        os.putenv("MOTCUA_RESETTING", "1")
        sys.exit(RESET)

    def wake_by(self, names, ms: int) -> None:  # type: ignore[no-untyped-def]
        """What shall end the sleep that comes: one of these keys going down, or the time."""
        self._wakers = [name for name in names if name not in self._down]  # one that is stuck would wake it at once
        self._wake_ms = ms

    def woken_by(self, names) -> "str | None":  # type: ignore[no-untyped-def]
        """Which of these keys woke the board; None where none did."""
        name = os.getenv("MOTCUA_WOKEN")
        return name if self.reset_reason == "sleep" and name in names else None

    def sleep(self) -> None:
        """Sleep deeply; what ends it begins another boot."""
        self.stop_watchdog()
        self.tell({"asleep": True})
        line = self._stream.s
        line.setblocking(True)
        for one in self._outgoing:
            line.write(one)
        os.putenv("MOTCUA_WOKEN", "")
        waiting = select.poll()
        waiting.register(line, select.POLLIN)
        ends = time.ticks_add(time.ticks_ms(), self._wake_ms)
        while time.ticks_diff(ends, time.ticks_ms()) > 0:
            if waiting.poll(max(0, time.ticks_diff(ends, time.ticks_ms()))):
                name = self._pressed(line.readline())
                if name is not None:
                    os.putenv("MOTCUA_WOKEN", name)
                    break
        self.reset("sleep")

    def _pressed(self, line: bytes) -> "str | None":
        """The key that this line of the world presses, if it is one that wakes."""
        if not line:
            sys.exit()  # no power
        said = json.loads(line)
        return said["pin"] if said.get("level") == 0 and said.get("pin") in self._wakers else None

    async def join_network(self, network) -> None:  # type: ignore[no-untyped-def]
        """Wait until there is a network; here there is one."""

    async def connect(self, network):  # type: ignore[no-untyped-def]
        """A stream to the broker; OSError if there is none. TLS begins to shake hands with the first bytes written."""
        stream, _ = await asyncio.open_connection(network.host, network.port)
        stream.s.setsockopt(
            _TCP, _TCP_NODELAY, 1
        )  # else what follows a small packet waits 40 ms for its acknowledgement
        if network.tls is None:
            return stream
        from firmware.tls import TlsStream

        return TlsStream(stream.s, network.tls)

    def hw(self) -> str:
        """The chip's own number: MOTCUA_HW, else made of the name of its flash's file."""
        flash = (os.getenv("MOTCUA_FLASH") or "").rsplit("/", 1)[-1]
        return os.getenv("MOTCUA_HW") or binascii.hexlify(hashlib.sha256(flash.encode()).digest()[:_HW_BYTES]).decode()

    def heap_free(self) -> int:
        """Free bytes of the heap, once what nobody holds is swept up."""
        gc.collect()
        return gc.mem_free()

    def random(self, below: int) -> int:
        """A random number from 0 to below - 1, for spreading reconnects."""
        return random.randrange(below)

    def tell(self, line: "dict[str, object]") -> None:
        """Say something to the world."""
        self.send((json.dumps(line) + "\n").encode())

    def send(self, line: bytes) -> None:
        """The same for a line, or a part of one, that is JSON already: a ticket's paper is not copied six times."""
        self._outgoing.append(line)
        self._say.set()

    async def sent(self) -> None:
        """Wait until all that was said is on its way."""
        while self._outgoing:
            await asyncio.sleep_ms(1)

    async def _hear(self) -> None:
        while True:
            data = await self._stream.read(_READ_BYTES)
            if not data:
                sys.exit()  # no power
            *lines, self._partial = (self._partial + data).split(b"\n")
            for line in lines:
                self._take(json.loads(line))

    def _take(self, line: "dict[str, object]") -> None:
        if "pin" in line:
            edges = line.get("edges") or [(line["level"], line.get("at"))]
            self._let_go_before(edges[0][1])
            (self._down.discard if edges[-1][0] else self._down.add)(line["pin"])
            for inputs in self._inputs:
                if line["pin"] in inputs.names:
                    for level, at in edges:
                        inputs.edge(line["pin"], level, at)
            if "for" in line:
                up = self._held[line["pin"]] = line["at"] + line["for"]
                asyncio.create_task(self._let_go(line["pin"], up))
        elif line.get("uart") in self._uarts:
            self._uarts[line["uart"]].hear(binascii.unhexlify(line["bytes"]))

    def _let_go_before(self, at: "int | None") -> None:
        """Keys that were up by then come up first: a board that stood still hears of several presses at once."""
        for up, pin in sorted((up, pin) for pin, up in self._held.items()):
            if (at is None or up <= at) and self._held.get(pin) == up:  # one that comes up takes others with it
                del self._held[pin]
                self._take({"pin": pin, "level": 1, "at": up})

    async def _let_go(self, pin: str, up: int) -> None:
        """This key comes up again when it was down for so long."""
        await asyncio.sleep_ms(max(0, up - time.ticks_ms()))
        if self._held.get(pin) == up:
            self._let_go_before(up)

    async def _speak(self) -> None:
        while True:
            await self._say.wait()
            self._say.clear()
            while self._outgoing:
                self._stream.write(self._outgoing.pop(0))
                await self._stream.drain()
