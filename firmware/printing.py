"""The ticket that is being printed: on flash before its bytes go to the printer, until it is known what became of it.

After a power cut in between the next boot finds it, asks the printer, and tells the fleet. It is never printed again: a
second paper with the same number would be worse than none.
"""

from firmware.flash_files import read_json, remove, write_json

PRINTING_FILE = "/printing"


class Printing:
    """What is under way."""

    def __init__(self, root: str) -> None:
        self._path = root + PRINTING_FILE

    def begin(self, service: str, number: int) -> None:
        """This ticket goes to the printer now."""
        write_json(self._path, [service, number])

    def end(self) -> None:
        """The fleet will hear what became of it."""
        remove(self._path)

    def unfinished(self) -> "tuple[str, int] | None":
        """The ticket of which nobody knows what became."""
        kept = read_json(self._path)
        return (kept[0], kept[1]) if type(kept) is list and len(kept) == 2 else None
