"""A device with two slots whose power is cut, for MicroPython: its flash, its boots, and what it does in each.

Its images are small: two modules that say which image they are of, and something to fill blocks with. The board chooses
by the code that all boards have; what it would do with the network is told beforehand (`World`).
"""

import asyncio
import binascii
import hashlib
import sys

sys.path.append(__file__.rsplit("/tests/", 1)[0] + "/firmware/boards/modules")

import deciding
import entering
import vfs

# What the firmware lends for a moment stays here, and comes back after each boot.
from firmware import kept, kept_region, slot_filling, slots  # noqa: F401
from tests.on_micropython.torn_flash import BLOCK_BYTES, Power, Region

ENTRY = ("protocols.one", "protocols.two")
# `choosing` forgets what is in this package.
PIECE_BYTES = 1024
KEPT_BLOCKS = 4
NO_BOOTS = 14
LOADED = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "firmware"}


class Wrong(Exception):
    """What must never be."""


class Fell(Exception):
    """This boot is over."""


class Image:
    """An application: its file system, and what a release says of it."""

    def __init__(self, version, sequence, size, code=""):
        text = ("VERSION = '%s'\n" % version).encode()
        body = folder("protocols", file("one.py", text) + file("two.py", text + code.encode()))
        body += file("filling", version.encode() * (size // len(version)))
        self.version, self.sequence = version, sequence
        self.data = b"\xd2\xcd\x31" + number(len(body)) + body
        self.sha256 = sha256(self.data)


class Board:
    """Its flash, for the firmware and for `choosing`."""

    root = ""
    FACTORY = "/factory"

    def __init__(self, unit, slot_blocks, factory):
        self.power = Power()
        self.flash = {
            "kept": Region(self.power, KEPT_BLOCKS, unit),
            "slots": Region(self.power, 2 * slot_blocks, unit),
        }
        self.guarded = 0
        self.fell = 0  # times in a row, until the power goes
        vfs.mount(vfs.VfsRom(memoryview(factory.data)), self.FACTORY)
        sys.path.insert(0, self.FACTORY)

    def region(self, name):
        return self.flash[name]

    def kept(self):
        return self.flash["kept"]

    def slots(self):
        return memoryview(self.flash["slots"].data)

    def failures(self):
        return self.fell

    def guard(self, ms):
        self.guarded += 1

    def boot(self):
        """(the slot that runs, the version that both modules say they are)."""
        entering.leave(self)
        running = entering.entered(self, deciding, ENTRY)
        versions = []
        for name in ENTRY:
            __import__(name)
            versions.append(sys.modules[name].VERSION)
        sys.modules.update(LOADED)
        if versions[0] != versions[1]:
            raise Wrong("a mixture: %r" % versions)
        return running, versions[0]

    def image(self):
        return {name: bytes(one.data) for name, one in self.flash.items()}

    def restore(self, image):
        self.fell = 0
        self.power.restore()
        for name, one in self.flash.items():
            one.data[:] = image[name]


class Life:
    """One boot; `truth` knows what was promised by those before."""

    def __init__(self, board, truth):
        self.board, self.truth = board, truth
        self.running, self.version = board.boot()
        self.slots = slots.Slots(board, board.region("slots"), self.running)
        self.check()

    def check(self):
        """Who runs is one of those that may, it is known as such, and the record names nothing that is not whole."""
        one, known = self.slots, self.truth.images[self.version]
        if one.trial is not None:
            if one.trial != known.sequence or self.version != self.truth.target.version:
                raise Wrong("%s runs, %r is on trial" % (self.version, one.trial))
            confirmed = [image for image in self.truth.confirmed if image.sequence == one.sequence]
            if not confirmed:
                raise Wrong("on trial after %r, which was never confirmed" % one.sequence)
        elif one.sequence != known.sequence or known not in self.truth.confirmed:
            raise Wrong(
                "%s runs as %r, of %r" % (self.version, one.sequence, [x.version for x in self.truth.confirmed])
            )
        record = one.record()
        for image in (record, record["before"], record["trial"]):
            if image is not None and image["slot"] is not None and self.lies(image) != image["sha256"]:
                raise Wrong("what the record names is not whole: %r" % image)

    def lies(self, image):
        """The hash of what lies where this image should."""
        start = self.slots.size if image["slot"] == "b" else 0
        return sha256(self.board.slots()[start : start + image["length"]])

    def download(self, image, most=None):
        """Fill the idle slot; what was read back before a cut is not fetched again, but for a few blocks."""
        begun = self.slots.begin(image.sha256, len(image.data))
        sure, handed = self.truth.written.get(image.sha256, (0, 0))
        if not sure - sure % (4 * BLOCK_BYTES) <= begun <= handed:
            raise Wrong("it goes on at %d, when %d bytes had come" % (begun, sure))
        for at in range(begun, most or len(image.data), PIECE_BYTES):
            piece = image.data[at : at + PIECE_BYTES]
            self.truth.written = {image.sha256: (at, at + len(piece))}
            self.slots.write(at, piece)
            self.truth.written = {image.sha256: (at + len(piece), at + len(piece))}

    def whole(self, image):
        """Whether what lies there is this image."""
        found = asyncio.run(self.slots.digest(len(image.data)))
        if binascii.hexlify(found).decode() == image.sha256:
            return True
        self.slots.discard()
        self.truth.written = {}
        return False


def sha256(data):
    return binascii.hexlify(hashlib.sha256(data).digest()).decode()


def file(name, data):
    """A file of a ROMFS."""
    return record(5, number(len(name)) + name.encode() + record(2, data))


def folder(name, inside):
    return record(4, number(len(name)) + name.encode() + inside)


def record(kind, content):
    return number(kind) + number(len(content)) + content


def number(value):
    groups = bytearray([value & 0x7F])
    while value >> 7:
        value >>= 7
        groups = bytearray([0x80 | value & 0x7F]) + groups
    return bytes(groups)
