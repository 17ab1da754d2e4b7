"""A board that another house enrolls: what the house before made it believe, run and try counts no more. It is lent.

It goes on running what it runs, for nothing else is there; but no number of the one house means anything to the other.
First nobody is believed. Whom the cable names then may be the same house as before: only where its releases have other
keys the numbers go, and before it is believed, so that a power cut in between lets it be done once more.
"""

from firmware.sparing import lent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def leave(kept: "Any") -> None:
    """Nobody is believed any more."""
    trust = kept.get("trust")
    if trust is not None and not trust.get("left"):
        trust["left"] = True
        kept.put("trust", trust)


def disown(board) -> None:  # type: ignore[no-untyped-def]
    """What lies in the slots is no release of this house, and what was fetched or given up is none of it."""
    kept = lent("kept").found(board)
    record = kept.get("slots")
    if record is not None:
        for one in (record, record.get("before"), record.get("trial")):
            if one is not None:
                one["sequence"] = 0
        record["floor"], record["returned"] = 0, None
        kept.put("slots", record)
    kept.remove("fetched")
    kept.remove("update_tries")
