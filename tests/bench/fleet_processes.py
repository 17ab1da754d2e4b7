"""A fleet as a province has it: Mosquitto, and each worker in a process of its own, whose time and memory are read."""

import asyncio
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from fleet.flows.enrol import FLEET_USER, broker_passwords
from fleet.laptop.broker import die_with_parent, free_port
from fleet.laptop.mosquitto import Mosquitto
from fleet.settings import Settings
from fleet.store.database import Store

FLEET_PASSWORD = "fleet"
ENDS_WITHIN_S = 20


class FleetProcesses:
    """The broker and the processes of a store's fleet; `more`: settings beside those of the broker.

    `programs`: for a command of the fleet another module that is run instead of it.
    """

    def __init__(self, folder: Path, store: Store, more: Mapping[str, str] | None = None) -> None:
        self.store = store
        self.broker = Mosquitto(folder / "broker", free_port(), free_port())
        self.log = folder / "fleet.log"
        self.processes: dict[str, asyncio.subprocess.Process] = {}
        self.programs: dict[str, str] = {}
        told = {
            "MOTCUA_DATA": str(folder),
            "MOTCUA_BROKER_HOST": "127.0.0.1",
            "MOTCUA_BROKER_PORT": str(self.broker.fleet_port),
            "MOTCUA_BROKER_USER": FLEET_USER,
            "MOTCUA_BROKER_PASSWORD": FLEET_PASSWORD,
            **(more or {}),
        }
        self.environment = {**os.environ, **told}
        found = {name.removeprefix("MOTCUA_").lower(): value for name, value in told.items()}
        self.settings = Settings.model_validate(found)

    async def start(self, names: Iterable[str]) -> None:
        """The broker lets everybody in who is enrolled by now; then these processes begin."""
        await self.broker.start(broker_passwords(self.store, FLEET_PASSWORD))
        for name in names:
            await self.start_one(name)

    async def start_one(self, name: str) -> None:
        """A worker of the fleet, as an operator starts it; `receive-2` is a second one of its kind."""
        command = name.partition("-")[0]
        with self.log.open("ab") as log:
            self.processes[name] = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self.programs.get(command, "fleet"), command),
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )

    async def stop(self) -> None:
        """Everything ends."""
        for process in self.processes.values():
            if process.returncode is None:
                process.terminate()
        for process in self.processes.values():
            try:
                await asyncio.wait_for(process.wait(), ENDS_WITHIN_S)
            except TimeoutError:
                process.kill()
                await process.wait()
        await self.broker.stop()

    def cpu_s(self) -> dict[str, float]:
        """Seconds of processor time that each took so far."""
        running = {**self.processes, "broker": self.broker.process}
        return {name: cpu_s(one.pid) for name, one in running.items() if one is not None and one.returncode is None}

    def rss_mb(self, name: str) -> float:
        """Megabytes that a process holds."""
        text = Path(f"/proc/{self.processes[name].pid}/status").read_text()
        return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def cpu_s(pid: int) -> float:
    """Seconds of processor time that a process took so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
