"""Hands on a board: press a key, hold a code before a reader, pull a plug; one error when the board does not answer."""

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from fleet.laptop.boards import BoardError

if TYPE_CHECKING:
    from fleet.laptop.boards import Board

ANSWER_WITHIN_S = 5.0
START_WITHIN_S = 40.0


class NoAnswer(Exception):
    """The board has no power, is starting, or hangs."""

    def __init__(self, board: str) -> None:
        super().__init__(f"{board} does not answer: it has no power or is starting")
        self.board = board


async def press(board: "Board", pin: str, held_ms: int = 80) -> None:
    """Press a key and let it go."""
    await within(ANSWER_WITHIN_S + held_ms / 1000, board.device, board.press(pin, held_ms))


async def feed(board: "Board", uart: str, data: bytes) -> None:
    """Send bytes on a line, as the part that hangs there does."""
    await within(ANSWER_WITHIN_S, board.device, board.feed(uart, data))


async def unplug(board: "Board") -> None:
    """Pull the plug."""
    await within(ANSWER_WITHIN_S, board.device, board.unplug())


async def plug_in_again(board: "Board") -> None:
    """Put the plug in."""
    await within(START_WITHIN_S, board.device, board.plug_in_again())


async def within(seconds: float, board: str, deed: Awaitable[None]) -> None:
    """Do it in this time, or raise NoAnswer."""
    try:
        async with asyncio.timeout(seconds):
            await deed
    except (OSError, TimeoutError, BoardError) as err:
        raise NoAnswer(board) from err
