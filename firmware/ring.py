"""The outbox's slots as blocks of a raw flash region, used in turn: while somebody waits, flash is only programmed.

Blocks are erased ahead by `tend`, when nobody is about. What an earlier boot erased may be half erased, so only blocks
that this boot erased are taken as they are. Nothing is programmed twice, and what was programmed is read back.
"""

from firmware.sparing import const, lent

_NO_SPACE = const(28)
_INPUT_OUTPUT = const(5)
_AHEAD = const(2)
_FREE = const(0)
_CLEAN = const(1)  # slots are numbered from 2 on


class Ring:
    """`unit`: how many bytes at least are programmed at once. A page larger than that is filled up by the region."""

    def __init__(self, region) -> None:  # type: ignore[no-untyped-def]
        self._device = region
        self.unit = region.unit
        self.size = region.ioctl(5, 0)
        self._blocks = lent("finding").pieces(region)  # of each block
        self._last = 0  # the block that was begun last
        for block in range(len(self._blocks)):
            if self._blocks[block] > self._blocks[self._last]:
                self._last = block

    def found(self) -> "list[int]":
        """The slots that are there, the oldest first."""
        return sorted([one for one in self._blocks if one > _CLEAN])

    def free(self) -> bool:
        """Whether another slot can begin."""
        return min(self._blocks) <= _CLEAN

    def begin(self, slot: int) -> None:
        """Take a block for a new slot; the next in turn, so that all wear alike."""
        count = len(self._blocks)
        for step in range(1, count + 1):
            block = (self._last + step) % count
            if self._blocks[block] <= _CLEAN:
                self._last = block  # if it can not be erased, the next one is tried
                if self._blocks[block] == _FREE:
                    self._device.ioctl(6, block)
                self._blocks[block] = slot
                return
        raise OSError(_NO_SPACE)

    def write(self, slot: int, offset: int, data: bytes) -> None:
        """Program these bytes; they stay when the call returns."""
        block = self._slot(slot)
        data += b"\xff" * (-len(data) % self.unit)
        written = bytearray(len(data))  # before: when flash has it, no full heap may say that it has not
        self._device.writeblocks(block, data, offset)
        self._device.readblocks(block, written, offset)
        if written != data:
            raise OSError(_INPUT_OUTPUT)

    def read(self, slot: int, offset: int, data: memoryview) -> int:
        """Read what lies there; returns how many bytes there are."""
        count = min(len(data), self.size - offset)
        self._device.readblocks(self._slot(slot), data[:count], offset)
        return count

    def end(self, slot: int) -> int:
        """Where nothing was programmed yet, up to the end."""
        return lent("finding").rest_of(self._device, self._slot(slot))  # type: ignore[no-any-return]

    def remove(self, slot: int, now: bool = False) -> None:
        """Of no use any more; it is erased when nobody is about, or at the latest before it is used again."""
        block = self._slot(slot)
        self._blocks[block] = _FREE
        if now:
            self._device.ioctl(6, block)

    def tend(self) -> None:
        """Erase ahead."""
        count = len(self._blocks)
        ahead = 0
        for step in range(1, count):
            block = (self._last + step) % count
            if self._blocks[block] == _FREE:
                self._device.ioctl(6, block)
                self._blocks[block] = _CLEAN
            if self._blocks[block] == _CLEAN:
                ahead += 1
                if ahead == _AHEAD:
                    return

    def _slot(self, slot: int) -> int:
        """Where this slot lies."""
        if self._blocks[self._last] == slot:
            return self._last
        for block in range(len(self._blocks)):
            if self._blocks[block] == slot:
                return block
        raise OSError(_INPUT_OUTPUT)
