"""The house of the soak: the broker, a database, and the fleet's processes under somebody who starts them again.

What died is started anew after two seconds, as systemd does with the units that `motcua machine` writes.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from fleet.laptop.broker import free_port
from fleet.store.database import Store
from tests.bench.fleet_processes import FleetProcesses
from tests.bench.real_house import Way
from tests.fleet.office import migrated, with_tables
from tests.postgresql import PostgreSQL, PostgresqlFailed

PROCESSES = ("receive-1", "receive-2", "link-1", "link-2", "send", "supply", "serve")
AGAIN_AFTER_S = 2.0
LAST_WORDS = 3_000


@dataclass
class Life:
    """One life of a process, from its start to its end."""

    name: str
    pid: int
    began_s: float
    rss_mb: list[tuple[float, float]] = field(default_factory=list)
    files: list[tuple[float, int]] = field(default_factory=list)


class SoakHouse:
    """All of it. `lives` are those of all processes; `died`: how each that nobody killed came to its end."""

    def __init__(self, folder: Path, database: str, processes: tuple[str, ...] = PROCESSES) -> None:
        self.folder = folder
        self.names = processes
        self.server = PostgreSQL(durable=True).start() if database == "postgresql" else None
        self.store = Store(with_tables(folder) if self.server is None else self.prepared(self.server))
        self.port = free_port()
        more = {"MOTCUA_LISTEN_PORT": str(self.port), "MOTCUA_API_REQUESTS": "100000"}
        self.fleet = FleetProcesses(folder, self.store, {**more, "MOTCUA_DATABASE": self.store.url})
        self.way = Way(self.fleet.broker.devices_port)
        self.lives: list[Life] = []
        self.died: list[str] = []
        self.killed: set[int] = set()
        self.supervisors: list[asyncio.Task[None]] = []
        self.is_away = False

    @staticmethod
    def prepared(server: PostgreSQL) -> str:
        """A database with all tables."""
        address = server.database()
        migrated(address)
        return address

    async def start(self) -> None:
        """Everything begins. Whoever shall connect is enrolled by now."""
        await self.fleet.start(())
        await self.way.start()
        self.supervisors = [asyncio.create_task(self.supervise(name)) for name in self.names]

    async def supervise(self, name: str) -> None:
        """Start a process, and again whenever it has ended."""
        while True:
            begins_without = self.is_away
            await self.fleet.start_one(name)
            process = self.fleet.processes[name]
            self.lives.append(Life(name, process.pid, time.monotonic()))
            code = await process.wait()
            if process.pid not in self.killed and not (self.is_away or begins_without):
                self.died.append(f"{name} ended by itself ({code}): {self.last_words()}")
            await asyncio.sleep(AGAIN_AFTER_S)

    def signal(self, name: str, what: signal.Signals) -> None:
        """Kill, stop or wake a process; one that is not there is left alone."""
        process = self.fleet.broker.process if name == "broker" else self.fleet.processes.get(name)
        if process is not None and process.returncode is None:
            if what == signal.SIGKILL:
                self.killed.add(process.pid)
            process.send_signal(what)

    async def restart_database(self, dark_s: float) -> None:
        """PostgreSQL ends at once, as by a power cut, and is back after this time."""
        if self.server is None or self.is_away:
            return
        self.is_away = True
        try:
            await asyncio.to_thread(self.server.halt)
            await asyncio.sleep(dark_s)
            while not await self.is_launched(self.server):
                pass  # a machine that does much else may not start it in its time
        finally:
            self.is_away = False

    @staticmethod
    async def is_launched(server: PostgreSQL) -> bool:
        """Start it; whether it takes connections."""
        with suppress(PostgresqlFailed):
            await asyncio.to_thread(server.launch)
            return True
        return False

    async def stop(self) -> None:
        """Everything ends."""
        for name in (*self.names, "broker"):
            self.signal(name, signal.SIGCONT)
        for task in self.supervisors:
            task.cancel()
        await asyncio.gather(*self.supervisors, return_exceptions=True)
        await self.way.stop()
        await self.fleet.stop()
        self.store.close()
        if self.server is not None:
            self.server.stop()

    def last_words(self) -> str:
        """The end of what the processes said."""
        return self.fleet.log.read_text(errors="replace")[-LAST_WORDS:]


@asynccontextmanager
async def a_soak_house(folder: Path, database: str, processes: tuple[str, ...] = PROCESSES) -> AsyncIterator[SoakHouse]:
    """A house that ends whatever happens; it is not started yet."""
    house = SoakHouse(folder, database, processes)
    try:
        yield house
    finally:
        await house.stop()
