"""What a thermal printer says of itself when it is asked (`DLE EOT`, as Epson defines it). Bytes in, words out."""

ASK_CAUSE = b"\x10\x04\x02"
ASK_ERROR = b"\x10\x04\x03"

OFFLINE, COVER_OPEN, CUTTER, HEAD_HOT, BROKEN = "offline", "cover open", "cutter stuck", "head hot", "broken"

CAUSE_COVER, CAUSE_FEEDING = 0x04, 0x08
ERROR_CUTTER, ERROR_BROKEN, ERROR_PASSES = 0x08, 0x20, 0x40
# The error that passes by itself is a head that must cool down.


def trouble(cause: "int | None", error: "int | None") -> str:
    """Why it is off line, by its answers. Somebody who holds the feed key is no trouble: empty."""
    cause, error = cause or 0, error or 0
    if cause & CAUSE_COVER:
        return COVER_OPEN
    if error & ERROR_CUTTER:
        return CUTTER
    if error & ERROR_BROKEN:
        return BROKEN
    if error & ERROR_PASSES:
        return HEAD_HOT
    return "" if cause & CAUSE_FEEDING else OFFLINE
