"""Which pieces of a file to ask for, when, and which of those that come to take. It decides and waits for nothing.

Few pieces are on their way at once, and only what was asked for is taken, in order. Where a piece does not come in time
there are fewer and smaller ones for a while: the way is thin, or the memory. It is lent.
"""

import binascii

from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PIECE_BYTES = const(1024)
_PIECE_AT_LEAST = const(256)
_AT_ONCE = const(3)
_AGAIN_MS = const(20_000)
# 256 bytes take two seconds at 200 B/s; three times 1,024 do not come in this time, and then fewer are asked for.
_GROWS_AFTER = const(16)
_SILENT_MS = const(60_000)
_SILENCES_AT_MOST = const(3)


class Fetching:
    """The bytes from `at` to `end` of one file. `end` None: as many as there are, `most` at most."""

    def __init__(self, name: str, at: int, end: "int | None", rate: int, now: int, most: int = 0) -> None:
        self.name = name
        self.at = at  # up to here it is here
        self.end = end
        self._most = most
        self._rate = rate
        self._asked: "dict[int, tuple[int, int]]" = {}  # where: how many, since when
        self._early: "dict[int, bytes]" = {}
        self._next = at
        self._piece = _PIECE_BYTES
        self._at_once = _AT_ONCE
        self._in_row = self._silences = 0
        self._since = now  # nothing came
        self._free_at = now  # what the rate allows

    @property
    def done(self) -> bool:
        """Whether all of it was taken."""
        return self.at == self.end

    def asks(self, now: int) -> "tuple[int, int] | None":
        """(offset, length) of the piece to ask for now, if any. Raises ValueError where it takes too long."""
        self._look(now)
        length = self._askable()
        if not length or now < self._free_at:
            return None
        offset = self._next
        self._asked[offset] = length, now
        self._next += length
        if self._rate:
            self._free_at = max(now, self._free_at) + length * 1000 // self._rate
        return offset, length

    def take(self, name: "Any", offset: "Any", data: "Any", now: int) -> None:
        """A piece came. Raises ValueError where it shows that the file is none of ours."""
        if name != self.name or type(offset) is not int or offset not in self._asked or type(data) is not str:
            return  # nobody asked for it
        try:
            piece = binascii.a2b_base64(data)
        except ValueError:
            return  # nobody can read it
        length, _ = self._asked[offset]
        if len(piece) > length:
            return  # it answers what was asked for here before, when it was more
        if len(piece) < length and self.end is not None:
            raise ValueError("length: expected %d bytes of %s at %d, found %d" % (length, name, offset, len(piece)))
        del self._asked[offset]
        if self.end is None and len(piece) < length:
            self.end = offset + len(piece)
        if self.end is None and offset + length >= self._most:
            raise ValueError("length: expected less than %d bytes of %s" % (self._most, name))
        if piece:
            self._early[offset] = piece
        self._since, self._silences = now, 0
        self._in_row += 1
        if self._in_row >= _GROWS_AFTER:
            self._piece, self._at_once = _PIECE_BYTES, _AT_ONCE

    def next(self) -> "bytes | None":
        """The bytes from `at` on, if they are here; `at` is behind them afterwards."""
        piece = self._early.pop(self.at, None)
        if piece is not None:
            self.at += len(piece)
        return piece

    def rest(self, now: int) -> None:
        """Something else comes first, or nobody is there to ask: what is on its way is not waited for."""
        self._since = now
        for offset in self._asked:
            self._asked[offset] = self._asked[offset][0], now

    def lost(self, now: int) -> None:
        """The connection is another one: what was asked for does not come any more."""
        self._asked.clear()
        self._early.clear()
        self._next = self.at
        self._since = now

    def wait_ms(self, now: int) -> int:
        """How long nothing is to be done if nothing comes."""
        due = self._since + _SILENT_MS
        for _, since in self._asked.values():
            due = min(due, since + _AGAIN_MS)
        if self._askable():
            due = min(due, max(self._free_at, now + 1))
        return max(1, due - now)

    def _askable(self) -> int:
        """How many bytes may be asked for next. Where it ends is known by its last piece, so that is awaited."""
        if len(self._asked) + len(self._early) >= self._at_once or (self.end is None and self._next > self.at):
            return 0
        return self._piece if self.end is None else min(self._piece, self.end - self._next)

    def _look(self, now: int) -> None:
        """What did not come in time is asked for once more, in smaller pieces."""
        if now - self._since >= _SILENT_MS:
            self._since = now
            self._silences += 1
            if self._silences >= _SILENCES_AT_MOST:
                raise ValueError("too_slow: no piece of %s for %d s" % (self.name, _SILENT_MS * self._silences // 1000))
        if [1 for _, since in self._asked.values() if now - since >= _AGAIN_MS]:
            self._asked.clear()
            self._early.clear()
            self._next = self.at
            self._piece = max(_PIECE_AT_LEAST, self._piece // 2)
            self._at_once = 1
            self._in_row = 0
