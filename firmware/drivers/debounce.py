"""Contacts bounce: a level counts once it was quiet for 20 ms, from its first edge on."""

from firmware.sparing import const

_QUIET_MS = const(20)
_PRESSED = const(0)


class Change:
    """A key went down or up, at that `up`; `held_ms` says how long it was down."""

    def __init__(self, name: str, pressed: bool, up: int, held_ms: "int | None") -> None:
        self.name = name
        self.pressed = pressed
        self.up = up
        self.held_ms = held_ms


class Debounce:
    """The state of some keys. Edges come in with their time, in time or late; settled changes come out."""

    def __init__(self) -> None:
        self._down: "dict[str, int]" = {}
        self._unsettled: "dict[str, tuple[int, int, int]]" = {}
        self._changes: "list[Change]" = []

    def edge(self, name: str, level: int, up: int) -> None:
        """A pin has this level since `up`."""
        first = up
        if name in self._unsettled:
            if up - self._unsettled[name][2] >= _QUIET_MS:
                self._settle(name)  # it was at rest in between, while nobody looked
            else:
                first = self._unsettled[name][1]
        self._unsettled[name] = (level, first, up)

    def settled(self, now: int) -> "list[Change]":
        """The keys that have come to rest, in order."""
        for name in list(self._unsettled):
            if now - self._unsettled[name][2] >= _QUIET_MS:
                self._settle(name)
        changes, self._changes = self._changes, []
        changes.sort(key=lambda change: change.up)
        return changes

    def due_ms(self, now: int) -> "int | None":
        """How long until the next key may have come to rest; None if all are at rest."""
        if not self._unsettled:
            return None
        return max(0, min([last for _, _, last in self._unsettled.values()]) + _QUIET_MS - now)

    def _settle(self, name: str) -> None:
        level, first, _ = self._unsettled.pop(name)
        if level == _PRESSED and name not in self._down:
            self._down[name] = first
            self._changes.append(Change(name, True, first, None))
        elif level != _PRESSED and name in self._down:
            self._changes.append(Change(name, False, first, first - self._down.pop(name)))
