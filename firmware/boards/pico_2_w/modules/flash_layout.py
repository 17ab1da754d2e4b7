"""How the storage of a Pico 2 W is divided: 2560 KiB, as in the stock image; ours keeps the end of it for the firmware.

(start, bytes) counted from the beginning of the storage. Each is a multiple of the 4096 bytes that are erased at once.
"""

STORAGE_BYTES = 2560 * 1024
FILES_BYTES = 2272 * 1024
REGIONS = {
    "events": (2272 * 1024, 256 * 1024),
    "kept": (2528 * 1024, 32 * 1024),
}
