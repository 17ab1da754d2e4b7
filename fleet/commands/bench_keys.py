"""The keyboard at the bench: single keys answer the boards' questions, while the table goes on.

Nothing is typed into the table: the terminal gives each key at once and shows none. Ctrl-C stays what it is.
"""

import os
import select
import sys
import termios
import threading
import time
import tty
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from fleet.provisioning.hands import AGAIN, Hands, Question
from fleet.provisioning.results import FAIL, PASS

WORDS = {"c": PASS, "y": PASS, "k": FAIL, "n": FAIL, "l": AGAIN, "r": AGAIN}
# Có, không, lần nữa; yes, no, repeat.
LOOK_S = 0.1
SEEN_S = 0.5
# A question that has just come was read by nobody: a key that was meant for the one before does not answer it.


class Keys:
    """Reads the keyboard of this terminal and answers the first question that waits."""

    def __init__(self, hands: Hands, terminal: int) -> None:
        self._hands = hands
        self._terminal = terminal
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="keys of the bench")
        self._before: list[Any] = []
        self._first: tuple[Question | None, float] = (None, 0.0)

    def __enter__(self) -> "Keys":
        self._before = termios.tcgetattr(self._terminal)
        tty.setcbreak(self._terminal, termios.TCSANOW)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)

    def _run(self) -> None:
        while not self._ends.is_set():
            question = next(iter(self._hands.waiting()), None)
            if question != self._first[0]:
                self._first = question, time.monotonic()
            if select.select([self._terminal], [], [], LOOK_S)[0]:
                self._take(os.read(self._terminal, 1))

    def _take(self, key: bytes) -> None:
        question, since_s = self._first
        word = WORDS.get(key.decode("ascii", "replace").lower())
        if question is not None and word is not None and time.monotonic() - since_s >= SEEN_S:
            self._hands.answer(question, word)


def keys_of(hands: Hands | None) -> AbstractContextManager[object]:
    """The keyboard, for as long as there may be questions."""
    return nullcontext() if hands is None else Keys(hands, sys.stdin.fileno())
