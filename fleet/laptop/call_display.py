"""What hangs on a simulated call display: LEDs that can be read, and a module that speaks clips."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from fleet.laptop import hands

if TYPE_CHECKING:
    from collections.abc import Callable

    from fleet.laptop.boards import Board

    Heard = Callable[[int, int], None]

FRAME_BYTES = 10
VOLUME, PLAY, STATE = 0x06, 0x0F, 0x42
OVER, ERROR = 0x3D, 0x40
BUSY, NO_CLIP = 1, 6
ROWS = 8
LIGHT = 0x0A
CLIPS_KEPT = 1000


class VoiceModule:
    """A module of the DFPlayer class. It has the clips of `folders`, or all of them; `spoken` is what it said.

    `silent`: it has no power. `busy`: so many orders it is not ready for. `twice`: it says twice that a clip is over.
    `heard` is told of each clip that begins, and `changed` is set whenever it does something else than before.
    """

    def __init__(self, board: "Board", clip_s: float = 0.15, twice: bool = False, heard: "Heard | None" = None) -> None:
        self.board = board
        self.clip_s = clip_s
        self.twice = twice
        self.heard = heard
        self.silent = False
        self.busy = 0
        self.missing: set[tuple[int, int]] = set()
        self.volume: int | None = None
        self.spoken: list[tuple[int, int]] = []
        self.playing: tuple[int, int] | None = None
        self.changed = asyncio.Event()
        self._heard = b""

    async def run(self) -> None:
        """Take orders, until cancelled."""
        async for change in self.board.listen():
            if change.uart == "voice" and change.data and not self.silent:
                self._heard += change.data
                while len(self._heard) >= FRAME_BYTES:
                    order, self._heard = self._heard[:FRAME_BYTES], self._heard[FRAME_BYTES:]
                    await self._take(order)

    def lose_power(self) -> None:
        """It knows no longer how loud it was told to be."""
        self.volume = self.playing = None
        self._heard = b""
        self.changed.set()

    async def _take(self, order: bytes) -> None:
        if order != frame(order[3], order[5] << 8 | order[6], order[4]):
            await self._say(ERROR, 4)
        elif order[3] == STATE:
            await self._say(STATE, 0x0200)
        elif order[3] == VOLUME:
            self.volume = order[6]
            self.changed.set()
        elif order[3] == PLAY and self.busy:
            self.busy -= 1
            await self._say(ERROR, BUSY)
        elif order[3] == PLAY and (order[5], order[6]) in self.missing:
            await self._say(ERROR, NO_CLIP)
        elif order[3] == PLAY:
            await self._play((order[5], order[6]))
            for _ in range(1 + self.twice):
                await self._say(OVER, len(self.spoken))

    async def _play(self, clip: tuple[int, int]) -> None:
        self.spoken.append(clip)
        del self.spoken[:-CLIPS_KEPT]
        if self.heard is not None:
            self.heard(*clip)
        self.playing = clip
        self.changed.set()
        await asyncio.sleep(self.clip_s)
        self.playing = None
        self.changed.set()

    async def _say(self, command: int, value: int) -> None:
        with suppress(hands.NoAnswer):  # the board lost its power: nobody listens
            await hands.feed(self.board, "voice", frame(command, value))


class Leds:
    """A chain of MAX7219 on the line `matrix`: the dots that light, or the digits."""

    def __init__(self, board: "Board") -> None:
        self.board = board
        self.registers: dict[int, bytes] = {}
        self.changed = asyncio.Event()

    @property
    def chips(self) -> int:
        """How many there are, one behind another; 0 while none was told anything."""
        return len(next(iter(self.registers.values()), b""))

    @property
    def light(self) -> int:
        """How bright they are, 0 to 15."""
        return max(self.registers.get(LIGHT, b"\0")) & 15

    def lose_power(self) -> None:
        """They go dark, and know nothing when they come back."""
        self.registers.clear()
        self.changed.set()

    async def run(self) -> None:
        """Take frames, until cancelled."""
        async for change in self.board.listen():
            if change.uart == "matrix" and change.data:
                self.take(change.data)

    def take(self, frame: bytes) -> None:
        """A register and a value for each chip."""
        self.registers[frame[0]] = frame[1::2]
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
