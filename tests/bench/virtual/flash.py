"""NOR flash in memory: erasing sets a block to 0xFF, programming can only clear bits, and power may go in the middle.

What is kept survives the board that holds it; a `Region` is one board's access to it, and worth nothing once that
board has lost its power.
"""

BLOCK_BYTES = 4096
PAGE_BYTES = 256
ERASE_MS = 40
PROGRAM_MS = 1
EIO = -5
ERASED = b"\xff" * BLOCK_BYTES


class PowerCut(BaseException):
    """The board has no power. It is no Exception: nothing in the firmware shall catch it."""


class Power:
    """One supply of power. `cut_in`: at which flash operation from now on it fails, and what part of that is done."""

    def __init__(self, agenda, random):
        self.agenda = agenda
        self.on = True
        self.operations = 0
        self._cut_in = None
        self._random = random

    def cut_at_operation(self, count):
        """Fail in the middle of the n-th operation from now on."""
        self._cut_in = count

    def check(self):
        """Raises PowerCut where there is none."""
        if not self.on:
            raise PowerCut

    def operation(self, ms):
        """A flash operation begins; the part of it that is done, in thousandths, or None if all of it."""
        self.agenda.spend(ms)
        self.operations += 1
        if self._cut_in is None:
            return None
        self._cut_in -= 1
        if self._cut_in > 0:
            return None
        self._cut_in = None
        self.on = False
        return self._random.below(1001)


class Region:
    """A flash region, with MicroPython's block device interface. Programming does not erase.

    `unit`: so many bytes at least are programmed at once, and not twice; `strange` is told where it is done otherwise.
    """

    def __init__(self, data, power, random, unit=1, strange=None):
        self.unit = unit
        self._data = data
        self._power = power
        self._random = random
        self._strange = strange

    def readblocks(self, block, buffer, offset=0):
        if not self._power.on:
            return EIO
        at = block * BLOCK_BYTES + offset
        buffer[:] = self._data[at : at + len(buffer)]
        return 0

    def writeblocks(self, block, buffer, offset=0):
        if not self._power.on:
            return EIO  # a file that is swept up later must harm nothing
        part = self._power.operation(PROGRAM_MS * (1 + len(buffer) // PAGE_BYTES))
        at = block * BLOCK_BYTES + offset
        if self._strange is not None:
            self._look(at, len(buffer))
        size = len(buffer) if part is None else len(buffer) * part // 1000
        before = self._data[at : at + size]
        if before == ERASED[:size]:
            self._data[at : at + size] = buffer[:size]
        else:
            for place in range(size):
                self._data[at + place] &= buffer[place]
        if part is not None:
            if size < len(buffer):  # of the byte where it stopped any bits may be clear already
                self._data[at + size] &= buffer[size] | self._random.below(256)
            raise PowerCut
        return 0

    def ioctl(self, op, block=0):
        if op == 4:
            return len(self._data) // BLOCK_BYTES
        if op == 5:
            return BLOCK_BYTES
        if op == 6:
            return self._erase(block)
        return 0

    def _look(self, at, size):
        if at % self.unit or size % self.unit:
            self._strange("%d bytes are programmed at %d, where %d are at once" % (size, at, self.unit))
        if self._data[at : at + size] != ERASED[:size]:
            self._strange("what was programmed is programmed again at %d" % at)

    def _erase(self, block):
        if not self._power.on:
            return EIO
        part = self._power.operation(ERASE_MS)
        at = block * BLOCK_BYTES
        if part is None:
            self._data[at : at + BLOCK_BYTES] = ERASED
            return 0
        size = BLOCK_BYTES * part // 1000
        self._data[at : at + size] = ERASED[:size]
        for _ in range(16):  # the rest has lost some of its zeros
            place = at + self._random.below(BLOCK_BYTES)
            self._data[place] |= self._random.below(256)
        raise PowerCut


def blank(blocks):
    """What new flash holds."""
    return bytearray(ERASED * blocks)
