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
_LOOK_BYTES = const(512)
_NO_SPACE = const(28)


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
        return None if at is None else json.loads(self._body(at)[1])

    def put(self, name: str, value: "Any") -> None:
        """Keep this; on flash when the call returns. OSError if there is no room."""
        raw = json.dumps(value).encode()
        key = self._name(name)
        if key not in self._index or self._body(self._index[key])[1] != raw:
            self._write(name, raw)

    def remove(self, name: str) -> None:
        """Keep it no longer."""
        if self._name(name) in self._index:
            self._write(name, b"")

    # Writing

    def _write(self, name: str, raw: bytes) -> None:
        if len(raw) > _VALUE_AT_MOST:
            raise OSError(_NO_SPACE)
        data = body(name, raw, self._state_version)
        at = self._offset
        if at + len(data) <= self._length:
            self._offset = (
                at + len(data) + -len(data) % self._device.unit
            )  # whatever happens: nothing is programmed twice
            try:
                self._put(self._slot, at, data)
                self._take(name, raw, at)
                return
            except OSError:
                pass  # this place is worn
        self._begin(name, raw)

    def _begin(self, name: str, raw: bytes) -> None:
        """Write everything that holds, and this, into the other side."""
        side, generation = 1 - self._slot, self._state_version + 1
        for block in range(self._length // self._most):
            self._device.ioctl(6, side * (self._length // self._most) + block)
        at = self._device.unit
        places = {}
        for key, place in self._index.items():
            known, value, _ = self._body(place)
            if known != name:
                places[key] = at
                at = self._put(side, at, body(known, value, generation))
        if raw:
            places[self._name(name)] = at
            at = self._put(side, at, body(name, raw, generation))
        self._put(side, 0, record(_HEAD, struct.pack("<I", generation), 0))
        self._slot, self._state_version, self._offset, self._index = side, generation, at, places

    def _put(self, side: int, at: int, data: bytes) -> int:
        """Program these bytes, which may go over blocks; returns the place behind them."""
        data += b"\xff" * (-len(data) % self._device.unit)
        if at + len(data) > self._length:
            raise OSError(_NO_SPACE)
        end = at + len(data)
        done = 0
        while at < end:
            place = side * self._length + at
            part = data[done : done + self._most - place % self._most]
            self._device.writeblocks(place // self._most, part, place % self._most)
            done, at = done + len(part), at + len(part)
        if self._read(side, end - len(data), len(data)) != data:
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
            found = self._body(at)
            if found is not None:
                self._take(found[0], found[1], at)
                at = self._offset = at + found[2]
                continue
            if rest[: self._device.unit] != b"\xff" * self._device.unit:
                self._offset = at + self._device.unit
            at += self._device.unit

    def _take(self, name: str, raw: bytes, at: int) -> None:
        if raw:
            self._index[self._name(name)] = at
        else:
            self._index.pop(self._name(name), None)

    def _name(self, name: str) -> int:
        """A number for the name; two names never have the same."""
        key = binascii.crc32(name.encode()) & 0x3FFFFFFF
        while key in self._index and self._body(self._index[key])[0] != name:
            key += 1
        return key

    def _body(self, at: int) -> "Any":
        """(name, value's bytes, size) of the entry there; None if there is none that is sound."""
        frame = self._read(self._slot, at, _FRAME_BYTES)
        what = struct.unpack_from("<IH", frame)[1]
        size = _FRAME_BYTES + (what & _BODY_AT_MOST)
        if what >> 13 != _ENTRY or at + size > self._length:
            return None
        data = self._read(self._slot, at, size)
        if not balanced(data, self._state_version):
            return None
        value = _FRAME_BYTES + 1 + data[_FRAME_BYTES]
        return str(data[_FRAME_BYTES + 1 : value], "utf-8"), bytes(data[value:]), size + -size % self._device.unit

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


def body(name: str, raw: bytes, generation: int) -> bytes:
    """The record of a value; of none, if there are no bytes."""
    letters = name.encode()
    return record(_ENTRY, bytes([len(letters)]) + letters + raw, generation)


def balanced(data: bytearray, seed: int) -> bool:
    """Whether these bytes are a whole record."""
    return bool(struct.unpack_from("<I", data)[0] == binascii.crc32(memoryview(data)[4:], seed))
