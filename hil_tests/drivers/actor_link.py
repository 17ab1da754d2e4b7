"""The host's end of the actor's cable: asks, waits for answers, and gives on what the actor noticed, in order.

A request that is not answered is asked again under its number, so it is done once. A notice that is missing is asked
for by its number. While the cable is open the actor hears of us each second; else it lets every key go.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from fleet.provisioning.cable import BACK_WITHIN_S, Cable
from fleet.provisioning.ports import PortError
from hil_tests.actor.lines import ANSWER, ASK, NUMBERS, OK, VERSION, Lines, said

READ_S = 0.05
PING_S = 1.0
ANSWER_S = 20.0
AGAIN_S = 2.0
# Asked again that often, answered at the latest: far more than any actor needs, for the machine may be busy.
BEGAN_S = 60.0
MISSING_TRIES = 5


class ActorError(Exception):
    """The actor did not do what was asked; the text says what was expected and found."""


class ActorRefused(ActorError):
    """It says that it can not."""


class ActorSilent(ActorError):
    """It does not answer."""


class ActorGone(ActorError):
    """Its port is gone."""


class Noticed(NamedTuple):
    """What the actor noticed, at which of its milliseconds."""

    at_ms: int
    words: tuple[str, ...]


class ActorLink:
    """One actor at a cable. `listen` is called with each notice, in a thread of the link."""

    def __init__(self, cable: Cable, listen: Callable[[Noticed], None]) -> None:
        self.cable = cable
        self.about: tuple[str, ...] = ()  # protocol, board, chip, silence in ms, notices
        self.lost = 0  # notices that nobody can tell any more
        self._listen = listen
        self._lines = Lines()
        self._number = 0
        self._answers: dict[int, list[str] | None] = {}
        self._came = threading.Condition()
        self._gone: str | None = "it was never opened"
        self._reader: threading.Thread | None = None
        self._next: int | None = None  # notice
        self._early: dict[int, Noticed] = {}
        self._asked_s = 0.0
        self._tries = 0
        self._said_s = 0.0

    def open(self, within_s: float = BEGAN_S) -> None:
        """Open the cable and wait for an actor there. Raises ActorError."""
        self.close()
        try:
            self.cable.open(min(within_s, BACK_WITHIN_S))
        except PortError as err:
            raise ActorGone(str(err)) from None
        self._gone, self._next, self._lines = None, None, Lines()
        self._early.clear()
        self._reader = threading.Thread(target=self._read, name=f"actor at {self.cable.path}", daemon=True)
        self._reader.start()
        self.about = tuple(self.ask("hello", within_s=within_s))
        if self.about[:1] != (str(VERSION),):
            raise ActorRefused(
                f"actor at {self.cable.path}: expected protocol {VERSION}, found {self.about[0]}; "
                "`python -m hil_tests.actor install` brings the actor of this tree"
            )

    def ask(self, verb: str, *words: object, within_s: float = ANSWER_S) -> list[str]:
        """Ask, and wait for the answer. Raises ActorError."""
        with self._came:
            number = self._number = (self._number + 1) % NUMBERS
            self._answers[number] = None
        line = said(ASK, number, [verb, *map(str, words)])
        ends = self.cable.clock() + within_s
        try:
            while True:
                self._write(line)
                answer = self._answer(number, min(ends, self.cable.clock() + AGAIN_S))
                if answer is not None:
                    break
                if self.cable.clock() >= ends:
                    raise ActorSilent(
                        f"actor {self.cable.path}: expected an answer to `{verb}` within {within_s:g} s, found none: "
                        "is it an actor (`python -m hil_tests.actor install`), and is nobody else at its port?"
                    )
        finally:
            del self._answers[number]
        if answer[:1] != [OK]:
            asked = " ".join((verb, *map(str, words)))
            raise ActorRefused(f"actor at {self.cable.path}, asked `{asked[:60]}`: {' '.join(answer[1:])}")
        return answer[1:]

    def close(self) -> None:
        """Let go of the cable; the actor lets go of the keys soon."""
        self._lose("it was closed")
        reader, self._reader = self._reader, None
        if reader is not None and reader is not threading.current_thread():
            reader.join()
        self.cable.close()

    def _answer(self, number: int, until_s: float) -> list[str] | None:
        with self._came:
            while self._answers[number] is None and self._gone is None:
                left = until_s - self.cable.clock()
                if left <= 0:
                    return None
                self._came.wait(left)
            answer = self._answers[number]
            if answer is None:
                raise ActorGone(f"actor at {self.cable.path}: expected it at its port, {self._gone}")
            return answer

    def _write(self, line: bytes) -> None:
        if self._gone is not None:
            raise ActorGone(f"actor at {self.cable.path}: expected it at its port, {self._gone}")
        self._said_s = self.cable.clock()
        try:
            self.cable.write(line)
        except PortError as err:
            self._lose(str(err))
            raise ActorGone(str(err)) from None

    def _lose(self, why: str) -> None:
        with self._came:
            self._gone = self._gone or why
            self._came.notify_all()

    # In the thread of the link

    def _read(self) -> None:
        with suppress(ActorGone):
            while self._gone is None:
                try:
                    data = self.cable.read(READ_S)
                except PortError as err:
                    self._lose(str(err))
                    return
                for mark, number, words in self._lines.feed(data):
                    self._take(mark, number, words)
                self._seek_missing()
                if self.cable.clock() - self._said_s > PING_S:
                    self._write(said(ASK, 0, ["ping"]))

    def _take(self, mark: str, number: int, words: list[str]) -> None:
        if mark == ANSWER:
            with self._came:
                if number in self._answers:
                    self._answers[number] = words
                    self._came.notify_all()
                if len(words) == 6 and words[1] == str(VERSION) and self._next is None:
                    self._next = int(words[5]) + 1  # what it noticed before us is nobody's
        elif len(words) > 1:
            self._take_notice(number, Noticed(int(words[0]), tuple(words[1:])))

    def _take_notice(self, number: int, noticed: Noticed) -> None:
        if noticed.words == ("began",):  # it counts from one again
            self._next = number
            self._early.clear()
        if self._next is None or number < self._next:
            return
        self._early[number] = noticed
        while self._next in self._early:
            self._listen(self._early.pop(self._next))
            self._next += 1
            self._tries = 0

    def _seek_missing(self) -> None:
        """Ask for the notice that others came after; nobody may have it any more."""
        if not self._early or self._next is None or self.cable.clock() - self._asked_s < AGAIN_S * bool(self._tries):
            return
        if self._tries == MISSING_TRIES:
            self.lost += 1
            self._next, self._tries = self._next + 1, 0
            self._take_notice(min(self._early), self._early[min(self._early)])
            return
        self._tries += 1
        self._asked_s = self.cable.clock()
        self._write(said(ASK, 0, ["again", str(self._next)]))
