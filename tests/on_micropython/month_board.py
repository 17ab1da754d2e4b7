"""Runs on the MicroPython VM, in a heap of its own: the shipping firmware on a simulated board, in virtual time.

The world is another process (tests/bench/month.py). Where the firmware would wait, this says `[now, until]` on standard
output and hears `[now, horizon]`; before the horizon nothing will happen out there, so time jumps without asking. Other
lines are those of the board, and `net`, the bytes of its connection.
"""

import asyncio
import binascii
import builtins
import gc
import json
import os
import sys
from asyncio import core

import uctypes
import vfs

place, size = [int(part) for part in os.getenv("MOTCUA_ROM").split(":")]
vfs.mount(vfs.VfsRom(memoryview(uctypes.bytearray_at(place, size))), "/rom")
sys.path.insert(0, "/rom")

TICKS_BASE = 1 << 40
# Beyond what the VM's own counter shows: its queue, in C, stamps with it what is ready to run.


class Waiting:
    """Stands for asyncio's poll."""

    map = ("the world",)
    now = horizon = 0
    board = None
    told = False

    def wait_io_event(self, ms):
        cls = Waiting
        until = None if ms < 0 else cls.now + ms
        if not cls.told and until is not None and until < cls.horizon:
            cls.now = until
        else:
            cls.told = False
            exchange(until)


def exchange(until):
    """Tell the world how long we would wait, and hear what happens first."""
    wanted = "null" if until is None else until
    sys.stdout.write(f"[{Waiting.now},{wanted}]\n")
    lines = []
    while True:
        heard = sys.stdin.readline()
        if not heard:
            sys.exit()  # no power
        line = json.loads(heard)
        if type(line) is list:
            break
        lines.append(line)
    Waiting.now, Waiting.horizon = line  # before: a key has moved now, and not when we began to wait
    for one in lines:
        Waiting.board.hear(one)


core.ticks = lambda: TICKS_BASE + Waiting.now
core.IOQueue = Waiting
asyncio.new_event_loop()
builtins.print = lambda *words, **_: sys.stderr.write(" ".join([str(word) for word in words]) + "\n")

from firmware.hardware import simulated  # noqa: E402 - asyncio must be ours before the firmware is loaded
from firmware.main import main  # noqa: E402

simulated.ticks = lambda at=None: (Waiting.now if at is None else at) % simulated.TICKS_PERIOD


class Stream:
    """The connection to the broker."""

    out_buf = b""

    def __init__(self, board):
        self._board = board
        self._heard = b""
        self._lost = False
        self._changed = asyncio.Event()

    def write(self, data):
        if self._lost:
            raise OSError(104)
        self._board.send(b'{"net":"' + binascii.hexlify(data) + b'"}\n')

    async def drain(self):
        await asyncio.sleep_ms(0)

    async def read(self, most):
        while not self._heard and not self._lost:
            self._changed.clear()
            await self._changed.wait()
        data, self._heard = self._heard[:most], self._heard[most:]
        return data

    def hear(self, data):
        self._lost = self._lost or data is None
        self._heard += binascii.unhexlify(data or "")
        self._changed.set()

    def close(self):
        self._lost = True
        self._board.tell({"net": None})

    async def wait_closed(self):
        pass


class Board(simulated.Board):
    """Its lines are those of this process."""

    def __init__(self):
        super().__init__()
        Waiting.board = self
        self._net = None
        self.tell({"boot": self.reset_reason})
        exchange(0)

    async def start(self):
        pass

    async def connect(self, network):
        self._net = Stream(self)
        self.tell({"net": ""})
        return self._net

    def send(self, line):
        Waiting.told = True
        sys.stdout.write(line)

    def hear(self, line):
        if "net" in line:
            if self._net is not None:
                self._net.hear(line["net"])
        elif "heap" in line:
            gc.collect()
            self.tell({"heap": gc.mem_free()})
        else:
            self._take(line)


main(Board())
