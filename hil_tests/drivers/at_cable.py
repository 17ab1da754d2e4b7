"""A board becomes a device at its cable, by the same work as at a technician's bench."""

import itertools
import time
from collections.abc import Callable
from pathlib import Path

from fleet.commands.bench_work import Packages
from fleet.provisioning.board_scripts import ON_BOARD
from fleet.provisioning.book import Book
from fleet.provisioning.cable import BACK_WITHIN_S, Cable
from fleet.provisioning.claims import Claim
from fleet.provisioning.installing import restart
from fleet.provisioning.means import Means
from fleet.provisioning.one_board import OneBoard
from fleet.provisioning.raw_repl import RawRepl
from fleet.provisioning.results import Result

PACKAGES = Packages()
# For all boards, which are worked at side by side: CPython 3.11 fails where two threads read sources by `ast` at once.
CONNECT_S = 120.0
WIPE = """\
import os
for name in ("identity.json", "config.json", "network.json"):
    try:
        os.remove(name)
    except OSError:
        pass
"""
# What makes a board a device; a board of a rig was one yesterday.


class NotEnrolled(AssertionError):
    """The bench's work at a board came to nothing; the text says why."""


class Enrolling:
    """A folder for the bench's books, one for each claim, the Wi-Fi of the rig, and the clock that the boards go by."""

    def __init__(
        self,
        folder: Path,
        wifi: tuple[str | None, str | None] = (None, None),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder, self.wifi, self.clock = folder, wifi, clock
        self._since_ms = time.time() * 1000 - clock() * 1000
        self._count = itertools.count()

    def now_ms(self) -> int:
        """The time of day by that clock."""
        return round(self._since_ms + self.clock() * 1000)

    def enrol(self, cable: Cable, claim: Claim, note: Callable[[str], None]) -> Result:
        """Make the board at this cable the device of the claim; it tests itself before. Raises NotEnrolled."""
        result = self.work(cable, claim, note)
        if result.advice == "stranger":
            note("it was a device: wiped")
            wipe(cable)
            result = self.work(cable, claim, note)
        if not result.good:
            raise NotEnrolled(f"{cable.path}: expected an enrolled board, found {result.advice}: {result.why}")
        return result

    def work(self, cable: Cable, claim: Claim, note: Callable[[str], None]) -> Result:
        """The bench's work at one board, in a book that has this claim alone; its steps are noted."""
        book = Book(self.folder / f"book-{next(self._count)}")
        book.add([claim])
        told: list[str] = []

        def report(step: str, _note: object, _share: float | None) -> None:
            if told[-1:] != [step]:
                told.append(step)
                note(step)

        try:
            means = Means(book, PACKAGES.files, lambda: self.wifi, connect_s=CONNECT_S, clock=self.clock)
            means.now_ms = self.now_ms
            return OneBoard(cable, means, report).work()
        finally:
            book.close()


def wipe(cable: Cable) -> None:
    """Let the board forget which device it was; its firmware stays."""
    cable.open(BACK_WITHIN_S)
    repl = RawRepl(cable)
    repl.enter()
    repl.run(ON_BOARD)
    repl.run(WIPE)
    restart(repl)
    cable.close()
