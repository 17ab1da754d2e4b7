"""Finds the orders in what a device sends to its printer: only how long each is, so that pictures are passed over.

Lengths as the manuals of ESC/POS printers give them. What is in no table is two bytes long: a stranger's goes on.
"""

_DLE, _ESC, _FS, _GS = 0x10, 0x1B, 0x1C, 0x1D
_FIXED = {
    _ESC: (b"@2LS<imv\x0c", b" !%-3=?EGJKMRTUVadertu{", b"$\\cB", b"p"),
    _FS: (b"&.", b"!-CW", b"Sp?", b""),
    _GS: (b":c\x0c", b"!/BEHITabfhrwx", b"$LPW\\", b"^"),
}
# Letters with none, one, two and three bytes behind them.
_LONGEST_BYTES = 1 << 20
_TO_NUL = -1


class Orders:
    """`feed` gives the question of each `GS r` (the paper, the drawer), once everything before it has come."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._skip = 0
        self._to_nul = False

    def feed(self, data: bytes) -> "list[int]":
        """What is asked, in order."""
        asked = []
        at = 0
        while at < len(data):
            if self._to_nul:
                end = data.find(b"\0", at)
                self._to_nul = end < 0
                at = len(data) if end < 0 else end + 1
            elif self._skip:
                step = min(self._skip, len(data) - at)
                self._skip -= step
                at += step
            else:
                question = self._next(data[at])
                at += 1
                if question is not None:
                    asked.append(question)
        return asked

    def _next(self, byte: int) -> "int | None":
        """One byte more of an order, or of text."""
        head = self._head
        if not head and byte not in (_DLE, _ESC, _FS, _GS):
            return None
        head.append(byte)
        length = None if len(head) < 2 else length_of(head)
        if length is None:
            return None
        question = head[2] if head[:2] == b"\x1dr" and len(head) > 2 else None
        self._to_nul = length == _TO_NUL
        self._skip = max(0, min(length, _LONGEST_BYTES) - len(head))
        self._head = bytearray()
        return question


def length_of(head: bytearray) -> "int | None":
    """How many bytes this order has with its first two; -1: all up to a NUL; None: more of it must be seen."""
    kind, letter = head[0], head[1]
    for more, letters in enumerate(_FIXED.get(kind, ())):
        if letter in letters:
            return None if head == b"\x1dr" else 2 + more
    if kind == _GS and letter in b"kV":
        return None if len(head) < 4 and not _is_short(head) else _measured(head)
    seen = {(_GS, 0x76): 8, (_GS, 0x38): 7, (_ESC, 0x2A): 5, (_ESC, 0x57): 10, (_FS, 0x32): 76}.get((kind, letter))
    if seen is None:
        seen = 5 if letter == 0x28 else 3 if kind == _DLE or (kind, letter) == (_ESC, 0x44) else 2
    return None if len(head) < seen else _with_data(head, seen)


def _is_short(head: bytearray) -> bool:
    """Whether this GS k or GS V says by its third byte alone how long it is."""
    return len(head) == 3 and (head[2] < 65 if head[1] == 0x6B else head[2] in (0, 1, 48, 49))


def _measured(head: bytearray) -> int:
    """GS k has a text that ends in a NUL, or its length first; GS V a feed, or none."""
    if head[1] == 0x6B:
        return _TO_NUL if head[2] < 65 else 4 + head[3]
    return len(head)


def _with_data(head: bytearray, seen: int) -> int:
    """The length of an order whose first bytes say how much follows them."""
    letters = bytes(head[:2])
    if letters == b"\x1dv":
        return seen + (head[4] + 256 * head[5]) * (head[6] + 256 * head[7])
    if letters == b"\x1d8":
        return seen + head[3] + 256 * (head[4] + 256 * (head[5] + 256 * head[6]))
    if letters == b"\x1b*":
        return seen + (head[3] + 256 * head[4]) * (3 if head[2] >= 32 else 1)
    if letters == b"\x1bD":
        return seen if head[2] == 0 else _TO_NUL
    return seen + head[3] + 256 * head[4] if head[1] == 0x28 else seen
