"""Which application this device runs, as its hello says it. It is lent.

Whatever is loaded in every boot leaves its names in RAM for ever, so what only a release on trial needs is not here.
"""

import os
import sys

from firmware.sparing import lent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def said(board) -> "dict[str, Any]":  # type: ignore[no-untyped-def]
    """The release that runs and how it came to that, and what may come."""
    found: "dict[str, Any]" = {"sequence": 0, "mpy": bytecode()}
    record, choosing = kept(board)
    if record is None:
        return found
    running, back = choosing.running, record.get("returned")
    for one in [record] + [one for one in record.values() if type(one) is dict]:
        if running is not None and one.get("slot") == running:  # what is confirmed, on trial, or was before
            found["sequence"], found["slot"] = one["sequence"], running
            if "boots" in one:
                found["trial"] = True
    region, trust = board.region("slots"), lent("kept").found(board).get("trust")
    found["room"] = region.ioctl(4, 0) // 2 * region.ioctl(5, 0)
    if back is not None:
        found["back"] = {name: back[name] for name in ("sequence", "reason")}
    if trust is not None and not trust.get("left"):
        found["root"] = trust["root"]
    return found


def look(device, what: str, *more) -> bool:  # type: ignore[no-untyped-def]
    """Let `trying` do this, if anything was ever tried here or the cable brought whom to believe; whether it did."""
    record, _ = kept(device.board)
    if record is None or not (record.get("trial") or record.get("returned") or is_told(device.board.root)):
        return False
    getattr(lent("trying"), what)(device, *more)
    return True


def kept(board) -> "tuple[dict[str, Any] | None, Any]":  # type: ignore[no-untyped-def]
    """What is known of the slots, and who chose; None where the board has none, or nobody who would choose."""
    choosing = sys.modules.get("choosing")
    if choosing is None or board.region("slots") is None:
        return None, None
    return lent("kept").found(board).get("slots") or {}, choosing


def is_told(root: str) -> bool:
    """Whether the cable says whom to believe."""
    try:
        os.stat(root + "/trust")
        return True
    except OSError:
        return False


def bytecode() -> str:
    """The ABI that this MicroPython runs, as images name it."""
    mpy = getattr(sys.implementation, "_mpy", 0x0306)
    return "%d.%d" % (mpy & 0xFF, mpy >> 8 & 3)
