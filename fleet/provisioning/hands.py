"""A person at the bench: the boards' questions wait in a row, and he answers the first."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from fleet.provisioning.results import PASS

AGAIN = "again"
# He looked elsewhere: the board shows it once more.
LOOK_S = 0.25


@dataclass(frozen=True)
class Question:
    """What a board wants to know of a person: whether he sees or hears what a part of it does."""

    port: str
    device: str
    part: str
    found: str


Ask = Callable[[Question, float, Callable[[], None]], str]
# A question, for how many seconds, and what may end it by raising; the answer: pass, fail, again, or "" for none.


def taken_as_seen(question: Question, within_s: float, alive: Callable[[], None]) -> str:
    """Somebody looks, and would pull the cable of a board that is wrong."""
    return PASS


class Hands:
    """Questions of all boards. `ask` waits in the thread of a board; whoever reads the keyboard calls `answer`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: list[Question] = []
        self._answers: dict[Question, str] = {}

    def waiting(self) -> list[Question]:
        """The questions, in the order in which they came."""
        with self._changed:
            return list(self._waiting)

    def answer(self, question: Question, word: str) -> None:
        """He says so; nothing if that question waits no more."""
        with self._changed:
            if question in self._waiting:
                self._waiting.remove(question)
                self._answers[question] = word
                self._changed.notify_all()

    def ask(self, question: Question, within_s: float, alive: Callable[[], None]) -> str:
        """His answer; "" if he gives none. `alive` is called now and then, and ends it by raising."""
        ends = self._clock() + within_s
        with self._changed:
            self._waiting.append(question)
            try:
                while question not in self._answers and self._clock() < ends:
                    self._changed.wait(LOOK_S)
                    alive()
                return self._answers.pop(question, "")
            finally:
                if question in self._waiting:
                    self._waiting.remove(question)
