"""The flash of the simulated board at its start: its filesystem is mounted."""

import os
import time

import vfs

from firmware.hardware.simulated_regions import FILES_BLOCKS, ImageFlash, opened


def mounted_image(root: str, own_boot: bool):  # type: ignore[no-untyped-def]
    """The file of the flash, with its filesystem mounted."""
    file = opened(os.getenv("MOTCUA_FLASH"))
    mount(ImageFlash(file, 0, FILES_BLOCKS), root, own_boot)
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
