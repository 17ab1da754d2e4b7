"""The actor's fingers: wires that are pulled to ground or let go. A host that falls silent keeps no key pressed."""

SILENCE_MS = 5_000


class Hands:
    """`held` says since when. `tick` is called each millisecond, perhaps by an interrupt: it allocates nothing."""

    def __init__(self, hardware) -> None:  # type: ignore[no-untyped-def]
        self.silence_ms = SILENCE_MS
        self.held: "dict[str, int]" = {}
        self.let_go_at: "int | None" = None  # the host was silent, and everything was let go
        self._hardware = hardware
        self._heard_at = hardware.ticks()
        self._any = False

    def heard(self) -> None:
        """The host lives."""
        self._heard_at = self._hardware.ticks()

    def hold(self, wire: str) -> int:
        """Pull it to ground; when that was."""
        now = self._hardware.ticks()
        self.held[wire] = now
        self._any = True
        self._hardware.pull(wire)
        return int(now)

    def release(self, wire: str) -> int:
        """Let it go; when that was."""
        self._hardware.let_go(wire)
        self.held.pop(wire, None)
        self._any = bool(self.held)
        return int(self._hardware.ticks())

    def release_all(self) -> None:
        """Let everything go."""
        self._hardware.let_all_go()
        self.held.clear()
        self._any = False

    def tick(self, now: int) -> None:
        """Let everything go if nobody has spoken for too long. The rest is for `forgot`, which may take its time."""
        if self._any and self._hardware.ticks_diff(now, self._heard_at) > self.silence_ms:
            self._hardware.let_all_go()
            self.let_go_at = now
            self._any = False

    def forgot(self) -> "int | None":
        """When everything was let go because of silence, once."""
        at, self.let_go_at = self.let_go_at, None
        if at is not None:
            self.held.clear()
        return at
