"""The flash of the simulated board at its start: a file with a filesystem, and behind it the regions."""

import os
import time

import vfs

from firmware.hardware.simulated import ImageFlash
from firmware.sparing import const

_BLOCK_BYTES = const(4096)
_FILES_BLOCKS = const(256)
_REGION_BLOCKS = const(72)


def mounted_image(root: str, own_boot: bool):  # type: ignore[no-untyped-def]
    """The file of the flash, with its filesystem mounted."""
    file = open_image(os.getenv("MOTCUA_FLASH"))
    mount(ImageFlash(file, 0, _FILES_BLOCKS), root, own_boot)
    return file


def open_image(path):  # type: ignore[no-untyped-def]
    """The file of the flash; one from before there were regions gets them behind its end, erased."""
    file = open(path, "r+b")
    blocks = file.seek(0, 2) // _BLOCK_BYTES
    for _ in range((_FILES_BLOCKS + _REGION_BLOCKS - blocks)):
        file.write(b"\xff" * _BLOCK_BYTES)
    return file


def mount(flash, root: str, own_boot: bool) -> None:  # type: ignore[no-untyped-def]
    """Mount the filesystem. Where it can not be mounted RP2 makes another without a word, and ESP32 complains for ever;
    our own boot, which a board with regions has, does the former.
    """
    try:
        vfs.mount(flash, root)
        return
    except OSError:
        pass
    while os.getenv("MOTCUA_PORT") == "esp32" and not own_boot:
        print("The filesystem appears to be corrupted. If you had important data there, you may want to make a flash")
        print("snapshot to try to recover it. Otherwise, perform factory reprogramming of MicroPython firmware")
        time.sleep(3)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(flash, root)
