"""Codes that printers at the bench have printed: a reader without a printer of its own reads one of another board."""

import threading
import time
from collections.abc import Callable

WAIT_S = 120.0
LOOK_S = 0.25


class Codes:
    """`expect` a printer's code, and say that it is `printed` or that none comes; readers wait only while one comes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._coming: set[str] = set()
        self._printed: list[str] = []

    def expect(self, hw: str) -> None:
        """This board has a printer, and will test it."""
        with self._changed:
            self._coming.add(hw)

    def printed(self, hw: str, code: str) -> None:
        """It has printed this."""
        with self._changed:
            self._coming.discard(hw)
            self._printed.append(code)
            self._changed.notify_all()

    def none(self, hw: str) -> None:
        """Nothing more comes from that board."""
        with self._changed:
            self._coming.discard(hw)
            self._changed.notify_all()

    def for_reader(self, within_s: float = WAIT_S, alive: Callable[[], None] = lambda: None) -> str:
        """The code that was printed last, as soon as there is one; "" if none comes. `alive` may end the wait."""
        ends = self._clock() + within_s
        with self._changed:
            while not self._printed and self._coming and self._clock() < ends:
                self._changed.wait(LOOK_S)
                alive()
            return self._printed[-1] if self._printed else ""
