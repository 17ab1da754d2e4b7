"""The flash of the simulated board: a file with the blocks of a filesystem, and behind them those of its regions."""

from firmware.sparing import const

FILES_BLOCKS = const(256)
_BLOCK_BYTES = const(4096)
_BLOCKS = const(488)
_ERASED_BYTES = const(256)


class ImageFlash:
    """NOR flash on a part of a file: erasing sets a block to 0xFF, programming can only clear bits."""

    unit = 32

    def __init__(self, file, first: int, blocks: int) -> None:  # type: ignore[no-untyped-def]
        self._file = file
        self._first = first * _BLOCK_BYTES
        self._blocks = blocks

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        self._file.seek(self._first + block * _BLOCK_BYTES + offset)
        self._file.readinto(buffer)

    def writeblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        at = self._first + block * _BLOCK_BYTES + offset
        self._file.seek(at)
        before = bytearray(self._file.read(len(buffer)))
        self._file.seek(at)
        if before == b"\xff" * len(buffer):
            self._file.write(buffer)
            return
        for place in range(len(buffer)):
            before[place] &= buffer[place]
        self._file.write(before)

    def ioctl(self, op: int, block: int) -> int:
        if op == 4:
            return self._blocks
        if op == 5:
            return _BLOCK_BYTES
        if op == 6:
            self._file.seek(self._first + block * _BLOCK_BYTES)
            for _ in range(_BLOCK_BYTES // _ERASED_BYTES):
                self._file.write(b"\xff" * _ERASED_BYTES)
        return 0


def region(file, name: str) -> ImageFlash:  # type: ignore[no-untyped-def]
    """A part of the flash without files."""
    first, blocks = {"events": (256, 64), "kept": (320, 8), "slots": (328, 160)}[name]
    return ImageFlash(file, first, blocks)


def opened(path):  # type: ignore[no-untyped-def]
    """The file of the flash; one from before there were regions, or this many, gets them behind its end, erased."""
    file = open(path, "r+b")
    blocks = file.seek(0, 2) // _BLOCK_BYTES
    for _ in range(_BLOCKS - blocks):
        file.write(b"\xff" * _BLOCK_BYTES)
    return file
