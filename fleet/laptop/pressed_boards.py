"""Boards of a crowd: rating buttons with the shipping firmware that somebody presses, and who sees the lamps light."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from fleet.laptop.boards import Board, BoardError, Boards

ROLES = ("rating",)
SCORES = 5
BETWEEN_S = (2.0, 6.0)
# A lamp thanks for a second and a half, and then is dark again.
SEEN_S = 3.0
READY_WITHIN_S = 300.0


class PressedBoards:
    """All of them. `pressed` and `lit` count by board and score: a lamp that lights says that its press is kept."""

    def __init__(self, folder: Path, broker: tuple[str, int], protocol: str, seed: int) -> None:
        self.boards = Boards(folder, *broker, 5 if protocol == "5" else 4)
        self.chance = random.Random(seed)  # noqa: S311 (it decides who presses when)
        self.pressed: dict[str, Counter[int]] = {}
        self.lit: dict[str, Counter[int]] = {}
        self.people: list[asyncio.Task[None]] = []
        self.watching: list[asyncio.Task[None]] = []

    async def start(self, passwords: Mapping[str, str]) -> None:
        """They get power one after the other, and are pressed from then on. Raises BoardError."""
        await self.boards.start()
        for device, password in passwords.items():
            board = await self.boards.plug_in(device, password, ROLES)
            self.pressed[device], self.lit[device] = Counter(), Counter()
            self.watching.append(asyncio.create_task(self.watch(board)))
            self.people.append(asyncio.create_task(self.press(board)))

    async def watch(self, board: Board) -> None:
        """See which lamps light."""
        async for change in board.listen():
            if change.pin is not None and change.level and change.pin.removeprefix("lamp_").isdigit():
                self.lit[board.device][int(change.pin.removeprefix("lamp_"))] += 1

    async def press(self, board: Board) -> None:
        """One score after the other, so that its lamp is dark when it is its turn."""
        score = 0
        while True:
            with suppress(BoardError, OSError):
                await board.ready(READY_WITHIN_S)
                score = score % SCORES + 1
                self.pressed[board.device][score] += 1
                await board.press(f"score_{score}")
            await asyncio.sleep(self.chance.uniform(*BETWEEN_S))

    async def go_home(self) -> None:
        """Nobody presses any more; what was pressed last is seen."""
        for task in self.people:
            task.cancel()
        await asyncio.gather(*self.people, return_exceptions=True)
        await asyncio.sleep(SEEN_S)

    async def stop(self) -> None:
        """Their power goes."""
        for task in (*self.people, *self.watching):
            task.cancel()
        await asyncio.gather(*self.people, *self.watching, return_exceptions=True)
        await self.boards.stop()
