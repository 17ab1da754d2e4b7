"""What an outbox rarely does: it drops what may go when flash is full, and puts aside what the fleet can not store."""

import json
import struct

from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from firmware.outbox import Outbox

_EVENTS_BEFORE = const(15)


def discard(outbox: "Outbox") -> bool:
    """Drop the oldest slot of what may go; False if there is none."""
    stream, tail = outbox.streams[1], outbox.tails[1]
    if not stream.slots:
        return False
    tail.find()
    if len(stream.slots) > 1:
        head = stream.reader.record(stream.slots[1], 0, 0)[2]
        after = struct.unpack_from("<I", head, _EVENTS_BEFORE)[0]
    else:
        after, stream.ready, stream.context = stream.before, False, None
    outbox.dropped += after - tail.before
    tail.size, tail.before = 0, after
    outbox.remove(stream, stream.slots[0])
    outbox._first = None
    return True


def keep(outbox: "Outbox", epoch: int, boot: int, refused: "list[int]") -> "list[tuple[int, int]]":
    """Put these events into the quarantine; returns which of them were still held. Where it has no room they stay."""
    from firmware.quarantine import Quarantine

    places = (outbox.tails[0].copy(), outbox.tails[1].copy())
    lines, found = [], []
    place = outbox.first(places, (boot, 0))
    while place is not None and place.boot == boot and place.seq <= max(refused):
        if place.seq in refused and outbox.epoch_of(place) == epoch:
            lines.append(json.dumps(outbox.event(place), separators=(",", ":")).encode() + b"\n")
            found.append(place.key())
        place = outbox.first(places, place.key())
    try:
        Quarantine(outbox.root).keep(epoch, boot, lines)
    except (OSError, MemoryError):
        return []
    return found


def adopt(outbox: "Outbox", epoch: int) -> None:
    """Write down that events recorded without an epoch have this one, where there is room for it."""
    from firmware.outbox import OutboxFull

    for number in (0, 1):
        section = outbox.streams[number].context
        if section is not None and section[0] is None:
            try:
                outbox.write(number, 0, b"", (epoch, section[1], section[2], section[3]))
            except (OSError, OutboxFull, MemoryError):
                pass  # at the next boot, or with the next event
