"""Lines that came from a board, each with the moment when it came; whoever waits for one is woken.

A line may come in pieces, cut anywhere, also within a letter; what is no UTF-8 is shown as such and ends nothing. What
a driver does with the board, or somebody notes, stands among them with a mark before it, so that one list tells it all.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

SOON_S = float(os.environ.get("RIG_SOON_S") or 90)
# Limits are generous, for many programs may share the machine; nothing is ever judged by how long it took. An emulated
# chip on a slow machine wants more.
NOTE = "· "
LAST_SHOWN = 25
LONGEST_LINE = 2000


@dataclass(frozen=True)
class Heard:
    """One line; `at_s` is of the host's monotonic clock."""

    at_s: float
    text: str

    @property
    def is_note(self) -> bool:
        """Whether somebody noted it, so that it is not the board's word."""
        return self.text.startswith(NOTE)


class NotHeard(AssertionError):
    """What was awaited did not come; the text has what came instead."""


class LinesHeard:
    """All lines of one board, in the order in which they came. Safe to use from any thread."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.clock = clock
        self.lines: list[Heard] = []
        self._part = b""
        self._came = threading.Condition()

    @property
    def place(self) -> int:
        """Where the log stands now: what comes later is awaited from here."""
        return len(self.lines)

    def hear(self, data: bytes) -> None:
        """The board said these bytes."""
        with self._came:
            *whole, self._part = (self._part + data).replace(b"\r", b"\n").split(b"\n")
            if len(self._part) > LONGEST_LINE:
                whole, self._part = [*whole, self._part], b""
            self._keep(line.decode("utf-8", "backslashreplace") for line in whole if line.strip())

    def say(self, text: str) -> None:
        """A whole line, of a driver that hears lines."""
        with self._came:
            self._keep([text])

    def note(self, text: str) -> None:
        """Something that the host did or saw."""
        self.say(NOTE + text)

    def expect(self, pattern: str, since: int, within_s: float = SOON_S) -> Heard:
        """The first line from this place on in which the pattern is found; notes do not count. Raises NotHeard."""
        wanted, ends = re.compile(pattern), self.clock() + within_s
        with self._came:
            while True:
                for one in self.lines[since:]:
                    if not one.is_note and wanted.search(one.text):
                        return one
                left = ends - self.clock()
                if left <= 0 or not self._came.wait(left):
                    raise NotHeard(self._instead(pattern, since, within_s))

    def count(self, pattern: str, since: int = 0) -> int:
        """How many lines from this place on have it."""
        wanted = re.compile(pattern)
        return sum(not one.is_note and bool(wanted.search(one.text)) for one in list(self.lines[since:]))

    def _keep(self, texts: Iterable[str]) -> None:
        now_s = self.clock()
        self.lines += [Heard(now_s, text[:LONGEST_LINE]) for text in texts]
        self._came.notify_all()

    def _instead(self, pattern: str, since: int, within_s: float) -> str:
        came = self.lines[since:][-LAST_SHOWN:]
        told = "\n  ".join(one.text for one in came) or "nothing"
        return f"{self.name}: expected a line with {pattern!r} within {within_s:g} s; since then came:\n  {told}"
