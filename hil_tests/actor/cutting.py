"""A cut of the device's power at an exact moment: so long after a lamp changed, or after so many bytes on a line.

`tick` is called each millisecond by a hard interrupt: it allocates nothing and asks no serial line, whose buffer
belongs to the program. So a moment does not depend on the host, nor on what else the actor does. `count` looks at the
lines, each millisecond too, but between two steps of the program.
"""

_IDLE, _WAITING, _DUE, _OFF, _OVER = 0, 1, 2, 3, 4
LONGEST_MS = 600_000


class Cut:
    """One cut at a time. `off_at` and `back_at` are when it was, by the actor's clock."""

    def __init__(self, hardware) -> None:  # type: ignore[no-untyped-def]
        self.off_at = self.back_at = 0
        self._hardware = hardware
        self._state = _IDLE
        self._told = 0
        self._moment = 0
        self._after_ms = self._for_ms = 0
        self._wire: "str | None" = None
        self._wanted = 0
        self._is_eye = False

    @property
    def armed(self) -> bool:
        """Whether a cut is still to come, or the power is still off."""
        return self._state in (_WAITING, _DUE, _OFF)

    def arm_now(self, after_ms: int, for_ms: int) -> None:
        """Cut so long from now."""
        self._arm(None, 0, after_ms, for_ms)
        self._moment = self._hardware.after(self._hardware.ticks(), after_ms)
        self._state = _DUE

    def arm_by_eye(self, eye: str, level: int, after_ms: int, for_ms: int) -> None:
        """Cut so long after this eye sees that level."""
        self._is_eye = True
        self._arm(eye, level, after_ms, for_ms)
        self._state = _WAITING

    def arm_by_bytes(self, line: str, count: int, after_ms: int, for_ms: int) -> None:
        """Cut so long after so many more bytes have come on this line."""
        self._is_eye = False
        self._arm(line, self._hardware.came(line) + count, after_ms, for_ms)
        self._state = _WAITING

    def disarm(self) -> None:
        """No cut; power comes back."""
        if self.armed:
            self._hardware.power(True)
        self._state = self._told = _IDLE

    def tick(self, now: int) -> None:
        """A millisecond is over."""
        if self._state == _WAITING and self._is_eye and self._hardware.level(self._wire) == self._wanted:
            self._moment = self._hardware.after(now, self._after_ms)
            self._state = _DUE
        if self._state == _DUE and self._hardware.ticks_diff(now, self._moment) >= 0:
            self._hardware.power(False)
            self.off_at = now
            self._moment = self._hardware.after(now, self._for_ms)
            self._state = _OFF
        elif self._state == _OFF and self._hardware.ticks_diff(now, self._moment) >= 0:
            self._hardware.power(True)
            self.back_at = now
            self._state = _OVER

    def count(self, now: int) -> None:
        """A millisecond is over, and the lines may be asked."""
        if self._state == _WAITING and not self._is_eye and self._hardware.came(self._wire) >= self._wanted:
            self._moment = self._hardware.after(now, self._after_ms)
            self._state = _DUE
            self.tick(now)

    def happened(self) -> "list[tuple[str, int]]":
        """What has happened since the last call: ("cut", when), ("back", when)."""
        state = self._state  # an interrupt may move on meanwhile
        found = []
        if state >= _OFF and self._told < _OFF:
            found.append(("cut", self.off_at))
        if state == _OVER and self._told < _OVER:
            found.append(("back", self.back_at))
        self._told = state
        return found

    def _arm(self, wire: "str | None", wanted: int, after_ms: int, for_ms: int) -> None:
        self._state = self._told = _IDLE
        self._wire, self._wanted, self._after_ms, self._for_ms = wire, wanted, after_ms, for_ms
