"""The actor's side of the cable: what is asked is done once; what it noticed is kept for a host that missed it."""

import asyncio
import sys

from hil_tests.actor.lines import ANSWER, ASK, ERR, NOTICE, OK, Lines, said

_LEAST = 1
# Who asks a USB port for more than one byte waits until they are all there.
_ANSWERS_KEPT = 8
_NOTICES_KEPT = 64
_LETTERS = 180


class Refused(Exception):
    """What is asked can not be done: a sentence with what was expected and what was found."""


class Talk:
    """`do(words)` does what is asked and gives the words of the answer, or raises Refused."""

    def __init__(self, hardware, heard) -> None:  # type: ignore[no-untyped-def]
        self.noticed = 0
        self._hardware = hardware
        self._heard = heard
        self._lines = Lines()
        self._answers: "list[tuple[int, bytes]]" = []
        self._doing: "set[int]" = set()
        self._notices: "list[tuple[int, bytes]]" = []

    async def run(self, do) -> None:  # type: ignore[no-untyped-def]
        """Take what the host asks, until there is no host any more."""
        reader = asyncio.StreamReader(sys.stdin.buffer)
        while True:
            data = await reader.read(_LEAST)
            if not data:
                return
            for mark, number, words in self._lines.feed(data):
                if mark == ASK:
                    self._heard()
                    self._take(number, words, do)

    def notice(self, words: "list[str]", at: "int | None" = None) -> None:
        """Tell what happened, at this moment or at that one."""
        self.noticed += 1
        line = said(NOTICE, self.noticed, [str(self._hardware.ticks() if at is None else at)] + words)
        self._notices = self._notices[1 - _NOTICES_KEPT :] + [(self.noticed, line)]
        self._write(line)

    def again(self, number: int) -> None:
        """Tell once more what was noticed. Raises Refused."""
        for one, line in self._notices:
            if one == number:
                self._write(line)
                return
        first = self._notices[0][0] if self._notices else 0
        raise Refused("notice: expected one from %d to %d, found %d" % (first, self.noticed, number))

    def _take(self, number: int, words: "list[str]", do) -> None:  # type: ignore[no-untyped-def]
        if words[:1] == ["hello"]:
            self._answers = []  # another host, who counts from one
        for one, line in self._answers:
            if one == number:
                self._write(line)
                return
        if number not in self._doing:
            self._doing.add(number)
            asyncio.create_task(self._do(number, words, do))

    async def _do(self, number: int, words: "list[str]", do) -> None:  # type: ignore[no-untyped-def]
        try:
            told = [OK] + await do(words)
        except Refused as err:
            told = [ERR, plain(str(err))]
        except Exception as err:  # a part of us that fails is an answer too
            told = [ERR, plain("%s: %s" % (type(err).__name__, err))]
        line = said(ANSWER, number, told)
        self._answers = self._answers[1 - _ANSWERS_KEPT :] + [(number, line)]
        self._doing.discard(number)
        self._write(line)

    def _write(self, line: bytes) -> None:
        sys.stdout.buffer.write(line)


def plain(text: str) -> str:
    """Letters that a line can carry, and no more of them than that."""
    return "".join([letter if " " <= letter <= "~" else "?" for letter in text[:_LETTERS]])
