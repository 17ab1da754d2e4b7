"""`motcua serve` in a process of its own, at another time of day, on any of the servers that are compared.

`python -m tests.bench.pages_process` takes SERVED_DATABASE, SERVED_AHEAD_MS (how far its clock is ahead of this
machine's) and SERVED_BY from the environment, and serves at SERVED_PORT of 127.0.0.1 until it is ended.
"""

import gc
import http.client
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet import clock

AHEAD_MS = int(os.environ.get("SERVED_AHEAD_MS", "0"))
if AHEAD_MS:
    ours = clock.now_ms
    clock.now_ms = lambda: ours() + AHEAD_MS
    # Before anybody else takes the clock: it is ten o'clock of the day that was made.

from starlette.routing import Mount  # noqa: E402

from fleet.__main__ import SWEPT_EVERY  # noqa: E402
from fleet.flows.changes import Changes  # noqa: E402
from fleet.laptop.broker import free_port  # noqa: E402
from fleet.settings import Settings  # noqa: E402
from fleet.store.database import Store  # noqa: E402
from fleet.wiring import API, web  # noqa: E402
from fleet.workers.watcher import LOOK_EVERY_S, Watcher  # noqa: E402

SHIPPED = "motcua"
OTHERS = {"uvicorn-h11": "uvicorn", "uvicorn-uvloop": "uvloop", "granian": "granian", "hypercorn": "hypercorn"}
# Servers that are measured beside ours, each where its module is installed.
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PATIENCE_S = 600
LOOKS = "SERVED_LOOKS"
# Where this is set the process looks what others changed, on PostgreSQL too, as it did before the server told it.


class Looking(Watcher):
    """A watcher that hears nothing."""

    def heard(self) -> set[str]:
        """Wait for the next look."""
        self.stopping.wait(LOOK_EVERY_S)
        return set()


def application() -> tuple[Any, Changes]:
    """The pages and their changes, as `motcua serve` has them; but a program may ask as often as it likes."""
    gc.set_threshold(*SWEPT_EVERY)
    store, changes = Store(os.environ["SERVED_DATABASE"]), Changes()
    (Looking if os.environ.get(LOOKS) else Watcher)(store, changes.tell).start()
    made = web(store, Settings(data=Path(os.environ["SERVED_DATA"])), changes)
    api_of(made).state.door.pace.most = 1_000_000
    return made, changes


def api_of(made: Any) -> Any:
    """The application of the API, below that of the pages."""
    return next(one.app for one in made.router.routes if isinstance(one, Mount) and one.path == API)


def app() -> Any:
    """The application alone, for servers that make it themselves."""
    return application()[0]


def serve(by: str, port: int) -> None:
    """Serve until this process ends."""
    if by == SHIPPED:
        from fleet.pages.server import PagesServer, pages_config

        made, changes = application()
        PagesServer(pages_config(made, Settings(), host="127.0.0.1", port=port, log_level="warning"), changes).run()
    elif by.startswith("uvicorn"):
        import uvicorn

        loop, http = ("asyncio", "h11") if by == "uvicorn-h11" else ("uvloop", "httptools")
        uvicorn.run(app(), host="127.0.0.1", port=port, loop=loop, http=http, access_log=False, log_level="warning")
    elif by == "granian":
        os.execv(  # noqa: S606
            sys.executable,
            [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--host", "127.0.0.1", "--port",
             str(port), "--no-ws", "--log-level", "error", "tests.bench.pages_process:app"],
        )  # fmt: skip
    else:
        import asyncio

        from hypercorn.asyncio import serve as served
        from hypercorn.config import Config

        config = Config()
        config.bind = [f"127.0.0.1:{port}"]
        asyncio.run(served(app(), config))


def installed() -> list[str]:
    """Our server, and those others that can be measured here."""
    return [SHIPPED, *(name for name, module in OTHERS.items() if importlib.util.find_spec(module))]


@dataclass
class Served:
    """A process that serves pages."""

    process: "subprocess.Popen[bytes]"
    port: int

    def pids(self) -> list[int]:
        """The process and its children."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        return found

    def cpu_s(self) -> float:
        """How long it worked."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids()]
        return sum(int(one[11]) + int(one[12]) for one in fields) / TICKS_PER_S

    def worked_s(self) -> float:
        """The same of its threads that live, to the microsecond."""
        tasks = [task for pid in self.pids() for task in Path(f"/proc/{pid}/task").iterdir()]
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def memory_bytes(self) -> int:
        """What it has that is no other process's."""
        said = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in self.pids()]
        rows = [row.split() for one in said for row in one.splitlines()]
        return sum(int(row[1]) * 1024 for row in rows if row[0] in ("Private_Clean:", "Private_Dirty:"))


@contextmanager
def served(
    database: str, data: Path, ahead_ms: int, by: str = SHIPPED, module: str = "tests.bench.pages_process"
) -> Iterator[Served]:
    """The process, until the block is left. It answers, but nobody has asked for a page. `module`: what it runs."""
    port = free_port()
    told = {"DATABASE": database, "DATA": str(data), "AHEAD_MS": str(ahead_ms), "BY": by, "PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        env=os.environ | {f"SERVED_{name}": value for name, value in told.items()},
    )
    try:
        until_s = time.monotonic() + PATIENCE_S
        while not answers(port):
            assert process.poll() is None and time.monotonic() < until_s, f"{by} did not start"
            time.sleep(0.02)
        yield Served(process, port)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def answers(port: int) -> bool:
    """Whether somebody serves there."""
    try:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        asked.request("GET", "/healthz")
        return asked.getresponse().status == 200
    except OSError:
        return False


if __name__ == "__main__":
    serve(os.environ["SERVED_BY"], int(os.environ["SERVED_PORT"]))
