"""How each of our own images chooses what it runs, over stand-ins of its chip, on the VM: run by test_images.py."""

import os
import sys

import machine
import vfs

from tests.on_micropython.slot_device import ENTRY, LOADED, Image
from tests.on_micropython.torn_flash import BLOCK_BYTES

CHIP = os.getenv("MOTCUA_CHIP")
NAME = os.getenv("MOTCUA_NAME")
sys.path[0:0] = os.getenv("MOTCUA_MODULES").split(":")

import board_flash  # noqa: E402
import choosing  # noqa: E402

from firmware.hardware.board import note  # noqa: E402
from firmware.slots import found  # noqa: E402

if CHIP == "rp2":
    from firmware.hardware.rp2 import WATCHDOGS, Board
else:
    import esp32

    from firmware.hardware.esp32 import Board

    esp32.PARTITIONS["kept"] = esp32.CHIP_FLASH.part(0, 32 * 1024)
SLOT_BYTES = 3 * BLOCK_BYTES
FACTORY, OLD, NEW = Image("factory", 0, 64), Image("old", 11, 5000), Image("new", 12, 6000)


class Mapped(bytearray):
    """What `vfs.rom_ioctl(2, 0)` gives: flash that is memory, too."""

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK_BYTES + offset
        buffer[:] = self[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset):
        assert offset % 256 == len(buffer) % 256 == 0 or CHIP != "rp2", "expected whole pages"
        at = block * BLOCK_BYTES + offset
        self[at : at + len(buffer)] = buffer

    def ioctl(self, op, block):
        if op == 6:
            at = block * BLOCK_BYTES
            self[at : at + BLOCK_BYTES] = b"\xff" * BLOCK_BYTES
            return 0
        return {4: len(self) // BLOCK_BYTES, 5: BLOCK_BYTES}[op]


class Vfs:
    """As on a board whose image has slots."""

    VfsRom, mount, umount = vfs.VfsRom, vfs.mount, vfs.umount
    flash = Mapped(b"\0" * (2 * SLOT_BYTES))

    @staticmethod
    def rom_ioctl(op, number):
        return Vfs.flash if (op, number) == (2, 0) else -22


def boot():
    """Start the image: (the slot, the version that runs)."""
    for place in ("/rom", "/factory"):
        try:
            vfs.umount(place)
        except OSError:
            pass
    vfs.mount(vfs.VfsRom(memoryview(OLD.data)), "/rom")  # as MicroPython does with the first slot
    sys.path[:] = [one for one in sys.path if one not in ("/factory", "/rom")] + ["/rom"]
    sys.path.insert(0, "/factory")
    vfs.mount(vfs.VfsRom(memoryview(FACTORY.data)), "/factory")
    sys.modules["vfs"] = Vfs
    sys.modules["board_flash"] = board_flash
    entering().vfs = Vfs
    choosing.choose(*ENTRY)
    assert "/rom" not in sys.path and "rom" not in os.listdir("/")
    assert not [name for name in ("board_flash", "deciding", "entering") if name in sys.modules]
    __import__(ENTRY[0])
    version = sys.modules[ENTRY[0]].VERSION
    sys.modules.update(LOADED)
    return choosing.running, version


def entering():
    import entering

    return entering


def put(image):
    slots = found(Board(NAME))
    slots.begin(image.sha256, len(image.data))
    for at in range(0, len(image.data), 1024):
        slots.write(at, image.data[at : at + 1024])
    slots.flip(image.sequence, len(image.data), {})


def failed(count):
    """So many failures in a row, and a reset."""
    machine.World.cause = machine.WDT_RESET
    if CHIP == "rp2":
        board = Board(NAME)
        board.write_note(note(count, "fault"))
        assert WATCHDOGS[NAME]
    else:
        machine.World.memory = note(count, "fault")


def test_1_an_image_without_slots_runs_its_own_application():
    real, Vfs.rom_ioctl = Vfs.rom_ioctl, staticmethod(lambda op, number: -22)
    assert boot() == (None, "factory") and found(Board(NAME)) is None
    Vfs.rom_ioctl = real
    assert boot() == (None, "factory") and found(Board(NAME)).size == SLOT_BYTES


def test_2_an_image_is_tried_under_the_watchdog_and_the_board_knows_why_it_was_reset():
    put(OLD)
    failed(2)
    machine.World.timeout = None
    assert boot() == ("a", "old") and machine.World.timeout == 8000
    board = Board(NAME)
    assert (board.reset_reason, board.failures) == ("fault", 2)
    found(board).confirm()
    machine.World.timeout = None
    assert boot() == ("a", "old") and machine.World.timeout is None
    put(NEW)
    assert boot() == ("b", "new")
    found(Board(NAME)).confirm()
    assert boot() == ("b", "new")


def test_3_what_fails_again_and_again_makes_room():
    for count, chosen in ((5, ("b", "new")), (6, ("a", "old")), (9, (None, "factory"))):
        failed(count)
        assert boot() == chosen, count
    machine.World.cause = machine.PWRON_RESET
    assert boot() == ("b", "new")


def test_4_a_flash_that_forgot_a_bit_is_not_run():
    Vfs.flash[SLOT_BYTES + 5000] ^= 1
    assert boot() == ("a", "old")
    Vfs.flash[200] ^= 1
    assert boot() == (None, "factory")


def test_5_a_boot_that_can_not_be_counted_is_none_of_a_trial():
    put(OLD)
    real = board_flash.kept

    def worn():
        region = real()
        region.writeblocks = lambda block, buffer, offset=0: fails(OSError)
        return region

    def fails(error):
        raise error

    board_flash.kept = worn
    assert boot() == (None, "factory") and found(Board(NAME)).trial is None
    board_flash.kept = real
    assert boot() == ("a", "old") and found(Board(NAME)).trial == 11
