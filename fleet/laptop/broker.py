"""A broker of our own as a child process: started, watched, told of new passwords, and stopped with us."""

import asyncio
import contextlib
import ctypes
import logging
import os
import secrets
import signal
import socket
import sys
from abc import ABC, abstractmethod
from pathlib import Path

from fleet.private_files import private_folder, write_private

log = logging.getLogger(__name__)

READY_WITHIN_S = 60.0
STOP_WITHIN_S = 5.0
LOOK_EVERY_S = 0.02
AGAIN_AFTER_S = 0.5
PR_SET_PDEATHSIG = 1
FIRST_PORT, PORTS = 20_000, 12_000
# Linux takes the ports of connections from 32768 on: one of those may be gone before a server has bound it.
_GIVEN: set[int] = set()


class BrokerFailed(RuntimeError):
    """The private broker did not come up; the text has its last words."""


class PrivateBroker(ABC):
    """A broker in a process of its own. Devices connect to `devices_port`, the fleet's workers to `fleet_port`."""

    name: str
    protocol: str
    two_doors: bool

    def __init__(self, directory: Path, devices_port: int, fleet_port: int) -> None:
        self.directory = directory.resolve()
        self.devices_port = devices_port
        self.fleet_port = fleet_port
        self.process: asyncio.subprocess.Process | None = None
        self.watching: asyncio.Task[None] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments."""

    @abstractmethod
    def settings(self) -> dict[str, str]:
        """The files it reads beside its passwords, by name."""

    def lists(self, passwords: str) -> dict[str, str]:
        """The files that say who may connect, by name."""
        return {"passwords": passwords}

    async def start(self, passwords: str) -> None:
        """Start it and wait until both doors are open. Raises BrokerFailed."""
        self.write(passwords)
        await self.launch()
        self.watching = asyncio.create_task(self.watch())

    def write(self, passwords: str) -> None:
        """Its files, readable by us alone."""
        private_folder(self.directory)
        for name, text in {**self.settings(), **self.lists(passwords)}.items():
            write_private(self.directory / name, text)

    async def launch(self) -> None:
        """Start the process and wait until it listens; a process that does not come up is ended."""
        for port in (self.devices_port, self.fleet_port):
            # Otherwise a stranger who listens there would be taken for our broker, and be told the fleet's password.
            if listens(port):
                raise BrokerFailed(f"{self.name} cannot have port {port} of 127.0.0.1: another program listens there")
        with self.log.open("wb") as said:
            self.process = await asyncio.create_subprocess_exec(
                *self.command(),
                stdout=said,
                stderr=said,
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                while not (listens(self.devices_port) and listens(self.fleet_port)):
                    if self.process.returncode is not None:
                        raise BrokerFailed(f"{self.name} ended at once. It said:\n{self.last_words()}")
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            await self.end()
            raise BrokerFailed(
                f"{self.name} does not listen after {READY_WITHIN_S:.0f} s.\n{self.last_words()}"
            ) from None

    async def watch(self) -> None:
        """A broker that ends by itself is started again; devices keep their events until it is back."""
        while True:
            assert self.process is not None  # noqa: S101 (launched before the watch begins)
            code = await self.process.wait()
            log.error("%s ended by itself (%d) and is started again. It said:\n%s", self.name, code, self.last_words())
            back = False
            while not back:
                await asyncio.sleep(AGAIN_AFTER_S)
                try:
                    await self.launch()
                    back = True
                except BrokerFailed as failed:
                    log.error("%s", failed)

    def reload(self) -> None:
        """Let it read its files again, from whatever thread; one that is being started reads them anyway."""
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGHUP)

    async def stop(self) -> None:
        """End it; it saves what it keeps."""
        if self.watching is not None:
            self.watching.cancel()
        await self.end()

    async def end(self) -> None:
        """Ask the process to end, and wait for it; a deaf one is killed."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_WITHIN_S)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-1000:] if self.log.exists() else ""

    @property
    def log(self) -> Path:
        """What it said."""
        return self.directory / "broker.log"


def listens(port: int) -> bool:
    """Whether something accepts connections at this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now, that the system gives to no connection, and this process to none."""
    while True:
        port = FIRST_PORT + secrets.randbelow(PORTS)
        if port in _GIVEN and len(_GIVEN) < PORTS // 2:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            _GIVEN.add(port)
            return port


def die_with_parent() -> None:
    """In the child: end when the parent does, even when it was killed (Linux only; elsewhere nothing happens)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
