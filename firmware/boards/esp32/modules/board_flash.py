"""The partition that holds files: MicroPython makes it of all flash behind the last partition of the table."""

import flashbdev

GEOMETRY: "dict[str, int]" = {}
flash = flashbdev.bdev
