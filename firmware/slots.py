"""Two slots for applications, in a raw region of the flash: one runs, into the other comes the next.

Which of them the next boot runs is one record, kept under `slots`, and each step is one write of it: the power may go
at any moment, and the board runs the application of before or of after, whole. `choosing`, which is no part of any
application, reads it before this one is loaded:

    slot, length, sequence, sha256   what is confirmed; without a slot it is the factory's application
    floor                            the highest sequence that ever was confirmed
    before                           the four of what was confirmed before, while it lies in the other slot
    trial                            the four of what is on trial, the boots that it had, and `parts` as they were
    returned                         the sequence with which the device could not live, and the reason; also of one that
                                     was confirmed, and later fell again and again
"""

import sys

from firmware.sparing import const, lent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NAME = const("slots")
_REASON_LETTERS = const(100)
_OTHER_AFTER = const(6)
_FACTORY_AFTER = const(9)
# Failures in a row, after which what chooses turns to another: `deciding` has the same.
NOTHING = {"slot": None, "length": 0, "sequence": 0, "sha256": ""}
# The factory's application.


def found(board) -> "Slots | None":  # type: ignore[no-untyped-def]
    """The slots of this board; None where it has none, or nobody who chooses between them."""
    choosing = sys.modules.get("choosing")
    region = board.region("slots")
    return None if choosing is None or region is None else Slots(board, region, choosing.running)


class Slots:
    """For one use; what stays is on flash. The slot that does not run is idle: it is filled, then flipped to."""

    def __init__(self, board, region, running: "str | None") -> None:  # type: ignore[no-untyped-def]
        self.board = board
        self.region = region
        self.running = running
        self.size = region.ioctl(4, 0) // 2 * region.ioctl(5, 0)
        self._filling: "Any" = None
        record = self.record()
        before, trial = record["before"], record["trial"]
        self.sequence = record["sequence"]
        self.floor = record["floor"]
        self.trial: "int | None" = None
        self.parts: "dict[str, Any]" = {}  # before the trial
        self.returned: "dict[str, Any] | None" = record["returned"]
        if trial is not None and trial["slot"] == running:
            self.trial, self.parts = trial["sequence"], trial["parts"]
        elif running is None:
            self.sequence = 0
        elif before is not None and before["slot"] == running:
            self.sequence = before["sequence"]

    # Filling the idle slot

    def begin(self, sha256: str, length: int) -> int:
        """Make the idle slot ready for this image; the offset to go on from. OSError where flash fails."""
        if self.trial is not None or not 0 < length <= self.size:
            raise ValueError("%d bytes for a slot of %d, on trial: %s" % (length, self.size, self.trial))
        self._filling = None
        self._filling = lent("slot_filling").Filling(self, sha256, length)
        return self._filling.done  # type: ignore[no-any-return]

    def write(self, offset: int, data: bytes) -> None:
        """The next bytes. OSError where flash does not keep them."""
        self._filling.write(offset, data)

    async def digest(self, length: int) -> bytes:
        """SHA-256 of what really lies in the idle slot."""
        return await self._filling.digest(length)  # type: ignore[no-any-return]

    def discard(self) -> None:
        """What was downloaded so far is of no use."""
        self._filling = None
        lent("slot_filling").forget(self.board)

    # One write each

    def flip(self, sequence: int, length: int, before: "dict[str, Any]") -> None:
        """From the next boot on the idle slot is on trial; `before`: how the parts are now."""
        image = self._filling.image()
        if image["length"] != length:
            raise ValueError("expected an image of %d bytes, found %d" % (length, image["length"]))
        self._put(self.record(), trial=dict(image, sequence=sequence, boots=0, parts=before), returned=None)

    def confirm(self) -> None:
        """What is on trial is the device's application."""
        record = self.record()
        old = four(record) if record["slot"] is not None else None
        new = four(record["trial"])
        floor = max(record["floor"], new["sequence"])
        self._put(record, before=old, trial=None, returned=None, floor=floor, **new)
        self.sequence, self.floor, self.trial, self.returned = new["sequence"], floor, None, None

    def give_back(self, reason: str) -> None:
        """The trial is over; from the next boot on the device is as it was before."""
        record = self.record()
        self.returned = {"sequence": record["trial"]["sequence"], "reason": reason[:_REASON_LETTERS]}
        self._put(record, trial=None, returned=self.returned)
        self.trial = None

    def stands_in(self, failures: int) -> bool:
        """Whether this application runs because the one that is confirmed failed so often in a row."""
        record = self.record()
        if record["trial"] is not None or record["slot"] in (None, self.running):
            return False
        return failures >= (_OTHER_AFTER if self.running else _FACTORY_AFTER)

    def give_up(self, reason: str) -> None:
        """What is confirmed is the device's no more, and what stands in for it is."""
        record = self.record()
        mine = four(record["before"]) if self.running else NOTHING
        self.returned = {"sequence": record["sequence"], "reason": reason[:_REASON_LETTERS]}
        self._put(record, before=None, returned=self.returned, **mine)

    def leave(self, slot: str) -> None:
        """Nothing that the record names lies in this slot any more: it is about to be written."""
        record = self.record()
        names = [record, record["before"] or {}, record["trial"] or {}]
        if slot not in [one.get("slot") for one in names]:
            return
        kept = [one for one in names[:2] if one.get("slot") not in (slot, None)]
        left = four(kept[0]) if kept else NOTHING
        self._put(record, before=None, trial=None, **left)

    def idle(self) -> str:
        """The slot that does not run; where none does, the one that nobody relies on."""
        used = self.running or self.record()["slot"]
        return "b" if used == "a" else "a"

    def record(self) -> "dict[str, Any]":
        """What is kept."""
        record = dict(NOTHING, floor=0)
        record.update(before=None, trial=None, returned=None)
        record.update(lent("kept").found(self.board).get(_NAME) or {})
        return record

    def _put(self, record: "dict[str, Any]", **changed) -> None:  # type: ignore[no-untyped-def]
        record.update(changed)
        lent("kept").found(self.board).put(_NAME, record)


def four(image: "dict[str, Any]") -> "dict[str, Any]":
    """What is kept of any image."""
    return {name: image[name] for name in ("slot", "length", "sequence", "sha256")}
