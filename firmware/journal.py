"""The outbox's slots as files on littlefs, for boards that have no region of their own.

Files are opened with `with`, always: one that the collector closes inside a block device's callback crashes the VM.
Each record is flushed by itself: what this device records is what it shows to a person at that moment.
"""

import os

from firmware.flash_files import make_folder, remove
from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NAME = const("%08x")
FLASH_LEFT_BYTES = 96 * 1024
# Below this the outbox is full: leases, configuration and the boot counter must still find room.


class Journal:
    """Slots of the size that a block of littlefs has."""

    unit = 4
    size = 4096

    def __init__(self, root: str, most: int) -> None:
        self._folder = root + "/outbox"
        self._limit = most
        make_folder(self._folder)
        self._held = len(self.found())

    def found(self) -> "list[int]":
        """The slots that are there, the oldest first."""
        found = []
        for name in os.listdir(self._folder):
            try:
                if len(name) == 8:
                    found.append(int(name, 16))
            except ValueError:
                pass  # not ours
        return sorted(found)

    def free(self) -> bool:
        """Whether another slot can begin. Asked only then: littlefs walks its whole tree for the answer."""
        stat = os.statvfs(self._folder)
        return (self._held + 1) * self.size <= self._limit and stat[1] * stat[3] >= FLASH_LEFT_BYTES

    def begin(self, slot: int) -> None:
        """A file comes with its first record."""
        remove(self._path(slot))  # of the same number: what a cut left of it
        self._held += 1

    def write(self, slot: int, offset: int, data: bytes) -> None:
        """Append these bytes; they stay when the call returns."""
        data += b"\xff" * (-len(data) % self.unit)
        with open(self._path(slot), "ab") as f:
            f.write(b"\xff" * (offset - f.seek(0, 2)) + data)

    def read(self, slot: int, offset: int, data: "Any") -> int:
        """Read what lies there; returns how many bytes there are."""
        try:
            with open(self._path(slot), "rb") as f:
                f.seek(offset)
                return f.readinto(data)
        except OSError:
            return 0

    def end(self, slot: int) -> int:
        """Where the next record goes."""
        size = os.stat(self._path(slot))[6]
        return size + -size % self.unit

    def remove(self, slot: int, now: bool = False) -> None:
        """Of no use any more."""
        remove(self._path(slot))
        self._held -= 1

    def tend(self) -> None:
        """Nothing to erase ahead: littlefs erases when it must."""

    def _path(self, slot: int) -> str:
        return self._folder + "/" + _NAME % slot
