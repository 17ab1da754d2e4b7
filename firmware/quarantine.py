"""Events that the fleet can not store, set aside for a technician: a file of bounded size, the oldest go first."""

from firmware.flash_files import replace
from firmware.sparing import const

_MOST_BYTES = const(16 * 1024)


class Quarantine:
    """Each line is `epoch boot` and the line of the outbox."""

    def __init__(self, root: str) -> None:
        self._path = root + "/quarantine"

    def keep(self, epoch: int, boot: int, lines: "list[bytes]") -> None:
        """Set these aside; on flash when the call returns."""
        held = self._held() + b"".join([b"%d %d " % (epoch, boot) + line for line in lines])
        while len(held) > _MOST_BYTES:
            held = held[held.index(b"\n") + 1 :]
        replace(self._path, held)

    def _held(self) -> bytes:
        try:
            with open(self._path, "rb") as f:
                return f.read()
        except OSError:
            return b""
