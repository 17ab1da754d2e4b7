"""The fleet of a province as processes that are started anew one by one, each when the one before it is ready.

`previous`: the sources of the release before, from which all of them come first.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fleet.authority import issue, make_authority
from fleet.authority_folder import AuthorityFolder
from fleet.domain.certificate_names import names_of
from fleet.laptop.broker import free_port
from fleet.machine.files import Machine, made
from tests.fleet.test_machine import NGINX
from tests.on_path import found_program

HERE = "127.0.0.1"
ROOT = Path(__file__).parents[2]
READY_WITHIN_S = 120


class OneByOne:
    """Processes by their names; the number behind `serve@` is its port. Those of a round are no two of a kind."""

    def __init__(self, folder: Path, settings: dict[str, str], previous: Path | None = None) -> None:
        self.folder, self.settings, self.source = folder, settings, previous or ROOT
        self.processes: dict[str, asyncio.subprocess.Process] = {}
        self.pages = [free_port(), free_port()]
        self.rounds = [[f"receive@{number}", f"serve@{port}"] for number, port in enumerate(self.pages)] + [["send"]]

    async def start(self, name: str) -> None:
        """Start one as its unit does, and wait until it has said that it is ready."""
        program, _, number = name.partition("@")
        with self.ear(name) as ear:
            own = {"NOTIFY_SOCKET": str(self.folder / name), "PYTHONPATH": str(self.source)}
            own |= {"MOTCUA_LISTEN_PORT": number} if program == "serve" else {}
            with (self.folder / f"{name}.log").open("ab") as log:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "fleet", program),
                    env={**os.environ, **self.settings, **own},
                    cwd=self.source,
                    stdout=log,
                    stderr=log,
                )
            self.processes[name] = process
            said = asyncio.get_running_loop().sock_recv(ear, 100)
            assert await asyncio.wait_for(said, READY_WITHIN_S) == b"READY=1", self.said(name)

    @contextmanager
    def ear(self, name: str) -> Iterator[socket.socket]:
        """Where systemd would listen."""
        (self.folder / name).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            ear.bind(str(self.folder / name))
            ear.setblocking(False)
            yield ear

    async def restart(self, name: str) -> None:
        """Tell it to stop, as systemd does; then start what is installed now."""
        await self.stop(name)
        await self.start(name)

    async def stop(self, name: str) -> None:
        """It ends what it has in hand, by itself."""
        process = self.processes.pop(name)
        assert process.returncode is None, f"{name} ended by itself: {self.said(name)}"
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), READY_WITHIN_S) in (0, -signal.SIGTERM), self.said(name)

    def said(self, name: str) -> str:
        """The last words of a process."""
        return (self.folder / f"{name}.log").read_text()[-2000:]

    def kill(self) -> None:
        """Whoever still runs at the end."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                process.kill()


@contextmanager
def behind_nginx(folder: Path, pages: list[int]) -> Iterator[tuple[int, Path]]:
    """nginx before these servers of pages, as `motcua machine files` says it; its port, and who vouches for it."""
    authority = make_authority("Một cửa", names_of([f"{HERE}/32"]), datetime.now(UTC) + timedelta(days=30))
    ca = AuthorityFolder(folder / "ca")
    ca.keep(authority, "mười hai con giáp", None)
    certificate, key = ca.keep_issued("server", issue(authority, [HERE], datetime.now(UTC), 20, for_devices=False))
    machine = Machine(HERE, pages_certificate=certificate, pages_key=key, http_port=free_port(), https_port=free_port())
    values = {name: getattr(machine, name) for name in Machine.__dataclass_fields__} | {"pages_ports": pages}
    site = folder / "etc/nginx/sites-available/motcua"
    site.parent.mkdir(parents=True)
    site.write_text(made("nginx.conf", **values))
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=user))
    nginx = subprocess.Popen((found_program("nginx"), "-c", str(folder / "nginx.conf")))
    try:
        yield machine.https_port, ca.certificate_file
    finally:
        nginx.terminate()
        nginx.wait(READY_WITHIN_S)
