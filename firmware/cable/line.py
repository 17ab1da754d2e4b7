"""The cable: frames in and out, beside whatever else is said there.

In a frame any byte may stand, so Ctrl-C is a byte like others; twice between frames it leads to MicroPython's prompt.
"""

import asyncio

from firmware.hardware.console import console
from firmware.sparing import const
from firmware.waiting import happens
from protocols import improv
from protocols.message import ProtocolError, to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_IDLE_MS = const(200)
_TAKEN_MS = const(1_000)
_WAITING_AT_MOST = const(4)
_STOP = const(b"\x03\x03")
_LEAST = const(1)
# Who asks a chip's line for more than one byte waits until they are all there.


class Line:
    """`next` gives what was asked: (command, data), where an object's data is all its bytes."""

    def __init__(self) -> None:
        source, self._sink = console(True)
        self._reader = asyncio.StreamReader(source)
        self._frames = improv.Frames()
        self._objects = improv.Objects()
        self._asked: "list[tuple[int, bytes]]" = []
        self._came = asyncio.Event()
        self._taken = asyncio.Event()
        self._fed = 0

    async def run(self) -> None:
        """Take what comes. Raises KeyboardInterrupt for a person who wants the prompt."""
        idle = asyncio.create_task(self._let_idle())
        while True:
            data = await self._reader.read(_LEAST)
            if not data:  # nobody is there, and nobody will be
                idle.cancel()
                return
            self._fed += 1
            self._take(self._frames.feed(data))
            if data == b"\x03" and self._frames.chatter.endswith(_STOP):
                console(False)
                raise KeyboardInterrupt

    async def next(self, within_ms: "int | None" = None) -> "tuple[int, bytes] | None":
        """The next that is asked; None when the time is over."""
        if not self._asked:
            self._came.clear()
            await happens(self._came, within_ms)
        return self._asked.pop(0) if self._asked else None

    async def tell(self, said: "dict[str, Any]") -> None:
        """Say an object, piece by piece."""
        raw = to_json(said)
        left = len(raw)
        for piece in improv.pieces(improv.RESULT, raw):
            self._taken.clear()
            self.write(piece)
            left -= improv.PIECE_BYTES
            if left > 0:
                await happens(self._taken, _TAKEN_MS)

    def write(self, frame: bytes) -> None:
        """Say a frame, on a line of its own: readers look for one there."""
        self._sink.write(b"\n" + frame)

    def state(self, state: int) -> None:
        """Say how far we are."""
        self.write(improv.frame(improv.STATE, bytes([state])))

    def error(self, error: int) -> None:
        """Say that something was wrong."""
        self.write(improv.frame(improv.ERROR, bytes([error])))

    async def _let_idle(self) -> None:
        """A frame that does not go on for a while is none."""
        while True:
            fed = self._fed
            await asyncio.sleep_ms(_IDLE_MS)
            if fed == self._fed and self._frames.inside():
                self._take(self._frames.idle())

    def _take(self, frames: "list[tuple[int, bytes]]") -> None:
        for kind, data in frames:
            try:
                self._take_one(kind, *improv.read(data))
            except ProtocolError:
                self.error(improv.INVALID)

    def _take_one(self, kind: int, command: int, data: bytes) -> None:
        """A request, or the confirmation of a piece of ours."""
        if command == improv.OBJECT and data and data[0] & improv.TAKEN:
            self._taken.set()
        elif kind == improv.REQUEST and command == improv.OBJECT:
            whole = self._objects.take(data)
            if whole is not None:
                self._put(command, whole)
            elif data[0] & improv.MORE:
                self.write(improv.taken())
            else:
                self.error(improv.INVALID)
        elif kind == improv.REQUEST:
            self._put(command, data)

    def _put(self, command: int, data: bytes) -> None:
        if len(self._asked) < _WAITING_AT_MOST:  # who asks more before an answer asks again
            self._asked.append((command, data))
        self._came.set()
