"""Flash whose power goes in the middle of an operation, for MicroPython: the operation is torn, and nothing follows.

What a cut leaves: the first quarters of what was to be written or erased, or any bits of it.
"""

BLOCK_BYTES = 4096
TORN = ("0", "25", "50", "75", "100", "bits")
EIO = -5


def noise(number):
    """The next of a row of numbers that look random, below 2^31; its high bits more so."""
    return number * 1103515245 + 12345 & 0x7FFFFFFF


class PowerCut(BaseException):
    """The power is gone. No Exception: nothing in the firmware may catch it."""


class Power:
    """One supply for all flash of a device. `left`: so many operations from now the power goes; None: it stays."""

    def __init__(self):
        self.on = True
        self.operations = 0
        self.left = None
        self.torn = "0"
        self.noise = 1

    def cut_after(self, operations, torn):
        """The last one; which bits of it are left depends on its number alone."""
        self.left, self.torn, self.noise = operations, torn, operations

    def restore(self):
        self.on, self.left = True, None

    def begins(self):
        """Whether the operation that begins now is the last, and torn."""
        self.operations += 1
        if self.left is None:
            return False
        self.left -= 1
        return self.left <= 0

    def leaves(self, before, after):
        """What a torn operation leaves of `after` in place of `before`."""
        self.on = False
        if self.torn != "bits":
            done = len(before) * int(self.torn) // 100
            return after[:done] + before[done:]
        left = bytearray(before)
        for place in range(len(left)):
            self.noise = noise(self.noise)
            mask = self.noise >> 16 & 255
            left[place] = left[place] & ~mask & 255 | after[place] & mask
        return left


class Region:
    """Raw flash: a unit is programmed once. A cut is an exception at once."""

    def __init__(self, power, blocks, unit):
        self.power = power
        self.unit = unit
        self.data = bytearray(b"\xff" * (blocks * BLOCK_BYTES))

    def readblocks(self, block, buffer, offset=0):
        self._check()
        at = block * BLOCK_BYTES + offset
        buffer[:] = self.data[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        at = block * BLOCK_BYTES + offset
        before = self.data[at : at + len(buffer)]
        assert offset % self.unit == len(buffer) % self.unit == 0, (offset, len(buffer))
        assert before == b"\xff" * len(buffer), "block %d: programmed twice at %d" % (block, offset)
        self._change(at, bytearray(buffer))

    def ioctl(self, op, block):
        if op == 6:
            self._change(block * BLOCK_BYTES, bytearray(b"\xff" * BLOCK_BYTES))
        return {4: len(self.data) // BLOCK_BYTES, 5: BLOCK_BYTES}.get(op, 0)

    def _change(self, at, after):
        self._check()
        if self.power.begins():
            after = self.power.leaves(self.data[at : at + len(after)], after)
        self.data[at : at + len(after)] = after
        self._check()

    def _check(self):
        if not self.power.on:
            raise PowerCut


class Files(Region):
    """The same under a filesystem, which may program what it likes and must be told of a failure by a number."""

    def __init__(self, power, blocks):
        Region.__init__(self, power, blocks, 1)

    def readblocks(self, block, buffer, offset=0):
        if not self.power.on:
            return EIO
        Region.readblocks(self, block, buffer, offset)
        return 0

    def writeblocks(self, block, buffer, offset=0):
        at = block * BLOCK_BYTES + offset
        after = bytearray(buffer)
        before = self.data[at : at + len(after)]
        if before != b"\xff" * len(after):
            for place in range(len(after)):
                after[place] &= before[place]
        return self._told(at, after)

    def ioctl(self, op, block):
        if op == 6:
            return self._told(block * BLOCK_BYTES, bytearray(b"\xff" * BLOCK_BYTES))
        return Region.ioctl(self, op, block)

    def _told(self, at, after):
        try:
            self._change(at, after)
        except PowerCut:
            return EIO
        return 0
