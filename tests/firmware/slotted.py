"""Boards with applications in their slots: how tests make images, and put them there while a board is not running."""

import hashlib
import shutil
import sys
import types
from contextlib import contextmanager
from pathlib import Path

from firmware.hardware import simulated_regions
from firmware.slots import Slots
from fleet.laptop import firmware_tree, romfs

PIECE_BYTES = 1024


def image(tree, folder, version, sabotage=""):
    """An image of this firmware under another version. `sabotage`: code that runs when it is imported."""
    place = Path(folder, f"image-{version}")
    for package in firmware_tree.PACKAGES:
        shutil.copytree(tree / package, place / package)
    for name, code in (("__init__", f'VERSION = "{version}"'), ("main", sabotage)):
        source = place / f"{name}.py"
        source.write_text((firmware_tree.ROOT / "firmware" / f"{name}.py").read_text() + code + "\n")
        firmware_tree.compile_one(
            source, place / "firmware" / f"{name}.mpy", f"firmware.{name}".removesuffix(".__init__")
        )
        source.unlink()
    return romfs.image(place)


class Flash:
    """A board that is not running, as far as its slots go."""

    root = ""

    def __init__(self, file):
        self._file = file

    def region(self, name):
        return simulated_regions.region(self._file, name)


@contextmanager
def slots_of(board, running=None):
    """The slots of a board without power."""
    file = simulated_regions.opened(board.image)
    try:
        flash = Flash(file)
        yield Slots(flash, flash.region("slots"), running)
    finally:
        file.close()


def fill(slots, data, offset=None):
    """Download it, as the firmware does."""
    begun = slots.begin(hashlib.sha256(data).hexdigest(), len(data))
    for at in range(begun, len(data), PIECE_BYTES):
        slots.write(at, data[at : at + PIECE_BYTES])
    return begun


def put(board, data, sequence, running=None):
    """From its next boot on this image is on trial."""
    with slots_of(board, running) as slots:
        fill(slots, data)
        slots.flip(sequence, len(data), {})


def chosen(running):
    """What `choosing` says of this boot."""
    sys.modules["choosing"] = types.ModuleType("choosing")
    sys.modules["choosing"].running = running
