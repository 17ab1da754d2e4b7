"""NOR flash in RAM: erasing sets a block to ones, programming only clears bits, in whole pages."""

BLOCK_BYTES = 4096


class NorFlash:
    """`page`: what is programmed at once must begin and end there."""

    def __init__(self, size, page):
        self.data = bytearray(b"\0" * size)
        self.page = page
        self.erased = []

    def part(self, start, size):
        return Part(self, start, size)


class Part:
    def __init__(self, flash, start, size):
        assert start % BLOCK_BYTES == 0 and size % BLOCK_BYTES == 0 and start + size <= len(flash.data)
        self.flash, self.start, self.size = flash, start, size

    def readblocks(self, block_num, buf, offset=0):
        at = self.start + block_num * BLOCK_BYTES + offset
        buf[:] = self.flash.data[at : at + len(buf)]

    def writeblocks(self, block_num, buf, offset=None):
        assert offset is not None, "without an offset both ports erase first"
        page = self.flash.page
        assert offset % page == 0 and len(buf) % page == 0, "expected whole pages"
        at = self.start + block_num * BLOCK_BYTES + offset
        assert at + len(buf) <= self.start + self.size
        for index in range(len(buf)):
            self.flash.data[at + index] &= buf[index]

    def ioctl(self, op, arg):
        if op == 4:
            return self.size // BLOCK_BYTES
        if op == 5:
            return BLOCK_BYTES
        if op == 6:
            self.flash.erased.append(self.start // BLOCK_BYTES + arg)
            at = self.start + arg * BLOCK_BYTES
            self.flash.data[at : at + BLOCK_BYTES] = b"\xff" * BLOCK_BYTES
        return 0
