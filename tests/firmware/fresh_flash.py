"""An empty flash for one test: a directory on CPython, a littlefs on MicroPython, where the test is to hold most."""

import sys

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
