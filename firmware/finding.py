"""How an outbox begins: it finds what earlier boots left.

It reads the heads of all slots and the last slot of each stream; no more, however much is held.
"""

import binascii
import os
import struct
from array import array

from firmware.compact import number
from firmware.sparing import const, lent
from firmware.stream import Place, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from firmware.outbox import Outbox

_FORMAT = const(1)
_HEAD_AT_MOST = const(200)
_SLOT_LETTERS = const(8)
_MARK = const(4)
_FRAME_BYTES = const(6)
_BODY_AT_MOST = const(0xFFF)
_HEAD_BYTES = const(19)
_MARKED_BYTES = const(20)


def open(root: str, most: int, region):  # type: ignore[no-untyped-def]
    """The ring in the region; without one, a journal of files. Only what is needed is imported."""
    if region is None:
        from firmware.journal import Journal

        return Journal(root, most)
    from firmware.ring import Ring

    return Ring(region)


def pieces(region):  # type: ignore[no-untyped-def]
    """The slot in each block of a region; 0 where there is none."""
    slots = array("I", bytes(4 * region.ioctl(4, 0)))
    data = memoryview(bytearray(_HEAD_AT_MOST))
    for block in range(len(slots)):
        region.readblocks(block, data, 0)
        found = start(data)
        if found is not None:
            slots[block] = found[0]
    return slots


def rest_of(region, block: int) -> int:  # type: ignore[no-untyped-def]
    """Where nothing was programmed yet, up to the end of the block."""
    data = bytearray(region.unit)
    erased = b"\xff" * region.unit
    end: int = region.ioctl(5, 0)
    while end:
        region.readblocks(block, data, end - region.unit)
        if data != erased:
            break
        end -= region.unit
    return end


def find(outbox: "Outbox", most: int, region, owner: str) -> None:  # type: ignore[no-untyped-def]
    """Put the streams and their tails where they were, and take in what lies elsewhere."""
    marks = [((0, 0, 0), (0, 0, 0), [])]
    for slot in outbox.flash.found():
        outbox.slot = max(outbox.slot, slot)
        head = start(outbox.streams[0].reader.bytes(slot, 0, _HEAD_AT_MOST))
        if head is None or head[0] != slot or head[1] != outbox.owner:
            outbox.foreign += head is not None and head[0] == slot
            outbox.flash.remove(slot, True)
        else:
            marks.append(head[3])
            outbox.streams[slot & 1].slots.append(slot)
    for stream in outbox.streams:
        if stream.slots:
            look(outbox, stream, marks)
    for one in (0, 1):
        # The most events forgotten is the newest mark. A slot that it names and that is gone gives its number to none.
        newest = max([(mark[one][2], mark[one]) for mark in marks])[1]
        outbox.slot = max(outbox.slot, newest[0])
        place(outbox, one, newest)
    held = [tail.key() for tail in outbox.tails if tail.find()]
    voids = set()
    for mark in marks:
        voids.update([one for one in mark[2] if held and one >= min(held)])
    outbox.refused = sorted(voids)
    outbox._since = outbox.gone()
    if outbox.epoch is not None and None in [one.context[0] for one in outbox.streams if one.context]:
        outbox.adopt(outbox.epoch)  # the power may have gone between the welcome and this
    take(outbox, most, region, owner)


def look(outbox: "Outbox", stream, marks) -> None:  # type: ignore[no-untyped-def]
    """Read the last slot of a stream: where it ends, what is in force there, and the marks in it."""
    last = Place(stream)
    last.slot = stream.slots[-1]
    stream.offset = outbox.flash.end(last.slot)
    was_sound = [True]

    def see(what: int, record) -> None:  # type: ignore[no-untyped-def]
        if what == _MARK:
            marks.append(rows(record[_FRAME_BYTES:]))
        if record is None and was_sound[0]:
            outbox.spoilt += 1
        was_sound[0] = record is not None

    while last.find(see):
        was_sound[0] = True
        last.step()
    stream.ready = True
    stream.before = last.before
    if last.sealed:
        found = stream.reader.record(last.slot, last.context, 0)[2]
        stream.context, stream.sealed = parse(found[_FRAME_BYTES:]), last.sealed
    outbox.newest = max(outbox.newest, last.key())


def place(outbox: "Outbox", number: int, mark: "tuple[int, int, int]") -> None:
    """The tail stands where the mark says, or at the first event that there is."""
    stream, tail = outbox.streams[number], outbox.tails[number]
    while stream.slots and stream.slots[0] < mark[0]:
        outbox.remove(stream, stream.slots[0])
    if not stream.slots:
        stream.before = mark[2]
    tail.before = stream.before
    if mark[0] in stream.slots:
        tail.slot = mark[0]
        while tail.find() and tail.slot == mark[0] and tail.offset < mark[1]:
            tail.step()


def take(outbox: "Outbox", most: int, region, owner: str) -> None:  # type: ignore[no-untyped-def]
    """Events in files that are not this store's are taken in."""
    folder = outbox.root + "/outbox"
    try:
        names = os.listdir(folder)
    except OSError:
        return
    ours = [name for name in names if len(name) == _SLOT_LETTERS and "-" not in name]
    if len(ours) < len(names) or (region is not None and ours):
        moving = lent("moving")
        if region is not None and ours:  # and then others that lie with them
            moving.take_over(outbox, most, owner, folder, ours)
        else:
            moving.read(outbox, folder, [name for name in names if name not in ours])


def start(data: "bytes | memoryview") -> "tuple[int, int, int, Any] | None":
    """(slot, owner, events before it, mark) of a slot that begins with these bytes; None if it is none."""
    if len(data) < _HEAD_BYTES:
        return None
    sealed, what, version, slot, owner, events = struct.unpack_from("<IHBIII", data)
    size = _FRAME_BYTES + (what & _BODY_AT_MOST)
    if what >> 13 != 1 or version != _FORMAT or not _HEAD_BYTES < size <= len(data):
        return None
    return (slot, owner, events, rows(data[_HEAD_BYTES:size])) if sealed == binascii.crc32(data[4:size]) else None


def rows(data: "bytes | memoryview") -> "tuple[Any, Any, list[tuple[int, int]]]":
    """The mark in these bytes."""
    tails = struct.unpack_from("<IHIIHI", data)
    voids, at = [], _MARKED_BYTES + 1
    for _ in range(data[_MARKED_BYTES]):
        boot, at = number(data, at)
        seq, at = number(data, at)
        voids.append((boot, seq))
    return tails[:3], tails[3:], voids
