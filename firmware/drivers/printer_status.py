"""What a thermal printer says of itself when it is asked (`DLE EOT`, as Epson defines it). Bytes in, words out."""

from firmware.sparing import const

ASK_CAUSE = b"\x10\x04\x02"
ASK_ERROR = b"\x10\x04\x03"

_OFFLINE = const("offline")
_COVER_OPEN = const("cover open")
_CUTTER = const("cutter stuck")
_HEAD_HOT = const("head hot")
_BROKEN = const("broken")

_CAUSE_COVER = const(0x04)
_CAUSE_FEEDING = const(0x08)
_ERROR_CUTTER = const(0x08)
_ERROR_BROKEN = const(0x20)
_ERROR_PASSES = const(0x40)
# The error that passes by itself is a head that must cool down.


def trouble(cause: "int | None", error: "int | None") -> str:
    """Why it is off line, by its answers. Somebody who holds the feed key is no trouble: empty."""
    cause, error = cause or 0, error or 0
    if cause & _CAUSE_COVER:
        return _COVER_OPEN
    if error & _ERROR_CUTTER:
        return _CUTTER
    if error & _ERROR_BROKEN:
        return _BROKEN
    if error & _ERROR_PASSES:
        return _HEAD_HOT
    return "" if cause & _CAUSE_FEEDING else _OFFLINE
