"""What a board keeps in a raw region: records with checksums, one behind the other in one side of the region.

When that side is full, what still holds goes to the other side, whose head is programmed last. The power may go at any
moment; what was kept before holds until what is kept now is whole.

The code of a board's own image reads this, too, which no update changes: its form stays.
"""

import binascii
import json
import struct

from firmware.sparing import const
from firmware.stream import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HEAD = const(1)
_ENTRY = const(2)
_FRAME_BYTES = const(6)
_BODY_AT_MOST = const(0xFFF)
_VALUE_AT_MOST = const(3_800)
_LOOK_BYTES = const(256)
_NO_SPACE = const(28)
# An authority's certificate makes a value of 2 KB. A heap that is nearly full has that once or twice in one piece, so
# what is only looked at, programmed or compared is never in RAM as a whole.


class KeptRegion:
    """The same in a raw region. RAM holds only where each lies."""

    def __init__(self, region) -> None:  # type: ignore[no-untyped-def]
        self._device = region
        self._most = region.ioctl(5, 0)
        self._length = region.ioctl(4, 0) // 2 * self._most
        self._slot = 0
        self._state_version = 0
        self._offset = self._length  # nothing fits: the first value begins a side
        self._index: "dict[int, int]" = {}
        generations = [self._head(side) for side in (0, 1)]
        if max(generations):
            self._slot = generations.index(max(generations))
            self._state_version = max(generations)
            self._look()

    def get(self, name: str) -> "Any":
        """What was put last under this name; None if nothing is there."""
        at = self._index.get(self._name(name))
        return None if at is None else json.loads(self._value(at))

    def put(self, name: str, value: "Any") -> None:
        """Keep this; on flash when the call returns. OSError if there is no room."""
        raw = json.dumps(value).encode()
        key = self._name(name)
        at = self._index.get(key)
        if at is None or not self._is_value(at, raw):
            self._write(name, raw)

    def remove(self, name: str) -> None:
        """Keep it no longer."""
        if self._name(name) in self._index:
            self._write(name, b"")

    # Writing

    def _write(self, name: str, raw: bytes) -> None:
        if len(raw) > _VALUE_AT_MOST:
            raise OSError(_NO_SPACE)
        data = body(name, raw, self._state_version, self._device.unit)
        at = self._offset
        if at + len(data) <= self._length:
            self._offset = at + len(data)  # whatever happens: nothing is programmed twice
            try:
                self._put(self._slot, at, data)
                self._take(name, len(raw), at)
                return
            except OSError:
                pass  # this place is worn
        del data
        self._begin(name, raw)

    def _begin(self, name: str, raw: bytes) -> None:
        """Write everything that holds, and this, into the other side."""
        side, generation = 1 - self._slot, self._state_version + 1
        for block in range(self._length // self._most):
            self._device.ioctl(6, side * (self._length // self._most) + block)
        unit = at = self._device.unit
        places = {}
        for key, place in self._index.items():
            known = self._entry(place)[0]
            if known != name:
                places[key] = at
                at = self._put(side, at, body(known, self._value(place), generation, unit))
        if raw:
            places[self._name(name)] = at
            at = self._put(side, at, body(name, raw, generation, unit))
        head = record(_HEAD, struct.pack("<I", generation), 0)
        self._put(side, 0, bytearray(head + b"\xff" * (-len(head) % unit)))
        self._slot, self._state_version, self._offset, self._index = side, generation, at, places

    def _put(self, side: int, at: int, data: bytearray) -> int:
        """Program these whole units, which may go over blocks; returns the place behind them."""
        end = at + len(data)
        if end > self._length:
            raise OSError(_NO_SPACE)
        view, first = memoryview(data), at
        while at < end:
            place = side * self._length + at
            size = min(end - at, _LOOK_BYTES, self._most - place % self._most)
            self._device.writeblocks(place // self._most, view[at - first : at - first + size], place % self._most)
            at += size
        if not self._is_there(side, first, view):
            raise OSError(_NO_SPACE)
        return end

    # Reading

    def _look(self) -> None:
        """Find the last value of each name; what is torn or spoilt is passed over."""
        at = self._offset = self._device.unit
        while at < self._length:
            rest = self._read(self._slot, at, min(_LOOK_BYTES, self._length - at))
            if rest == b"\xff" * len(rest):
                at += len(rest)
                continue
            found = self._entry(at)
            if found is not None:
                self._take(found[0], found[2], at)
                at = self._offset = at + found[3]
                continue
            if rest[: self._device.unit] != b"\xff" * self._device.unit:
                self._offset = at + self._device.unit
            at += self._device.unit

    def _take(self, name: str, size: int, at: int) -> None:
        if size:
            self._index[self._name(name)] = at
        else:
            self._index.pop(self._name(name), None)

    def _name(self, name: str) -> int:
        """A number for the name; two names never have the same."""
        key = binascii.crc32(name.encode()) & 0x3FFFFFFF
        while key in self._index and self._entry(self._index[key])[0] != name:
            key += 1
        return key

    def _entry(self, at: int) -> "Any":
        """(name, where its value lies, the value's bytes, size) of the entry there; None if there is none sound."""
        frame = self._read(self._slot, at, _FRAME_BYTES)
        crc, what = struct.unpack_from("<IH", frame)
        size = _FRAME_BYTES + (what & _BODY_AT_MOST)
        if what >> 13 != _ENTRY or at + size > self._length or crc != self._checksum(at + 4, at + size):
            return None
        name = self._read(self._slot, at + _FRAME_BYTES, 1)[0]
        value = _FRAME_BYTES + 1 + name
        letters = self._read(self._slot, at + _FRAME_BYTES + 1, name)
        return str(letters, "utf-8"), at + value, size - value, size + -size % self._device.unit

    def _value(self, at: int) -> bytearray:
        """The value's bytes of the entry there."""
        _, first, size, _ = self._entry(at)
        return self._read(self._slot, first, size)

    def _is_value(self, at: int, raw: bytes) -> bool:
        _, first, size, _ = self._entry(at)
        return size == len(raw) and self._is_there(self._slot, first, memoryview(raw))

    def _is_there(self, side: int, at: int, data: memoryview) -> bool:
        """Whether these bytes lie there."""
        return all(
            self._read(side, at + done, len(data[done : done + _LOOK_BYTES])) == data[done : done + _LOOK_BYTES]
            for done in range(0, len(data), _LOOK_BYTES)
        )

    def _checksum(self, at: int, end: int) -> int:
        """That of what lies there, as one of this life of the region."""
        crc = self._state_version
        while at < end:
            crc = binascii.crc32(self._read(self._slot, at, min(_LOOK_BYTES, end - at)), crc)
            at += _LOOK_BYTES
        return crc

    def _head(self, side: int) -> int:
        data = self._read(side, 0, _FRAME_BYTES + 4)
        whole = struct.unpack_from("<IH", data)[1] == _HEAD << 13 | 4 and balanced(data, 0)
        return struct.unpack_from("<I", data, _FRAME_BYTES)[0] if whole else 0

    def _read(self, side: int, at: int, size: int) -> bytearray:
        data = bytearray(size)
        view = memoryview(data)
        done = 0
        while done < size:
            place = side * self._length + at + done
            part = view[done : done + self._most - place % self._most]
            self._device.readblocks(place // self._most, part, place % self._most)
            done += len(part)
        return data


def body(name: str, raw: "bytes | bytearray", generation: int, unit: int) -> bytearray:
    """The record of a value in whole units; of none, if there are no bytes. In one piece, which is made once."""
    letters = name.encode()
    first = _FRAME_BYTES + 1 + len(letters)
    size = first + len(raw)
    data = bytearray(size + -size % unit)
    struct.pack_into("<HB", data, 4, _ENTRY << 13 | size - _FRAME_BYTES, len(letters))
    data[_FRAME_BYTES + 1 : first] = letters
    data[first:size] = raw
    struct.pack_into("<I", data, 0, binascii.crc32(memoryview(data)[4:size], generation))
    for place in range(size, len(data)):
        data[place] = 0xFF  # as erased flash
    return data


def balanced(data: bytearray, seed: int) -> bool:
    """Whether these bytes are a whole record."""
    return bool(struct.unpack_from("<I", data)[0] == binascii.crc32(memoryview(data)[4:], seed))
