"""A private Mosquitto: started with its own settings in the data folder, watched, and stopped.

Two doors: at the devices' one the client id *is* the user name, so no device can push another off; at the fleet's one
it is not, so that several workers can use one name. The settings follow what was measured: the default queue of 1,000
messages drops what was acknowledged, and without no-delay small packets wait 40 ms.
"""

import asyncio
import ctypes
import os
import shutil
import signal
import socket
import sys
from pathlib import Path

from fleet.flows.enrol import ACCESS_RULES

READY_WITHIN_S = 20.0
STOP_WITHIN_S = 5.0
LOOK_EVERY_S = 0.02
PR_SET_PDEATHSIG = 1

SETTINGS = """# Made anew by motcua at each start.
{user}listener {devices_port} 127.0.0.1
use_username_as_clientid true
listener {fleet_port} 127.0.0.1
allow_anonymous false
password_file {directory}/passwords
acl_file {directory}/access

persistence true
persistence_location {directory}/
autosave_interval 30
max_queued_messages 100000
max_queued_bytes 67108864
max_inflight_messages 0
message_size_limit 2097152
set_tcp_nodelay true
log_type error
log_type warning
log_type notice
"""
# A payload of up to 2 MiB reaches the fleet, which counts it and keeps its beginning; above it Mosquitto cuts it off.


class BrokerFailed(RuntimeError):
    """The private broker did not come up; the text has its last words."""


def find_mosquitto() -> str | None:
    """Where Mosquitto is installed, if it is."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class PrivateBroker:
    """Mosquitto as a child process. `devices_port` is for devices, `fleet_port` for the fleet's workers."""

    def __init__(self, directory: Path, devices_port: int, fleet_port: int, mosquitto: str) -> None:
        self.directory = directory.resolve()
        self.devices_port = devices_port
        self.fleet_port = fleet_port
        self.mosquitto = mosquitto
        self.process: asyncio.subprocess.Process | None = None
        self.watching: asyncio.Task[None] | None = None
        self.passwords = ""

    async def start(self, passwords: str) -> None:
        """Start it and wait until both doors are open. Raises BrokerFailed."""
        self.write(passwords)
        await self.launch()
        self.watching = asyncio.create_task(self.watch())

    def write(self, passwords: str) -> None:
        """Its settings, readable by us alone."""
        self.directory.mkdir(parents=True, exist_ok=True)
        # Mosquitto started by root would become a user that may not read our folder.
        user = "user root\n" if os.geteuid() == 0 else ""
        settings = SETTINGS.format(
            user=user, directory=self.directory, devices_port=self.devices_port, fleet_port=self.fleet_port
        )
        for name, text in (("mosquitto.conf", settings), ("passwords", passwords), ("access", ACCESS_RULES)):
            path = self.directory / name
            path.touch(mode=0o600)
            path.write_text(text)
        self.passwords = passwords

    async def launch(self) -> None:
        """Start the process and wait until it listens."""
        with (self.directory / "mosquitto.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                self.mosquitto,
                "-c",
                str(self.directory / "mosquitto.conf"),
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                while not (listens(self.devices_port) and listens(self.fleet_port)):
                    if self.process.returncode is not None:
                        raise BrokerFailed(f"Mosquitto ended at once. It said:\n{self.last_words()}")
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            raise BrokerFailed(
                f"Mosquitto does not listen after {READY_WITHIN_S:.0f} s.\n{self.last_words()}"
            ) from None

    async def watch(self) -> None:
        """A broker that ends by itself is started again; devices keep their events until it is back."""
        while True:
            assert self.process is not None  # noqa: S101 (launched before the watch begins)
            await self.process.wait()
            await self.launch()

    def refresh(self, passwords: str) -> None:
        """Let it read a new list of passwords, if it is new."""
        if passwords != self.passwords and self.process is not None and self.process.returncode is None:
            self.write(passwords)
            self.process.send_signal(signal.SIGHUP)

    async def stop(self) -> None:
        """End it; it saves what it keeps."""
        if self.watching is not None:
            self.watching.cancel()
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
        log = self.directory / "mosquitto.log"
        return log.read_text(errors="replace")[-1000:] if log.exists() else ""


def listens(port: int) -> bool:
    """Whether something accepts connections at this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def die_with_parent() -> None:
    """In the child: end when the parent does, even when it was killed (Linux only; elsewhere nothing happens)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
