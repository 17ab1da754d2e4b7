"""Outboxes of boards with files and of boards with a region, for tests on both Pythons."""

import json
import os

from firmware import journal
from firmware.outbox import Outbox
from tests.firmware.fresh_flash import Nor, fresh_flash

journal.FLASH_LEFT_BYTES = 0
RATING = {"kind": "rating", "score": 4, "scale": 5, "held_ms": 80, "up": 1000, "at": None}
EPOCH, BOOT = 3, 7


class Flash:
    """Where an outbox lies: files under a root, or a region beside it."""

    def __init__(self, unit, blocks=64):
        self.root = fresh_flash()
        self.region = Nor(blocks, unit) if unit else None
        self.limit = blocks * 4096

    def opened(self, epoch=EPOCH, boot=BOOT, owner=""):
        return Outbox(self.root, epoch, boot, self.limit, self.region, owner)

    def spoil(self, at):
        """Change the byte that lies so many bytes before the end of what was written last."""
        if self.region is not None:
            spoil(self.region.data, at)
            return
        path = self.root + "/outbox/" + sorted(os.listdir(self.root + "/outbox"))[-1]
        with open(path, "rb") as f:
            whole = bytearray(f.read())
        spoil(whole, at)
        with open(path, "wb") as f:
            f.write(whole)


def spoil(data, at):
    end = len(data)
    while data[end - 1] == 0xFF:
        end -= 1
    data[end - at] ^= 0x55


def segments(box):
    return sum([len(stream.slots) for stream in box.streams])


def on_every_store(test):
    """The same law for the journal of files and for rings that program 32 or 256 bytes at once."""

    def on_every():
        for unit in (None, 32, 256):
            test(lambda blocks=64, unit=unit: Flash(unit, blocks))

    return on_every


def filled(box, count, kind="rating"):
    return [box.append(dict(RATING, kind=kind)) for _ in range(count)]


def drained(box):
    """(boot, seq) of everything that the outbox would send, in order, and the batches."""
    place, seen, batches = (-1, 0), [], []
    while True:
        sending = box.batch(place[0], place[1])
        if sending is None:
            return seen, batches
        batch = json.loads(bytes(sending.payload))
        assert (batch["epoch"], batch["boot"]) == (sending.epoch, sending.boot)
        assert [batch["events"][0]["seq"], batch["events"][-1]["seq"]] == [sending.first, sending.last]
        seen += [(sending.boot, event["seq"]) for event in batch["events"]]
        batches.append(batch)
        place = (sending.boot, sending.last)
