"""The simulated office in motion: what hangs on the boards, and the people before and behind the counters."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from fleet.laptop.call_screen import CallScreen
from fleet.laptop.clerks import Clerk
from fleet.laptop.display import Display
from fleet.laptop.office import Office
from fleet.laptop.pace import Pace
from fleet.laptop.printer import SimulatedPrinter
from fleet.laptop.residents import Lobby, Residents
from fleet.laptop.sample_dossiers import codes
from fleet.laptop.scanner import SimulatedScanner

if TYPE_CHECKING:
    from fleet.laptop.boards import Boards

Doing = Coroutine[Any, Any, None]


class SimulatedOffice:
    """One office on its boards. Without people only the printer prints, displays show and speak, and scanners obey."""

    def __init__(
        self,
        office: Office,
        boards: "Boards",
        dossiers: tuple[str, ...] = codes(),
        seed: int = 1,
        pace: float = 30.0,
        people: bool = True,
    ) -> None:
        self.office = office
        self.boards = boards.boards
        self.people = people
        self.printer = SimulatedPrinter(self.boards[office.printer.id])
        self.screen = CallScreen(self.boards[office.screen.id])
        self.displays = {one.id: Display(self.boards[one.desk.id]) for one in office.counters}
        self.scanners = {one.desk.id: SimulatedScanner(self.boards[one.desk.id]) for one in office.counters}
        self.lobby = Lobby()
        speed = Pace(pace)
        self.residents = Residents(office, self.printer, self.lobby, dossiers, speed, seed)
        self.clerks = {
            one.id: Clerk(
                *(one, self.displays[one.id], self.scanners[one.desk.id], self.boards[one.buttons.id]),
                *(self.lobby, speed, seed),
            )
            for one in office.counters
        }

    def display_of(self, board_id: str) -> Display | None:
        """The display on that board, if it has one."""
        return next((one for one in self.displays.values() if one.board.device == board_id), None)

    async def run(self) -> None:
        """Work and live, until cancelled."""
        await together([*self._parts(), *self._people()])

    async def work(self) -> None:
        """What hangs on the boards works, until cancelled; from their start on, for a part that is silent is none."""
        await together(self._parts())

    async def live(self) -> None:
        """People come and go, until cancelled."""
        await together(self._people())

    def _parts(self) -> list[Doing]:
        at_counters = [one.run() for one in self.displays.values()] + [one.run() for one in self.scanners.values()]
        return [self.printer.run(), self.screen.run(), *at_counters]

    def _people(self) -> list[Doing]:
        return [self.residents.run(), *(clerk.run() for clerk in self.clerks.values())] if self.people else []


async def together(doings: list[Doing]) -> None:
    """All of these at once; one that fails ends them all."""
    async with asyncio.TaskGroup() as group:
        for one in doings:
            group.create_task(one)
