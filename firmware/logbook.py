"""The last lines that a device said of itself: boots, faults, errors of the link. Read page by page, by bytes.

`device.lines` has their last bytes, and how many there ever were since the boot.
"""

from firmware.sparing import const

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PAGE_BYTES = const(512)
# Of the lines in an answer; each takes two quotes and a comma beside.


def page(log: bytes, logged: int, start: int) -> "dict[str, Any]":
    """The whole lines from this byte on, or from the oldest that is still there, as many as an answer takes."""
    at = max(0, start - (logged - len(log)))
    if at or logged > len(log):
        at = len(log) if at > len(log) else begin(log, at)
    said: "dict[str, Any]" = {"first": logged - len(log) + at, "lines": []}
    room = _PAGE_BYTES
    while at < len(log):
        end = log.find(b"\n", at)
        room -= end - at + 3
        if room < 0:
            said["next"] = logged - len(log) + at
            break
        said["lines"].append(str(log[at:end], "utf-8"))
        at = end + 1
    return said


def begin(log: bytes, at: int) -> int:
    """Where the first whole line at or after this byte begins."""
    return at if at and log[at - 1 : at] == b"\n" else log.find(b"\n", at) + 1 or len(log)
