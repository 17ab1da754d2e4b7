"""Two processes that serve on one PostgreSQL, each with open pages: told by the server what others changed, or looking.

`python -m tests.bench pages_beside`: BESIDE_CROWD (60) pages at each process, BESIDE_UPDATES (40) events in each of
BESIDE_ROUNDS (3) rounds of both ways in turn. Looking is what it was before: at all versions, 20 times a second. The
figures are of processor time; what open pages cost in the time of an event when nothing happens is taken off it.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from fleet.clock import now_ms
from fleet.store.database import Store
from tests.bench.figures import figure, progress
from tests.bench.large_office import LargeOffice, fill
from tests.bench.pages_live import PATIENCE_S, Listener, comes, listeners
from tests.bench.pages_process import LOOKS, Served, served
from tests.bench.receiving.usage import family_ns, spent_us
from tests.postgresql import PostgreSQL

CROWD = int(os.environ.get("BESIDE_CROWD", "60"))
UPDATES = int(os.environ.get("BESIDE_UPDATES", "40"))
ROUNDS = int(os.environ.get("BESIDE_ROUNDS", "3"))
PROCESSES = 2
VISITS = 400
IDLE_S = 20.0
# Pages are open, and nothing happens but their beats.
PAUSE_S = 0.3
# Each event is looked at by itself.


@dataclass
class Spent:
    """Of one way, in each round: milliseconds a second of one process and of the database, and for an event of all."""

    serve_idle: list[float] = field(default_factory=list)
    database_idle: list[float] = field(default_factory=list)
    serve_event: list[float] = field(default_factory=list)
    database_event: list[float] = field(default_factory=list)


def run(days: int = 2, visits: int = VISITS) -> None:
    """Both ways in turn."""
    server = PostgreSQL(durable=True).start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            store = Store(server.database())
            store.migrate()
            office = fill(store, days, visits)
            spent = {"hears": Spent(), "looks": Spent()}
            for n in range(ROUNDS):
                for way in spent:
                    progress(f"pages: {PROCESSES} x {CROWD} pages, a process {way}, round {n + 1} of {ROUNDS}")
                    measure(server, office, Path(folder), way, spent[way])
            store.close()
    finally:
        server.stop()
    for way, its in spent.items():
        more = {"way": way, "processes": PROCESSES, "crowd": CROWD}
        figure("beside_idle_cpu_ms_per_s", median(its.serve_idle), "ms", ROUNDS, of="a process that serves", **more)
        figure("beside_idle_cpu_ms_per_s", median(its.database_idle), "ms", ROUNDS, of="the database", **more)
        figure("beside_event_cpu_ms", median(its.serve_event), "ms", UPDATES * ROUNDS, of="those that serve", **more)
        figure("beside_event_cpu_ms", median(its.database_event), "ms", UPDATES * ROUNDS, of="the database", **more)


def measure(server: PostgreSQL, office: LargeOffice, folder: Path, way: str, spent: Spent) -> None:
    """One round of one way, by new processes."""
    os.environ[LOOKS] = "1" if way == "looks" else ""
    ahead_ms = office.now_ms - now_ms()
    with ExitStack() as stack:
        processes = [stack.enter_context(served(office.store.url, folder, ahead_ms)) for _ in range(PROCESSES)]
        asyncio.run(watched(server, office, processes, ahead_ms, spent))


async def watched(
    server: PostgreSQL, office: LargeOffice, processes: list[Served], ahead_ms: int, spent: Spent
) -> None:
    """Open the pages; let nothing happen, and then something."""
    crowds = [listeners(office, "all sorts", CROWD) for _ in processes]
    everybody = [one for crowd in crowds for one in crowd]
    with ExitStack() as stack:
        for process, crowd in zip(processes, crowds, strict=True):
            for one in crowd:
                await asyncio.get_running_loop().create_connection(lambda one=one: one, "127.0.0.1", process.port)
                stack.callback(one.close)
        await all_told(everybody)
        await asyncio.sleep(1.0)
        idle = await cost(server, processes, asyncio.sleep(IDLE_S))
        busy = await cost(server, processes, events(office, everybody, ahead_ms))
        idle_serve, idle_database = idle.serve_ms / idle.took_s, idle.database_ms / idle.took_s
        spent.serve_idle.append(idle_serve / len(processes))
        spent.database_idle.append(idle_database)
        spent.serve_event.append((busy.serve_ms - idle_serve * busy.took_s) / UPDATES)
        spent.database_event.append((busy.database_ms - idle_database * busy.took_s) / UPDATES)


@dataclass(frozen=True)
class Cost:
    """Processor time of the processes that serve, and of the database, in so many seconds."""

    serve_ms: float
    database_ms: float
    took_s: float


async def cost(server: PostgreSQL, processes: list[Served], work: Awaitable[None]) -> Cost:
    """While this was done."""
    assert server.process is not None
    before, worked_s, began_s = family_ns(server.process.pid), worked(processes), time.monotonic()
    await work
    took_s = time.monotonic() - began_s
    after = family_ns(server.process.pid)
    return Cost((worked(processes) - worked_s) * 1000, spent_us(before, after) / 1000, took_s)


def worked(processes: list[Served]) -> float:
    """Seconds of processor time that they have had."""
    return sum(one.worked_s() for one in processes)


async def events(office: LargeOffice, everybody: list[Listener], ahead_ms: int) -> None:
    """People come, and each page is told of each of them."""
    for _ in range(UPDATES):
        for one in everybody:
            one.forget()
        await asyncio.to_thread(comes, office, ahead_ms)
        await all_told(everybody)
        await asyncio.sleep(PAUSE_S)


async def all_told(everybody: list[Listener]) -> None:
    """Wait until each page has heard."""
    async with asyncio.timeout(PATIENCE_S * 5):
        for one in everybody:
            await one.until_told()
