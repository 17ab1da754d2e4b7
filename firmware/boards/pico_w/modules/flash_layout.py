"""How the flash of a Pico W is divided: 1120 KiB of MicroPython and frozen firmware, slots, storage.

(start, bytes) counted from the beginning of the storage. Each is a multiple of the 4096 bytes that are erased at once.
The numbers of slots and storage stand in `mpconfigboard.cmake`, too: MicroPython's build wants them there.
"""

BOARD = "pico_w"
SLOTS_BYTES = 2 * 280 * 1024
STORAGE_BYTES = 368 * 1024
FILES_BYTES = 80 * 1024
REGIONS = {
    "events": (80 * 1024, 256 * 1024),
    "kept": (336 * 1024, 32 * 1024),
}
