"""The printer on a simulated board's `printer` line: it prints, says how its paper is, and keeps the slips."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fleet.laptop import hands
from fleet.laptop.paper import Paper
from fleet.laptop.printer_status import OUT, PAPER, StatusRequests, automatic_answer, real_time_answer
from fleet.laptop.slip import DOTS_80_MM, Slip

if TYPE_CHECKING:
    from fleet.laptop.boards import Board

SLIPS_KEPT = 20
BUFFER_BYTES = 4096
# What a cheap printer holds while it has no paper; more is lost, as there.


@dataclass(frozen=True)
class NumberedSlip:
    """A slip and the how-manieth it is of this printer."""

    number: int
    slip: Slip


class SimulatedPrinter:
    """A thermal printer of a board. `slips` are the last that came out, `paper` is "ok", "low" or "out"."""

    def __init__(self, board: "Board", dots: int = DOTS_80_MM) -> None:
        self.board = board
        self.slips: deque[NumberedSlip] = deque(maxlen=SLIPS_KEPT)
        self.count = 0
        self._head = Paper(dots, chinese=True)
        self._requests = StatusRequests()
        self._held = bytearray()
        self._came_out = asyncio.Condition()

    @property
    def paper(self) -> str:
        """How the roll is."""
        return self._head.paper

    async def run(self) -> None:
        """Print what the board sends, until cancelled."""
        async for change in self.board.listen():
            if change.uart == "printer" and change.data:
                await self.receive(change.data)

    async def receive(self, data: bytes) -> None:
        """Bytes on the line: answer at once what is asked in real time, print the rest while there is paper."""
        for n in self._requests.feed(data):
            await self._say(real_time_answer(n, self.paper))
        room = BUFFER_BYTES - len(self._held) if self.paper == OUT else len(data)
        self._held += data[:room]
        await self._print()

    async def set_paper(self, paper: str) -> None:
        """Put a roll in ("ok"), let it run low, or take it out; what waited is printed when there is paper again."""
        if paper not in PAPER:
            raise ValueError(f"paper: expected one of {', '.join(PAPER)}, found {paper[:20]!r}")
        self._head.paper = paper
        if self._head.automatic:
            await self._say(automatic_answer(paper))
        await self._print()

    async def next_slip(self, seen: int) -> NumberedSlip:
        """The first slip after the `seen`-th that is still kept; waits for it."""
        async with self._came_out:
            await self._came_out.wait_for(lambda: self.count > seen)
            return next(one for one in self.slips if one.number > seen)

    def slip(self, number: int) -> Slip | None:
        """The slip of that number, if it is still kept."""
        return next((one.slip for one in self.slips if one.number == number), None)

    async def _print(self) -> None:
        if self.paper == OUT:
            return
        data, self._held = bytes(self._held), bytearray()
        self._head.feed(data)
        fresh, self._head.roll.slips = self._head.roll.slips, []
        answers, self._head.answers = bytes(self._head.answers), bytearray()
        if fresh:
            async with self._came_out:
                for slip in fresh:
                    self.count += 1
                    self.slips.append(NumberedSlip(self.count, slip))
                self._came_out.notify_all()
        await self._say(answers)

    async def _say(self, answer: bytes) -> None:
        with suppress(hands.NoAnswer):  # the board lost its power: nobody listens
            if answer:
                await hands.feed(self.board, "printer", answer)
