"""Mounts the files of a board, and never formats what it can not mount: whoever knows how may still save what is there.

A flash that was never written gets its filesystem. Where one lies that can not be mounted, the board runs from RAM: its
firmware is frozen, and its identity, its boots and its events have regions of their own. `/flash_lost` says so, the
fleet is told, and a technician decides: `import mounting; mounting.format_files()` makes it anew.
"""

import vfs

TRIES = 3
LOST_FILE = "/flash_lost"
RAM_BLOCK_BYTES = 512
RAM_BLOCKS = 32


class RamFlash:
    """Blocks of RAM: what stands there is gone with the next reset."""

    def __init__(self) -> None:
        self._data = bytearray(RAM_BLOCK_BYTES * RAM_BLOCKS)

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        at = block * RAM_BLOCK_BYTES + offset
        buffer[:] = self._data[at : at + len(buffer)]

    def writeblocks(self, block: int, buffer: bytes, offset: int = 0) -> None:
        at = block * RAM_BLOCK_BYTES + offset
        self._data[at : at + len(buffer)] = buffer

    def ioctl(self, op: int, argument: int) -> int:
        return {4: RAM_BLOCKS, 5: RAM_BLOCK_BYTES}.get(op, 0)


def mount_files(flash, **geometry) -> bool:  # type: ignore[no-untyped-def]
    """Mount at `/`; True if it is the flash, False if it is RAM."""
    for _ in range(TRIES):
        try:
            vfs.mount(vfs.VfsLfs2(flash, **geometry), "/")
            return True
        except OSError:
            pass
    if is_new(flash):
        vfs.VfsLfs2.mkfs(flash, **geometry)
        vfs.mount(vfs.VfsLfs2(flash, **geometry), "/")
        return True
    ram = RamFlash()
    vfs.VfsLfs2.mkfs(ram)
    vfs.mount(ram, "/")
    with open(LOST_FILE, "w"):
        pass
    return False


def is_new(flash) -> bool:  # type: ignore[no-untyped-def]
    """Whether nothing was ever written where a filesystem has its head: its first two blocks."""
    size = flash.ioctl(5, 0)
    data = bytearray(256)
    for block in (0, 1):
        for offset in range(0, size, len(data)):
            flash.readblocks(block, data, offset)
            if data != b"\xff" * len(data):
                return False
    return True


def format_files() -> None:
    """Make the filesystem anew, by the hand of a person; whatever was there is gone. Then reset the board."""
    from board_flash import GEOMETRY, flash

    vfs.VfsLfs2.mkfs(flash, **GEOMETRY)
