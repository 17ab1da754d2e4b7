"""Fills the idle slot with an image, block by block, each erased when its first byte comes.

How far it is stands under `fetched`, every few blocks, so that a download which was cut goes on there: the blocks that
it counts were read back when they were written, and the one behind them is erased anew.
"""

import asyncio
import hashlib

from firmware.sparing import const, lent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NAME = const("fetched")
_PAGE_BYTES = const(256)
# What RP2 programs at once; a block has a whole number of them.
_READ_BYTES = const(1024)
_COUNTED_BLOCKS = const(4)
# A cut costs 16 KiB at most, and a download about fifteen writes of what is kept.
_WORN = const(5)


class Filling:
    """One image on its way into the idle slot; `done` bytes of it lie there."""

    def __init__(self, slots, sha256: str, length: int) -> None:  # type: ignore[no-untyped-def]
        self._board = slots.board
        self._region = slots.region
        self._block_bytes = slots.region.ioctl(5, 0)
        self._image = {"slot": slots.idle(), "length": length, "sha256": sha256}
        self._first = slots.size // self._block_bytes if self._image["slot"] == "b" else 0
        self._rest = b""  # of a page
        self.done = 0
        known = lent("kept").found(self._board).get(_NAME)
        if known is not None and {name: known.get(name) for name in self._image} == self._image:
            self.done = known["done"]
            return
        slots.leave(self._image["slot"])
        self._count()

    def write(self, offset: int, data: bytes) -> None:
        """The next bytes; what is less than a page waits for the rest of it."""
        length, at = self._image["length"], self.done + len(self._rest)
        if offset != at or offset + len(data) > length:
            raise ValueError("%d bytes at %d, where %d of %d lie" % (len(data), offset, at, length))
        ends = offset + len(data) == length
        data = self._rest + data if self._rest else data
        whole = len(data) if ends else len(data) - len(data) % _PAGE_BYTES
        for at in range(0, whole, _PAGE_BYTES):
            self._program(bytearray(data[at : min(at + _PAGE_BYTES, whole)]))
        self._rest = data[whole:]

    async def digest(self, length: int) -> bytes:
        """SHA-256 of what really lies there."""
        made, room = hashlib.sha256(), memoryview(bytearray(_READ_BYTES))
        for at in range(0, length, _READ_BYTES):
            part = room[: min(_READ_BYTES, length - at)]
            self._read(at, part)
            made.update(part)
            await asyncio.sleep(0)
        return made.digest()

    def image(self) -> "dict[str, Any]":
        """What lies there, whole. ValueError while it does not."""
        if self.done != self._image["length"]:
            raise ValueError("expected %d bytes in the slot, found %d" % (self._image["length"], self.done))
        return self._image

    def _program(self, data: bytearray) -> None:
        """A page, or the last part of one; read back, for flash wears out block by block."""
        block, offset = self._first + self.done // self._block_bytes, self.done % self._block_bytes
        if not offset:
            self._region.ioctl(6, block)
        size = len(data)
        data += b"\xff" * (-size % self._region.unit)
        self._region.writeblocks(block, data, offset)
        there = bytearray(size)
        self._read(self.done, there)
        if there != data[:size]:
            raise OSError(_WORN)
        self.done += size
        if self.done == self._image["length"] or not self.done % (_COUNTED_BLOCKS * self._block_bytes):
            self._count()

    def _read(self, at: int, room: "bytearray | memoryview") -> None:
        self._region.readblocks(self._first + at // self._block_bytes, room, at % self._block_bytes)

    def _count(self) -> None:
        lent("kept").found(self._board).put(_NAME, dict(self._image, done=self.done))


def forget(board) -> None:  # type: ignore[no-untyped-def]
    """The next image begins at its beginning, even if it is the same."""
    lent("kept").found(board).remove(_NAME)
