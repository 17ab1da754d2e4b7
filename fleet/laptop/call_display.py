"""What hangs on a simulated call display: LEDs that can be read, and a module that speaks clips."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fleet.laptop.boards import Board

FRAME_BYTES = 10
VOLUME, PLAY, STATE = 0x06, 0x0F, 0x42
OVER, ERROR = 0x3D, 0x40
BUSY, NO_CLIP = 1, 6
ROWS = 8


class VoiceModule:
    """A module of the DFPlayer class. It has the clips of `folders`, or all of them; `spoken` is what it said.

    `silent`: it has no power. `busy`: so many orders it is not ready for. `twice`: it says twice that a clip is over.
    """

    def __init__(self, board: "Board", clip_s: float = 0.15, twice: bool = False) -> None:
        self.board = board
        self.clip_s = clip_s
        self.twice = twice
        self.silent = False
        self.busy = 0
        self.missing: set[tuple[int, int]] = set()
        self.volume: int | None = None
        self.spoken: list[tuple[int, int]] = []
        self._heard = b""

    async def run(self) -> None:
        """Take orders, until cancelled."""
        async for change in self.board.listen():
            if change.uart == "voice" and change.data and not self.silent:
                self._heard += change.data
                while len(self._heard) >= FRAME_BYTES:
                    order, self._heard = self._heard[:FRAME_BYTES], self._heard[FRAME_BYTES:]
                    await self._take(order)

    async def _take(self, order: bytes) -> None:
        if order != frame(order[3], order[5] << 8 | order[6], order[4]):
            await self._say(ERROR, 4)
        elif order[3] == STATE:
            await self._say(STATE, 0x0200)
        elif order[3] == VOLUME:
            self.volume = order[6]
        elif order[3] == PLAY and self.busy:
            self.busy -= 1
            await self._say(ERROR, BUSY)
        elif order[3] == PLAY and (order[5], order[6]) in self.missing:
            await self._say(ERROR, NO_CLIP)
        elif order[3] == PLAY:
            self.spoken.append((order[5], order[6]))
            await asyncio.sleep(self.clip_s)
            for _ in range(1 + self.twice):
                await self._say(OVER, len(self.spoken))

    async def _say(self, command: int, value: int) -> None:
        await self.board.feed("voice", frame(command, value))


class Leds:
    """A chain of MAX7219 on the line `matrix`: the dots that light, or the digits."""

    def __init__(self, board: "Board") -> None:
        self.board = board
        self.registers: dict[int, bytes] = {}
        self.changed = asyncio.Event()

    async def run(self) -> None:
        """Take frames, until cancelled."""
        async for change in self.board.listen():
            if change.uart == "matrix" and change.data:
                self.registers[change.data[0]] = change.data[1::2]
                self.changed.set()

    def dots(self) -> list[str]:
        """The rows of the matrix, a letter for each dot."""
        rows = [self.registers.get(row + 1, b"") for row in range(ROWS)]
        return ["".join(f"{byte:08b}" for byte in row).replace("0", ".").replace("1", "#") for row in rows]

    def bars(self) -> list[int]:
        """The bars of the eight digits, the left one first."""
        return [self.registers.get(digit, b"\0")[0] for digit in range(8, 0, -1)]


def frame(command: int, value: int, feedback: int = 0) -> bytes:
    """The bytes of an order or an answer."""
    body = bytes([0xFF, 0x06, command, feedback, value >> 8, value & 255])
    return b"\x7e" + body + (-sum(body) & 0xFFFF).to_bytes(2, "big") + b"\xef"
