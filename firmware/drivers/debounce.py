"""Contacts bounce: a level counts once it was quiet for 20 ms, from its first edge on."""

from array import array

from firmware.sparing import const

_QUIET_MS = const(20)
_PRESSED = const(0)
_TRAINS_MS = const((1, 2, 5, 10, 20))
# A contact that bounces for longer every year will soon be none.


class Change:
    """A key went down or up, at that `up`; `held_ms` says how long it was down."""

    def __init__(self, name: str, pressed: bool, up: int, held_ms: "int | None") -> None:
        self.name = name
        self.pressed = pressed
        self.up = up
        self.held_ms = held_ms


class Debounce:
    """The state of some keys. Edges come in with their time, in time or late; settled changes come out.

    `down`: since when each key is. `bounces`: how many contacts came to rest in less than 1, 2, 5, 10, 20 ms, or later.
    """

    def __init__(self) -> None:
        self.down: "dict[str, int]" = {}
        self.bounces = array("H", [0] * (len(_TRAINS_MS) + 1))
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
        level, first, last = self._unsettled.pop(name)
        if level == _PRESSED and name not in self.down:
            self.down[name] = first
            self._changes.append(Change(name, True, first, None))
        elif level != _PRESSED and name in self.down:
            self._changes.append(Change(name, False, first, first - self.down.pop(name)))
        else:
            return  # a glitch, or a key that was down before we looked
        train = len([ms for ms in _TRAINS_MS if last - first >= ms])
        self.bounces[train] = min(0xFFFF, self.bounces[train] + 1)
