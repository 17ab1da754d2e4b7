"""The people of the real layer: they press, scan and take tickets without end, and remember what they saw."""

import asyncio
import random
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from fleet.laptop.boards import Board, BoardError

HELD_MS = 60
PACE_S = 0.35
# Round the five scores it comes back to a lamp that is dark again.
SEEN_WITHIN_S = 3.0
READY_WITHIN_S = 300.0
# A board that failed three times in a row comes back with its roles after minutes.
LABEL = re.compile(rb"\x1d!\x44([A-Z]+\d+)\n")
ASKED = re.compile(rb"(?:\x10\x04[\x01-\x04]|\x1dr[\x01\x02])+\Z")
# Questions are three bytes; several may come in one piece, and one in two.
ANSWERS = {b"\x10\x04": b"\x12", b"\x1dr": b"\x00"}
QUESTION_BYTES, QUESTIONS_AT_MOST = 3, 4
BETWEEN_TICKETS_S = 1.0


@dataclass
class Witness:
    """What was done and seen at one board. Scans and tickets can be told apart; ratings are counted by score."""

    board: Board
    pressed: Counter[int] = field(default_factory=Counter)
    lit: Counter[int] = field(default_factory=Counter)
    scans: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    scanned: str | None = None
    printed: bytes = b""

    @property
    def seen(self) -> int:
        """How much was seen."""
        return self.lit.total() + len(self.scans) + len(self.labels)

    async def watch(self) -> None:
        """See what the board does; answer as its printer."""
        async for change in self.board.listen():
            if change.pin is not None and change.level:
                if change.pin.startswith("lamp_") and change.pin[5:].isdigit():
                    self.lit[int(change.pin[5:])] += 1
                elif change.pin == "lamp_ok" and self.scanned is not None:
                    self.scans.append(self.scanned)
                    self.scanned = None
                    self.asked.set()
            elif change.uart == "printer" and change.data is not None:
                self.labels += [label.decode() for label in LABEL.findall(change.data)]
                answer = self.answer(change.data)
                if answer:
                    with suppress(BoardError, OSError):
                        await self.board.feed("printer", answer)

    def answer(self, data: bytes) -> bytes:
        """What a printer says to this; nothing, unless it ends with questions."""
        self.printed = (self.printed + data)[-QUESTION_BYTES * QUESTIONS_AT_MOST :]
        found = ASKED.search(self.printed)
        if found is None:
            return b""
        asked, self.printed = found[0], b""
        return b"".join(ANSWERS[asked[at : at + 2]] for at in range(0, len(asked), QUESTION_BYTES))

    async def act(self, rng: random.Random) -> None:
        """Do what is to be done at this board, again and again. A board without power is waited for."""
        number = 0
        while True:
            number += 1
            try:
                await self.board.ready(READY_WITHIN_S)
                await self._act(number, rng)
            except (BoardError, OSError):
                await asyncio.sleep(PACE_S)

    def power_went(self) -> None:
        """Whatever was begun is over."""
        self.scanned, self.printed = None, b""
        self.asked.set()

    async def _act(self, number: int, rng: random.Random) -> None:
        if "rating" in self.board.roles:
            score = number % 5 + 1
            self.pressed[score] += 1
            await self.board.press(f"score_{score}", HELD_MS)
            await asyncio.sleep(PACE_S)
        elif "reader" in self.board.roles:
            self.asked.clear()
            self.scanned = f"H15.50.05.13-261008-{number:04d}"
            await self.board.feed("scanner", self.scanned.encode() + b"\r")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.asked.wait(), SEEN_WITHIN_S)
            self.scanned = None
            await asyncio.sleep(2 * PACE_S)
        else:
            await self.board.press(f"service_{rng.randint(1, 2)}", HELD_MS)
            await asyncio.sleep(BETWEEN_TICKETS_S)
