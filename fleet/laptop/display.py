"""The small display of a keypad, as somebody at the counter reads it."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fleet.laptop.boards import Board

LONGEST_LINE = 64
NOBODY_WAITS = "----"
CUT_OFF = "--"
SIGN_IN_FIRST = "THE"


class Display:
    """What a board's `display` line last wrote; `lines` counts how often."""

    def __init__(self, board: "Board") -> None:
        self.board = board
        self.text = ""
        self.lines = 0
        self._part = ""
        self._written = asyncio.Condition()

    async def run(self) -> None:
        """Follow the display, until cancelled."""
        async for change in self.board.listen():
            if change.uart == "display" and change.data:
                await self.write(change.data)

    async def write(self, data: bytes) -> None:
        """Bytes on the line; a CR ends what is shown."""
        *ended, self._part = (self._part + data.decode("ascii", "replace")).split("\r")
        self._part = self._part[:LONGEST_LINE]
        async with self._written:
            for line in ended:
                self.text = line.strip()[:LONGEST_LINE]
                self.lines += 1
            self._written.notify_all()

    async def changed_since(self, lines: int, within_s: float) -> bool:
        """Whether the display wrote something after its `lines`-th line within this time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s), self._written:
                await self._written.wait_for(lambda: self.lines > lines)
        return self.lines > lines

    async def blank(self, within_s: float) -> None:
        """Wait until nothing is shown, at most this long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s), self._written:
                await self._written.wait_for(lambda: not self.text)
