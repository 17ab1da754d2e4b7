"""Takes in events that lie in files: of the firmware before, or of this board before it had a region of its own.

An event that was taken in before the power went is known by its number and not taken twice: files are taken in before
this boot records anything.
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
    for boot, _, epoch, name in found:
        with open(folder + "/" + name, "rb") as f:
            line = f.readline()
            while line:
                seq = seq_of(line)
                if seq is None:
                    outbox.spoilt += 1
                elif not take(outbox, json.loads(line[line.index(b" ", 9) + 1 : -1]), seq, epoch, boot):
                    return
                line = f.readline()
        remove(folder + "/" + name)


def take_over(outbox: "Outbox", most: int, owner: str, folder: str, names: "list[str]") -> None:
    """Take in what an outbox of files holds."""
    files = Outbox(outbox.root, outbox.epoch, outbox.boot, most, None, owner)
    place = files.first(files.tails, None)
    while place is not None:
        if not take(outbox, files.event(place), place.seq, place.epoch, place.boot):
            return
        place.step()
        place = files.first(files.tails, None)
    for name in names:
        remove(folder + "/" + name)


def take(outbox: "Outbox", event: "dict[str, object]", seq: int, epoch: "int | None", boot: int) -> bool:
    """Take this event, if it was not taken before; False if there is no room: at the next boot, then."""
    try:
        if (boot, seq) > outbox.newest:
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
