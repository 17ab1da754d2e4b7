"""A simulated actor at a pseudo-terminal, its wires joined to a simulated device: a rig without a soldering iron."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from fleet.laptop import flash_image
from fleet.laptop.boards import Board, BoardError, Boards
from fleet.laptop.serial_board import SerialBoard
from fleet.provisioning.cable import Cable
from fleet.provisioning.ports import Port
from hil_tests.actor.pins import RELAYS
from hil_tests.drivers.actor_package import files
from hil_tests.drivers.wires import Wires

HW = "e6614103e7306fac"


class SimulatedActor:
    """The actor's own code on the VM. Its methods run in the event loop of the boards; `relay` as in a rig's file."""

    def __init__(self, boards: Boards, name: str = "actor", relay: str = "nc high") -> None:
        self._powered_at = RELAYS[relay]
        self.board = SerialBoard(boards, name, HW)
        self.wires: Wires | None = None
        self._carrying: asyncio.Task[None] | None = None

    async def join(self, device: Board, lines: Mapping[str, str]) -> None:
        """Give it power, and lay its wires to this device."""
        flash_image.save(flash_image.open_flash(None), self.board.image, b"")
        flash_image.write_files(self.board.image, files("simulated"))
        await self.lay(device, lines)
        await self.board.plug_in_again()

    async def lay(self, device: Board, lines: Mapping[str, str]) -> None:
        """Lay the wires, in place of those that lie there."""
        if self._carrying is not None:
            self._carrying.cancel()
        self.wires = Wires(self.board, device, lines, self._powered_at)
        self._carrying = asyncio.create_task(self.wires.run())

    async def draw(self) -> None:
        """Let its meter read what flows now."""
        if self.wires is not None:
            await self.wires.draw()

    def cable(self) -> Cable:
        """The host's cable to it, wherever its port is by then."""
        return Cable(Port(self.board.port, self.board.device), find=lambda _: self._port())

    def _port(self) -> str | None:
        with suppress(BoardError):
            return self.board.port
        return None

    async def close(self) -> None:
        """Take it apart."""
        if self._carrying is not None:
            self._carrying.cancel()
            with suppress(asyncio.CancelledError):
                await self._carrying
        await self.board.unplug()
