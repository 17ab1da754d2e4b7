"""How the storage of a Pico W is divided: 848 KiB, as in the stock image; ours keeps the end of it for the firmware.

(start, bytes) counted from the beginning of the storage. Each is a multiple of the 4096 bytes that are erased at once.
"""

STORAGE_BYTES = 848 * 1024
FILES_BYTES = 560 * 1024
REGIONS = {
    "events": (560 * 1024, 256 * 1024),
    "kept": (816 * 1024, 32 * 1024),
}
