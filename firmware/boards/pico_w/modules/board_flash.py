"""The part of the storage that holds files. RP2 programs whole pages of 256 bytes."""

import rp2
from flash_layout import FILES_BYTES

GEOMETRY = {"progsize": 256}
flash = rp2.Flash(start=0, len=FILES_BYTES)
