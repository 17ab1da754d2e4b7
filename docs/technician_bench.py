"""The technician's bench as pictures: its screen, and simulated boards on its serial ports."""

import io
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.async_api import Browser
from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI

from docs.shots import SHARPNESS, keep
from fleet.commands.bench_screen import Screen
from fleet.laptop.boards import BoardError, Boards
from fleet.laptop.serial_board import SerialBoard
from fleet.provisioning.batch import Line
from fleet.provisioning.cable import Cable
from fleet.provisioning.ports import Port

COLUMNS = 118


class Terminal:
    """What the bench's screen shows, as pictures. The newest line of each port decides when one is worth taking."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.screen = Screen(Console(file=io.StringIO(), force_terminal=False), "vi")
        self.steps: dict[str, str] = {}
        self.shares: dict[str, float | None] = {}

    def show(self, line: Line) -> None:
        """A line of the batch is another."""
        self.screen.show(line)
        self.steps[line.port], self.shares[line.port] = line.step, line.share

    async def take(self, name: str, drawn: Any, typed: str) -> None:
        """What stands on the terminal now, below the command that was typed."""
        paper = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
        paper.print(f"[bold green]$[/] {typed}", highlight=False)
        paper.print(drawn)
        page = await self.browser.new_page(device_scale_factor=SHARPNESS)
        await page.set_content(paper.export_svg(title="motcua bench", theme=DIMMED_MONOKAI))
        keep(f"steps/{name}", await page.locator("svg").screenshot())
        await page.close()


class Cables:
    """The boards before the technician; `plugged` are those whose port the computer lists."""

    def __init__(self, folder: Path, port: int) -> None:
        self.boards = Boards(folder, "127.0.0.1", port)
        self.plugged: dict[str, SerialBoard] = {}

    async def start(self) -> None:
        """Before any board is plugged in."""
        self.boards.directory.mkdir()
        await self.boards.start()

    async def stop(self) -> None:
        """All cables come out."""
        for name in list(self.plugged):
            await self.pull(name)
        await self.boards.stop()

    async def plug_in(self, name: str, board: SerialBoard) -> None:
        """Its cable goes in."""
        await board.plug_in_again()
        self.plugged[name] = board

    async def pull(self, name: str) -> SerialBoard:
        """Its cable comes out."""
        board = self.plugged.pop(name)
        await board.unplug()
        return board

    def ports(self) -> list[Port]:
        """What the computer lists."""
        found = []
        for name, board in list(self.plugged.items()):
            with suppress(BoardError, OSError):
                found.append(Port(board.port, name))
        return found

    def cable(self, port: Port) -> Cable:
        """The cable to a board, wherever its port is."""
        return Cable(port, find=lambda its: next((one.path for one in self.ports() if one.key == its.key), None))
