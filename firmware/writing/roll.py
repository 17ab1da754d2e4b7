"""How much paper is left: a roll's length is learned by counting the dots that were fed from its start to its end.

Flash is written once a metre, so a power cut forgets less than that.
"""

from firmware.flash_files import read_json, write_json
from firmware.sparing import const

ROLL_FILE = "/roll"
_DOTS_PER_METRE = const(8_000)
_MOST_METRES = const(1_000)


def left(root: str) -> "int | None":
    """Whole metres; None before the first roll was seen from its start to its end."""
    metres, length, whole = kept(root)
    return min(_MOST_METRES, max(0, length - metres)) if length and whole else None


def fed(root: str, dots: int) -> int:
    """So many dots were fed since the roll was last told of; returns those of a metre that has just begun."""
    if dots >= _DOTS_PER_METRE:
        metres, length, whole = kept(root)
        write_json(root + ROLL_FILE, [metres + dots // _DOTS_PER_METRE, length, whole])
    return dots % _DOTS_PER_METRE


def ended(root: str) -> None:
    """It is used up: now its length is known, if its start was seen."""
    metres, _, whole = kept(root)
    if whole and metres:
        write_json(root + ROLL_FILE, [metres, metres, 0])


def begun(root: str) -> None:
    """A new one was put in."""
    write_json(root + ROLL_FILE, [0, kept(root)[1], 1])


def kept(root: str) -> "list[int]":
    """Metres that were used, the length of the last whole roll (0: unknown), and whether this one's start was seen."""
    found = read_json(root + ROLL_FILE)
    if type(found) is list and len(found) == 3 and not [one for one in found if type(one) is not int]:
        return found
    return [0, 0, 0]
