"""Hands on a simulated board: its lines lead here, where keys are pressed, lamps are seen, and papers come out."""

import asyncio
from concurrent.futures import Future
from contextlib import suppress

from fleet.laptop import hands
from fleet.laptop.boards import PRESSED, Board
from fleet.laptop.printer import SimulatedPrinter
from fleet.laptop.scanner import SimulatedScanner
from hil_tests.lines_heard import LinesHeard
from tests.fleet.workers.house import Loop

RELEASED = 1


class SimulatedHands:
    """At one simulated board, in the event loop where its lines are."""

    def __init__(self, board: Board, loop: Loop) -> None:
        self.seen = LinesHeard(f"what is seen at {board.device}")
        self._board, self._loop = board, loop
        self._printer, self._scanner = SimulatedPrinter(board), SimulatedScanner(board)
        self._paper = bytearray()
        self._life: Future[None] = asyncio.run_coroutine_threadsafe(self._live(), loop.loop)

    def press(self, key: str, ms: int = 80) -> None:
        """Press a key and let it go."""
        self.seen.note(f"press {key} {ms} ms")
        self._loop.do(self._board.press(key, ms))

    def hold(self, key: str) -> None:
        """Press a key."""
        self.seen.note(f"hold {key}")
        self._loop.do(self._board.level(key, PRESSED))

    def release(self, key: str) -> None:
        """Let a key go."""
        self.seen.note(f"release {key}")
        self._loop.do(self._board.level(key, RELEASED))

    def scan(self, text: str) -> None:
        """Hold a code before the reader."""
        self.seen.note(f"scan {text}")
        self._loop.do(self._scanner.scan(text.encode()))

    def lamps(self) -> dict[str, bool]:
        """How they are; all dark without power."""
        return {pin: bool(level) for pin, level in self._board.levels.copy().items()}

    def paper(self) -> bytes:
        """All that the printer was sent since the last call."""
        taken, self._paper = bytes(self._paper), bytearray()
        return taken

    def power(self, on: bool) -> None:
        """Pull the plug, or put it in."""
        if not on:
            self._scanner.lose_power()
        with suppress(hands.NoAnswer):
            self._loop.do(hands.plug_in_again(self._board) if on else hands.unplug(self._board))

    def close(self) -> None:
        """Go home."""
        self._life.cancel()

    async def _live(self) -> None:
        async for change in self._board.listen():
            if change.pin is not None and change.level is not None:
                self.seen.say(f"{change.pin} {'on' if change.level else 'off'}")
            elif change.uart == "printer" and change.data:
                self._paper += change.data
                self.seen.say(f"paper {len(change.data)}")
                await self._printer.receive(change.data)
            elif change.uart == "scanner" and change.data:
                await self._scanner.receive(change.data)
            elif change.uart == "display" and change.data:
                self.seen.hear(b"display " + change.data)
            elif change.keys is not None:
                self.seen.say(f"keys {' '.join(sorted(change.keys))}")
