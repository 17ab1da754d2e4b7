"""A house for the real layer: Mosquitto, the fleet's processes, boards on the VM, and a path between that may fail."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from fleet.flows.enrol import FLEET_USER, broker_passwords
from fleet.laptop.boards import Boards
from fleet.laptop.broker import free_port
from fleet.laptop.mosquitto import Mosquitto
from tests.fleet.office import open_office

FLEET_PASSWORD = "fleet"
PROCESSES = ("receive", "link", "send")
DEVICES = {"tp-1": ("printer",), "q-1": ("keypad", "reader"), "nut-1": ("rating",)}
READ_BYTES = 4096
ENDS_WITHIN_S = 30


class Way:
    """The devices' way to the broker: bytes pass, stand still unseen by either end, or are turned away."""

    def __init__(self, to: int) -> None:
        self.port = free_port()
        self.opens = asyncio.Event()
        self.opens.set()
        self.refuses = False
        self._to = to
        self._pairs: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Let devices in."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Let nobody in any more."""
        if self._server is not None:
            self._server.close()
        self.cut()

    def cut(self) -> None:
        """Every connection is lost."""
        for writer in list(self._pairs):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuses:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._pairs |= {writer, back}
        ways = [asyncio.create_task(self._carry(reader, back)), asyncio.create_task(self._carry(there, writer))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        self._pairs -= {writer, back}
        writer.transport.abort()
        back.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(READ_BYTES):
                await self.opens.wait()
                writer.write(data)
                await writer.drain()


class House:
    """All of it. Each process can be killed by itself and comes again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store, self.passwords = open_office(folder, now_ms=0)
        self.broker = Mosquitto(folder / "broker", free_port(), free_port())
        self.way = Way(self.broker.devices_port)
        self.boards = Boards(folder / "boards", "127.0.0.1", self.way.port)
        self.log = folder / "fleet.log"
        self.processes: dict[str, asyncio.subprocess.Process] = {}

    async def start(self) -> None:
        """Everything begins; the boards are ready."""
        await self.broker.start(broker_passwords(self.store, FLEET_PASSWORD))
        await self.way.start()
        for name in PROCESSES:
            await self.start_process(name)
        await self.boards.start()
        for device, roles in DEVICES.items():
            board = await self.boards.plug_in(device, self.passwords[device], roles)
            await board.ready()

    async def stop(self) -> None:
        """Everything ends."""
        await self.boards.stop()
        for name in list(self.processes):
            await self.kill_process(name)
        await self.way.stop()
        await self.broker.stop()
        self.store.close()

    async def start_process(self, name: str) -> None:
        """A worker of the fleet, as an operator starts it."""
        environment = {
            **os.environ,
            "MOTCUA_DATA": str(self.folder),
            "MOTCUA_BROKER_HOST": "127.0.0.1",
            "MOTCUA_BROKER_PORT": str(self.broker.fleet_port),
            "MOTCUA_BROKER_USER": FLEET_USER,
            "MOTCUA_BROKER_PASSWORD": FLEET_PASSWORD,
        }
        with self.log.open("ab") as log:
            self.processes[name] = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "fleet", name), env=environment, stdout=log, stderr=log
            )

    async def kill_process(self, name: str) -> None:
        """SIGKILL."""
        process = self.processes.pop(name, None)
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    def signal_broker(self, what: signal.Signals) -> None:
        """Kill, stop or wake the broker. One that was killed is started again by itself."""
        process = self.broker.process
        if process is not None and process.returncode is None:
            process.send_signal(what)


@asynccontextmanager
async def a_house(folder: Path) -> AsyncIterator[House]:
    """A house for as long as it is needed."""
    house = House(folder)
    try:
        await house.start()
        yield house
    finally:
        house.signal_broker(signal.SIGCONT)
        await house.stop()
