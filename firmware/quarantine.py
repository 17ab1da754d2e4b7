"""Events that the fleet can not store, set aside for a technician: two files of bounded size; the older goes."""

import os

from firmware.sparing import const

_MOST_BYTES = const(8 * 1024)


class Quarantine:
    """`/quarantine` and before it `/quarantine.old`; each line is the epoch, the boot and the event."""

    def __init__(self, root: str) -> None:
        self._path = root + "/quarantine"

    def keep(self, epoch: int, boot: int, lines: "list[bytes]") -> None:
        """Set these aside; on flash when the call returns. No more than a line is held in RAM."""
        for line in lines:
            line = b"%d %d " % (epoch, boot) + line
            if self._size() + len(line) > _MOST_BYTES:
                os.rename(self._path, self._path + ".old")
            with open(self._path, "ab") as f:
                f.write(line)

    def _size(self) -> int:
        try:
            return os.stat(self._path)[6]
        except OSError:
            return 0
