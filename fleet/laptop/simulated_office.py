"""The simulated office in motion: what hangs on the boards, and the people before and behind the counters."""

import asyncio
from typing import TYPE_CHECKING

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
        """Live, until cancelled."""
        async with asyncio.TaskGroup() as life:
            life.create_task(self.printer.run())
            life.create_task(self.screen.run())
            for display in self.displays.values():
                life.create_task(display.run())
            for scanner in self.scanners.values():
                life.create_task(scanner.run())
            if self.people:
                life.create_task(self.residents.run())
                for clerk in self.clerks.values():
                    life.create_task(clerk.run())
