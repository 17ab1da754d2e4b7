"""A stream of events: slots in order, and places in it that move over its events.

A slot is made of records, each with a checksum:

    crc32 · type and length · body

The checksum of a record begins with the number of its slot, so that nothing of an earlier life of the same flash is
taken for a record of this one; that of an event begins with the checksum of its section, so that no event is ever taken
for one of another boot.

    HEAD     1  format, number of the slot, whose it is, how many events came before it, and a mark
    SECTION  2  epoch and boot of the events that follow, what UTC was at `up` 0, and words they share
    EVENT    3  see compact
    MARK     4  two places (slot, offset, events before it), one for each stream: what lies before is forgotten;
                and single events (boot, seq) that are

A record that is torn or spoilt costs only itself: the reader goes on at the next unit where a record is sound.
"""

import binascii
import struct

from firmware.compact import number, put
from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WINDOW_BYTES = const(128)
_FRAME_BYTES = const(6)
_JOINED = const(0x1000)
_BODY_AT_MOST = const(0xFFF)
_EVENTS_BEFORE = const(15)
_HEAD = const(1)
_SECTION = const(2)
_EVENT = const(3)
_MARK = const(4)


class Window:
    """What was read last from the store, shared by all: records lie one after the other."""

    def __init__(self, store) -> None:  # type: ignore[no-untyped-def]
        self.flash = store
        self.slot = self.offset = self.size = 0
        self.room = memoryview(bytearray(_WINDOW_BYTES))

    def record(self, slot: int, offset: int, sealed: int) -> "tuple[int, int, memoryview | None]":
        """(type, bytes taken, record) there; no record if it is not sound, no type where nothing lies.

        `sealed` is the checksum of the section to which an event must belong.
        """
        frame = self.bytes(slot, offset, _FRAME_BYTES)
        if len(frame) < _FRAME_BYTES:
            return 0, 0, None
        crc, what = struct.unpack_from("<IH", frame)
        size = _FRAME_BYTES + (what & _BODY_AT_MOST)
        taken = size if what & _JOINED else size + -(offset + size) % self.flash.unit
        what >>= 13
        if _HEAD <= what <= _MARK and offset + size <= self.flash.size:
            data = self.bytes(slot, offset, size)
            if binascii.crc32(data[4:], sealed if what == _EVENT else 0 if what == _HEAD else slot) == crc:
                return what, taken, data
        return _EVENT, 0, None

    def bytes(self, slot: int, offset: int, size: int) -> memoryview:
        """As many bytes as there are."""
        at = offset - self.offset
        if slot != self.slot or at < 0 or at + size > self.size:
            if size > _WINDOW_BYTES:
                data = memoryview(bytearray(size))
                return data[: self.flash.read(slot, offset, data)]
            self.size = at = 0
            there = self.flash.read(slot, offset, self.room)
            self.slot, self.offset, self.size = slot, offset, there
        return self.room[at : min(at + size, self.size)]


class Stream:
    """The slots of one stream, the oldest first, and what is in force at its end."""

    def __init__(self, window: Window) -> None:
        self.reader = window
        self.slots: "list[int]" = []
        self.offset = 0  # where the next record goes in the last slot
        self.ready = False  # whether that takes more
        self.before = 0  # events that were ever appended
        self.context: "Any" = None
        self.sealed = 0  # of the section
        self.later: "Any" = None  # from where to where events have which epoch that came later


class Place:
    """An event in a stream, or its end: `size` is 0 there."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.slot = self.offset = self.size = self.boot = self.seq = self.sealed = self.before = 0
        self.context = 0  # its offset
        self.epoch: "int | None" = None

    def copy(self) -> "Place":
        """The same place, to go on from."""
        other = Place(self.stream)
        for name in self.__dict__:
            setattr(other, name, getattr(self, name))
        return other

    def key(self) -> "tuple[int, int]":
        """Events are in order of these."""
        return self.boot, self.seq

    def step(self) -> None:
        """Past this event."""
        self.offset += self.size
        self.size = 0
        self.before += 1

    def find(self, other=None) -> bool:  # type: ignore[no-untyped-def]
        """Whether there is an event here, if need be the next one; `other(type, record)` sees what lies between."""
        slots = self.stream.slots
        while not self.size:
            if self.slot not in slots:
                for one in slots:
                    if one > self.slot:
                        self.slot, self.offset, self.sealed = one, 0, 0
                        break
                else:
                    return False
            elif not self._look(other):
                if self.slot == slots[-1]:
                    return False
                self.slot, self.offset, self.sealed = slots[slots.index(self.slot) + 1], 0, 0
        return True

    def _look(self, other) -> bool:  # type: ignore[no-untyped-def]
        """Find an event in the rest of this slot."""
        stream, window = self.stream, self.stream.reader
        end = stream.offset if self.slot == stream.slots[-1] else window.flash.size
        while self.offset < end:
            what, taken, found = window.record(self.slot, self.offset, self.sealed)
            if not what:
                break
            if found is None:
                self.offset += window.flash.unit - self.offset % window.flash.unit
            elif what == _EVENT:
                self.seq, self.size = number(found, _FRAME_BYTES)[0], taken
                return True
            elif what == _HEAD:
                self.before = struct.unpack_from("<I", found, _EVENTS_BEFORE)[0]
            elif what == _SECTION:
                self.epoch, self.boot = parse(found[_FRAME_BYTES:])[:2]
                self.context, self.sealed = self.offset, struct.unpack_from("<I", found)[0]
            if other is not None:
                other(what, found)
            self.offset += taken
        return False


def record(what: int, body: "bytes | bytearray", seed: int, joined: bool = False) -> bytes:
    """A record whose checksum begins with this."""
    if len(body) > _BODY_AT_MOST:
        raise ValueError("a record of %d bytes" % len(body))
    rest = struct.pack("<H", what << 13 | (_JOINED if joined else 0) | len(body)) + body
    return struct.pack("<I", binascii.crc32(rest, seed)) + rest


def header(epoch: "int | None", boot: int, since: int, words: "list[str]", slot: int) -> bytes:
    """The record that says where the next events belong."""
    out = bytearray()
    put(out, 0 if epoch is None else epoch + 1)
    put(out, boot)
    put(out, since)
    for word in words:
        raw = word.encode()
        out.append(len(raw))
        out.extend(raw)
    return record(2, out, slot, True)


def parse(data: "bytes | memoryview") -> "Any":
    """(epoch, boot, since, words) of the section in these bytes."""
    epoch, at = number(data, 0)
    boot, at = number(data, at)
    since, at = number(data, at)
    words: "list[Any]" = []
    while at < len(data):
        words.append(str(data[at + 1 : at + 1 + data[at]], "utf-8"))
        at += 1 + data[at]
    return epoch - 1 if epoch else None, boot, since, words
