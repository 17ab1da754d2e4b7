"""Contacts bounce: a level counts once it was quiet for 20 ms, from its first edge on."""

QUIET_MS = 20
PRESSED = 0


class Change:
    """A key went down or up, at that `up`; `held_ms` says how long it was down."""

    def __init__(self, name: str, pressed: bool, up: int, held_ms: "int | None") -> None:
        self.name = name
        self.pressed = pressed
        self.up = up
        self.held_ms = held_ms


class Debounce:
    """The state of some keys. Edges come in with their time, settled changes come out."""

    def __init__(self) -> None:
        self._down: "dict[str, int]" = {}
        self._unsettled: "dict[str, tuple[int, int, int]]" = {}

    def edge(self, name: str, level: int, up: int) -> None:
        """A pin has this level since `up`."""
        first = self._unsettled[name][1] if name in self._unsettled else up
        self._unsettled[name] = (level, first, up)

    def settled(self, now: int) -> "list[Change]":
        """The keys that have come to rest."""
        changes = []
        for name in sorted(self._unsettled):
            level, first, last = self._unsettled[name]
            if now - last < QUIET_MS:
                continue
            del self._unsettled[name]
            if level == PRESSED and name not in self._down:
                self._down[name] = first
                changes.append(Change(name, True, first, None))
            elif level != PRESSED and name in self._down:
                changes.append(Change(name, False, first, first - self._down.pop(name)))
        changes.sort(key=lambda change: change.up)
        return changes

    def due_ms(self, now: int) -> "int | None":
        """How long until the next key may have come to rest; None if all are at rest."""
        if not self._unsettled:
            return None
        return max(0, min([last for _, _, last in self._unsettled.values()]) + QUIET_MS - now)
