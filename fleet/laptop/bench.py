"""The workbench: every simulated board as something to press, read and unplug, and the news of all of them.

It presses pins and feeds lines as a hand would. It knows no fleet: what a press leads to is seen on the devices.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import TYPE_CHECKING, Any

from fleet.laptop import hands
from fleet.laptop.residents import levels_of
from fleet.laptop.scanner_codes import SampleCode, sample_codes
from fleet.laptop.segments import bars
from fleet.laptop.simulated_office import SimulatedOffice

if TYPE_CHECKING:
    from fleet.laptop.boards import Board
    from fleet.laptop.clerks import Clerk
    from fleet.laptop.display import Display
    from fleet.laptop.office import Counter

KEYS = {
    "printer": ("priority", "reprint", *(f"service_{number}" for number in range(1, 13))),
    "keypad": ("key_next", "key_recall", "key_no_show", "key_finish"),
    "rating": tuple(f"score_{number}" for number in range(1, 6)),
    "reader": (),
    "display": (),
}
LONGEST_CODE = 512
NEWS_KEPT = 500
# A page that is so far behind is let go; it comes back and asks for everything.
PICTURE_S = 0.04
# A picture on LEDs comes as a dozen frames; what comes together is seen together.

News = dict[str, Any]


class BenchRefusal(Exception):
    """The hand reached for something that is not there."""


class Bench:
    """The boards of one office, for a hand and for eyes."""

    def __init__(self, office: SimulatedOffice) -> None:
        self.office = office
        self.dark: set[str] = set()
        self._watchers: set[asyncio.Queue[News | None]] = set()

    async def run(self) -> None:
        """Follow every board, until cancelled."""
        try:
            async with asyncio.TaskGroup() as eyes:
                for board in self.office.boards.values():
                    eyes.create_task(self._follow_lamps(board))
                for display in self.office.displays.values():
                    eyes.create_task(self._follow_display(display))
                eyes.create_task(self._follow_screen())
                eyes.create_task(self._follow_paper())
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Tell every page that watches to go: a server that shall stop waits for them otherwise."""
        for watcher in self._watchers:
            watcher.put_nowait(None)
        self._watchers.clear()

    async def press(self, board_id: str, pin: str, held_ms: int = 80) -> None:
        """Press a key of a board. Whoever presses a counter's keys has taken the clerk's place."""
        board = self._board(board_id)
        if pin not in [key for role in board.roles for key in KEYS.get(role, ())]:
            raise BenchRefusal(f"{board_id} has no key {pin[:20]!r}")
        counter = self._counter_with_keypad(board_id)
        if counter is not None:
            self.take_over(counter.id)
        await self._do(hands.press(board, pin, held_ms))

    async def scan(self, board_id: str, code: str) -> None:
        """Hold a code before a board's reader."""
        board = self._board(board_id)
        if "reader" not in board.roles:
            raise BenchRefusal(f"{board_id} has no reader")
        raw = code.strip().encode()
        if not raw or len(raw) > LONGEST_CODE or b"\r" in raw:
            raise BenchRefusal(f"a code has 1 to {LONGEST_CODE} bytes, this one {len(raw)}")
        await self._do(self.office.scanners[board_id].scan(raw))

    async def power(self, board_id: str, on: bool) -> None:
        """Pull a board's plug, or put it in again."""
        board = self._board(board_id)
        if on != (board_id in self.dark):
            return
        if on:
            await self._do(hands.plug_in_again(board))
            self.dark.discard(board_id)
        else:
            self.dark.add(board_id)
            await self._do(hands.unplug(board))
            if board is self.office.screen.board:
                self.office.screen.lose_power()
            if board_id in self.office.scanners:
                self.office.scanners[board_id].lose_power()
            if display := self.office.display_of(board_id):
                await display.write(b"\r")
        self._tell({"what": "power", "board": board_id, "on": on})

    async def paper(self, board_id: str, state: str) -> None:
        """Say how much paper the printer of a board has."""
        if self._board(board_id) is not self.office.printer.board:
            raise BenchRefusal(f"{board_id} has no printer")
        try:
            await self.office.printer.set_paper(state)
        except ValueError as err:
            raise BenchRefusal(str(err)) from err
        self._tell({"what": "paper", "board": board_id, "state": state})

    def take_over(self, counter_id: str) -> None:
        """The person at the page sits down at this counter."""
        clerk = self._clerk(counter_id)
        if clerk.on_duty.is_set():
            clerk.step_aside()
            self._tell({"what": "clerk", "counter": counter_id, "on_duty": False})

    def give_back(self, counter_id: str) -> None:
        """The simulated clerk goes on."""
        self._clerk(counter_id).step_back()
        self._tell({"what": "clerk", "counter": counter_id, "on_duty": True})

    def ticket(self) -> str:
        """The code on the ticket that was printed last; empty if there is none."""
        codes = [code for one in self.office.printer.slips for code in one.slip.codes]
        return codes[-1].decode("utf-8", "replace") if codes else ""

    def codes(self) -> tuple[SampleCode, ...]:
        """What lies beside the readers: the last ticket too, with an empty code while there is none."""
        return sample_codes(self.office.residents.dossiers, self.ticket())

    def everything(self) -> News:
        """All that can be seen now."""
        printer = self.office.printer
        return {
            "what": "everything",
            "lamps": {name: self._lamps(board) for name, board in self.office.boards.items()},
            "power": {name: name not in self.dark for name in self.office.boards},
            "displays": {one.board.device: shown(one) for one in self.office.displays.values()},
            "screens": {self.office.screen.board.device: self.office.screen.view()},
            "scales": {name: levels_of(board.keys) for name, board in self.office.boards.items() if rates(board)},
            "clerks": {name: clerk.on_duty.is_set() for name, clerk in self.office.clerks.items()},
            "paper": printer.paper,
            "slips": [one.number for one in printer.slips],
        }

    async def watch(self) -> AsyncIterator[News]:
        """Everything, and then each change."""
        news: asyncio.Queue[News | None] = asyncio.Queue(NEWS_KEPT)
        self._watchers.add(news)
        try:
            yield self.everything()
            while (one := await news.get()) is not None:
                yield one
        finally:
            self._watchers.discard(news)

    def _tell(self, one: News) -> None:
        for watcher in list(self._watchers):
            if watcher.qsize() >= NEWS_KEPT - 1:
                self._watchers.discard(watcher)
                watcher.put_nowait(None)
            else:
                watcher.put_nowait(one)

    async def _follow_lamps(self, board: "Board") -> None:
        async for change in board.listen():
            if change.pin is not None:
                self._tell({"what": "lamp", "board": board.device, "pin": change.pin, "level": change.level})
            elif change.keys is not None and rates(board):
                self._tell({"what": "scale", "board": board.device, "levels": levels_of(change.keys)})

    async def _follow_display(self, display: "Display") -> None:
        lines = display.lines
        while True:
            if await display.changed_since(lines, within_s=3600):
                lines = display.lines
                self._tell({"what": "display", "board": display.board.device, **shown(display)})

    async def _follow_screen(self) -> None:
        screen = self.office.screen
        while True:
            await screen.changed.wait()
            await asyncio.sleep(PICTURE_S)
            screen.changed.clear()
            self._tell({"what": "screen", "board": screen.board.device, **screen.view()})

    async def _follow_paper(self) -> None:
        printer, seen = self.office.printer, self.office.printer.count
        while True:
            seen = (await printer.next_slip(seen)).number
            self._tell({"what": "slip", "board": printer.board.device, "number": seen})
            self._tell({"what": "codes", "ticket": self.ticket()})

    def _lamps(self, board: "Board") -> dict[str, int]:
        return {} if board.device in self.dark else dict(board.levels)

    def _board(self, board_id: str) -> "Board":
        board = self.office.boards.get(board_id)
        if board is None:
            raise BenchRefusal(f"there is no board {board_id[:40]!r}")
        return board

    def _clerk(self, counter_id: str) -> "Clerk":
        clerk = self.office.clerks.get(counter_id)
        if clerk is None:
            raise BenchRefusal(f"there is no counter {counter_id[:40]!r}")
        return clerk

    def _counter_with_keypad(self, board_id: str) -> "Counter | None":
        return next((one for one in self.office.office.counters if one.desk.id == board_id), None)

    async def _do(self, deed: Awaitable[None]) -> None:
        try:
            await deed
        except hands.NoAnswer as err:
            raise BenchRefusal(str(err)) from err


def rates(board: "Board") -> bool:
    """Whether it has rating buttons."""
    return "rating" in board.roles


def shown(display: "Display") -> News:
    """A display as text and as the bars that light."""
    return {"text": display.text, "bars": bars(display.text)}
