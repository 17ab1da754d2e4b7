"""An empty flash for one test: a directory on CPython, a littlefs on MicroPython, where the test is to hold most."""

import sys


class Nor:
    """A raw region: erasing sets a block to 0xFF, and a unit is programmed once. Counts what it is asked to do."""

    def __init__(self, blocks=64, unit=32, block_bytes=4096):
        self.unit = unit
        self.block_bytes = block_bytes
        self.data = bytearray(b"\xff" * (blocks * block_bytes))
        self.erased = self.programmed = self.read = 0

    def readblocks(self, block, buffer, offset=0):
        at = block * self.block_bytes + offset
        buffer[:] = self.data[at : at + len(buffer)]
        self.read += 1

    def writeblocks(self, block, buffer, offset=0):
        at = block * self.block_bytes + offset
        assert offset % self.unit == len(buffer) % self.unit == 0, (offset, len(buffer))
        assert offset + len(buffer) <= self.block_bytes, (offset, len(buffer))
        blank = b"\xff" * len(buffer)
        assert self.data[at : at + len(buffer)] == blank, "block %d: programmed twice at %d" % (block, offset)
        self.data[at : at + len(buffer)] = buffer
        self.programmed += 1

    def ioctl(self, op, block):
        if op == 6:
            self.data[block * self.block_bytes : (block + 1) * self.block_bytes] = b"\xff" * self.block_bytes
            self.erased += 1
        return {4: len(self.data) // self.block_bytes, 5: self.block_bytes}.get(op, 0)


if sys.implementation.name == "micropython":
    import vfs

    BLOCK_BYTES = 4096
    mounted = []

    class Ram:
        """A block device in RAM."""

        def __init__(self, blocks):
            self.data = bytearray(blocks * BLOCK_BYTES)

        def readblocks(self, block, buffer, offset=0):
            at = block * BLOCK_BYTES + offset
            buffer[:] = self.data[at : at + len(buffer)]

        def writeblocks(self, block, buffer, offset=None):
            at = block * BLOCK_BYTES + (offset or 0)
            self.data[at : at + len(buffer)] = buffer

        def ioctl(self, op, block):
            return {4: len(self.data) // BLOCK_BYTES, 5: BLOCK_BYTES}.get(op, 0)

    def fresh_flash(blocks=64):
        if mounted:
            vfs.umount(mounted.pop())
        ram = Ram(blocks)
        vfs.VfsLfs2.mkfs(ram)
        vfs.mount(ram, "/test")
        mounted.append("/test")
        return "/test"

else:
    import tempfile

    def fresh_flash(blocks=64):
        return tempfile.mkdtemp()
