"""What the `_boot.py` of our own images does with the flash that it finds, on the VM: run by test_images.py."""

import os
import sys

import vfs

CHIP = os.getenv("MOTCUA_CHIP")
PLACES = os.getenv("MOTCUA_MODULES").split(":")
for place in PLACES + [PLACES[0].rsplit("/", 2)[0] + "/modules"]:
    sys.path.append(place)


import board_flash  # noqa: E402  # all that is imported comes before the files of the board hide those of this machine
import mounting  # noqa: E402

if CHIP == "rp2":
    import rp2

    from firmware.hardware.rp2 import Board

    CHIP_FLASH = rp2.CHIP_FLASH
else:
    import flashbdev

    from firmware.hardware.esp32 import Board

    CHIP_FLASH = flashbdev.CHIP_FLASH
Board(os.getenv("MOTCUA_NAME"))  # loads its table of pins
with open(mounting.__file__.replace("mounting", "_boot")) as source:
    BOOT = source.read()


def boot():
    """Start the image once more."""
    vfs.umount("/")
    exec(BOOT)  # noqa: S102


def is_lost():
    return "flash_lost" in os.listdir("/")


def test_1_a_new_flash_gets_its_filesystem():
    flash = CHIP_FLASH
    flash.data[:] = b"\xff" * len(flash.data)
    boot()
    assert not is_lost()
    with open("/identity.json", "w") as f:
        f.write("{}")
    boot()
    assert os.listdir("/") == ["identity.json"]
    assert os.statvfs("/")[2] == board_flash.flash.ioctl(4, 0)
    assert board_flash.GEOMETRY == ({"progsize": 256} if CHIP == "rp2" else {})


def test_2_what_can_not_be_mounted_is_left_as_it_is():
    flash = CHIP_FLASH
    for block in range(2):
        flash.data[block * 4096 : block * 4096 + 64] = b"\x5a" * 64
    before = bytes(flash.data)
    boot()
    assert bytes(flash.data) == before, "it was written"
    assert is_lost()
    with open("/leases", "w") as f:
        f.write("x" * 4000)  # there is room for what a device needs until it is seen to
    assert Board(os.getenv("MOTCUA_NAME")).flash_lost


def test_3_a_file_system_of_the_stock_image_is_not_taken_for_ours():
    if CHIP != "rp2":
        return  # there the partition is the same one
    flash = CHIP_FLASH
    flash.data[:] = b"\xff" * len(flash.data)
    vfs.VfsLfs2.mkfs(rp2.Flash(), progsize=256)
    before = bytes(flash.data)
    boot()
    assert is_lost() and bytes(flash.data) == before


def test_4_a_person_makes_it_anew():
    mounting.format_files()
    boot()
    assert os.listdir("/") == []
