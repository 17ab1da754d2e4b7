"""Takes in events that lie in files: of the firmware before, or of this board before it had a region of its own.

Files are taken in before this boot records anything, and an event that was taken in before the power went is known by
its number and not taken twice. Where there was no room for all, the others come when nothing else is held: events leave
in order. Some then come again, and the fleet counts them once.
"""

import binascii
import json

from firmware.flash_files import remove
from firmware.outbox import Outbox, OutboxFull


def read(outbox: "Outbox", folder: str, names: "list[str]") -> None:
    """Take in files of lines, `epoch-boot-first` by name, each line `crc32 seq json`; other names are nobody's."""
    found = []
    for name in names:
        parts = name.split("-")
        try:
            boot, first = [int(part, 16) for part in parts[1:]]
            found.append((boot, first, None if parts[0] == "x" else int(parts[0], 16), name))
        except (ValueError, IndexError):
            remove(folder + "/" + name)
    found.sort(key=lambda one: one[:2])
    known = known_through(outbox, found[-1][0]) if found else None
    if known is None:
        return
    for boot, _, epoch, name in found:
        with open(folder + "/" + name, "rb") as f:
            line = f.readline()
            while line:
                seq = seq_of(line)
                if seq is None:
                    outbox.spoilt += 1
                elif (boot, seq) > known:
                    if not take(outbox, json.loads(line[line.index(b" ", 9) + 1 : -1]), seq, epoch, boot):
                        return
                line = f.readline()
        remove(folder + "/" + name)


def take_over(outbox: "Outbox", most: int, owner: str, folder: str, names: "list[str]") -> None:
    """Take in what an outbox of files holds."""
    files = Outbox(outbox.root, outbox.epoch, outbox.boot, most, None, owner)
    known = known_through(outbox, files.newest[0])
    if known is None:
        return
    place = files.first(files.tails, None)
    while place is not None:
        if place.key() > known and not take(outbox, files.event(place), place.seq, place.epoch, place.boot):
            return
        place.step()
        slots = place.stream.slots
        while slots[0] < place.slot:
            files.remove(place.stream, slots[0])
        place = files.first(files.tails, None)
    for name in names:
        remove(folder + "/" + name)


def known_through(outbox: "Outbox", boot: int) -> "tuple[int, int] | None":
    """Up to which event files of these boots were taken in already; None if they must wait."""
    if outbox.newest[0] <= boot:
        return outbox.newest
    return None if outbox.waiting() else (-1, 0)


def take(outbox: "Outbox", event: "dict[str, object]", seq: int, epoch: "int | None", boot: int) -> bool:
    """Take this event; False if there is no room: at a later boot, then."""
    try:
        outbox.keep(event, seq, epoch, boot)
        return True
    except OutboxFull:
        return False


def seq_of(line: bytes) -> "int | None":
    """The number of the event on this line; None if the line is spoilt."""
    if line[-1:] != b"\n" or line[8:9] != b" ":
        return None
    try:
        if int(line[:8], 16) != binascii.crc32(line[9:-1]):
            return None
        return int(line[9 : line.index(b" ", 9)], 16)
    except ValueError:
        return None
