"""How the flash of a Pico 2 W is divided: 1536 KiB of MicroPython and frozen firmware, slots, storage.

(start, bytes) counted from the beginning of the storage. Each is a multiple of the 4096 bytes that are erased at once.
The numbers of slots and storage stand in `mpconfigboard.cmake`, too: MicroPython's build wants them there.
"""

BOARD = "pico_2_w"
SLOTS_BYTES = 2 * 512 * 1024
STORAGE_BYTES = 1536 * 1024
FILES_BYTES = 1248 * 1024
REGIONS = {
    "events": (1248 * 1024, 256 * 1024),
    "kept": (1504 * 1024, 32 * 1024),
}
