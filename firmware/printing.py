"""The ticket that is being printed: on flash before its bytes go to the printer, until it is known what became of it.

After a power cut in between the next boot finds it, asks the printer, and tells the fleet. It is never printed again: a
second paper with the same number would be worse than none.
"""

from firmware.flash_files import read_json, remove, write_json
from firmware.sparing import const

_PRINTING_FILE = const("/printing")


def begin(root: str, service: str, number: int) -> None:
    """This ticket goes to the printer now."""
    write_json(root + _PRINTING_FILE, [service, number])


def end(root: str) -> None:
    """The fleet will hear what became of it."""
    remove(root + _PRINTING_FILE)


def unfinished(root: str) -> "tuple[str, int] | None":
    """The ticket of which nobody knows what became."""
    kept = read_json(root + _PRINTING_FILE)
    return (kept[0], kept[1]) if type(kept) is list and len(kept) == 2 else None
