"""The part of MicroPython's `rp2` that the boards use."""

import os

from nor_flash import NorFlash

STORAGE_BYTES = {"pico_w": 868352, "pico_2_w": 2621440}[os.getenv("MOTCUA_NAME")]
CHIP_FLASH = NorFlash(STORAGE_BYTES, 256)


def Flash(*, start=-1, len=-1):
    return CHIP_FLASH.part(max(start, 0), len if len != -1 else STORAGE_BYTES - max(start, 0))
