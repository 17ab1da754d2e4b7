"""300 open pages of a large office, fed by one process: from the commit of an event until each of them has it.

`PAGES_CROWD` says how many pages, `PAGES_UPDATES` how many events. All pages at one office is the worst there is: each
event is news to each page. Where other servers are installed (`pip install uvloop httptools granian hypercorn`), the
same application is measured on them in turn.
"""

import asyncio
import os
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from fleet.clock import now_ms
from fleet.store.database import Store
from tests.bench.figures import figure, percentile, progress
from tests.bench.large_office import LargeOffice, fill
from tests.bench.pages_process import SHIPPED, Served, installed, served

CROWD = int(os.environ.get("PAGES_CROWD", "300"))
UPDATES = int(os.environ.get("PAGES_UPDATES", "100"))
COUNTERS_AMONG, LOBBIES_AMONG = 0.2, 0.2
# Of a mixed crowd; each page of a counter is another counter's.
PAUSE_S = (0.2, 0.8)
# Events come when they come.
PATIENCE_S = 60
FIRST_S = 6.0
# Until each page has had its first beat, and another.
SECTION, BEAT = b"event: section", b"event: beat"


def run(days: int = 5) -> None:
    """Each server with pages of the office alone, and ours with all sorts of pages."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{Path(folder) / 'motcua.sqlite'}"
        store = Store(address)
        store.migrate()
        office = fill(store, days, province=0)
        for by in installed():
            measure(office, address, Path(folder), by, "office", CROWD, UPDATES)
        measure(office, address, Path(folder), SHIPPED, "all sorts", CROWD, UPDATES)
        store.close()


def measure(
    office: LargeOffice, address: str, folder: Path, by: str, pages: str, crowd: int = CROWD, updates: int = UPDATES
) -> None:
    """One server with its crowd."""
    progress(f"pages: {crowd} pages ({pages}) on {by}")
    ahead_ms = office.now_ms - now_ms()
    with served(address, folder, ahead_ms, by) as process:
        its = {"server": by, "pages": pages, "crowd": crowd}
        asyncio.run(watched(office, process, listeners(office, pages, crowd), ahead_ms, updates, its))


def listeners(office: LargeOffice, pages: str, crowd: int) -> list["Listener"]:
    """The open pages."""
    kinds = ["office"] * crowd
    if pages != "office":
        counters, lobbies = round(crowd * COUNTERS_AMONG), round(crowd * LOBBIES_AMONG)
        kinds = ["counter"] * counters + ["lobby"] * lobbies + ["office"] * (crowd - counters - lobbies)
    paths = {"office": f"/live/offices/{office.id}", "lobby": f"/live/lobby/{office.id}"}
    who = {"office": "supervisor", "lobby": "display", "counter": "clerk"}
    found = []
    for n, kind in enumerate(kinds):
        path = paths.get(kind, f"/live/counters/{office.counters[n % len(office.counters)]}")
        found.append(Listener(kind, path, office.sessions[who[kind]]))
    return found


async def watched(
    office: LargeOffice, process: Served, crowd: list["Listener"], ahead_ms: int, updates: int, its: dict[str, Any]
) -> None:
    """Open the pages, let people come, and see when each page knows."""
    loop, dice = asyncio.get_running_loop(), Random(1)
    empty = process.memory_bytes()
    with ExitStack() as stack:
        for one in crowd:
            await loop.create_connection(lambda one=one: one, "127.0.0.1", process.port)
            stack.callback(one.close)
        async with asyncio.timeout(PATIENCE_S):
            for one in crowd:
                await one.until_told()
        await asyncio.sleep(FIRST_S)
        memory = (process.memory_bytes() - empty) / len(crowd) / 1024
        worked_s, took, last, sent = process.cpu_s(), [], [], sum(one.bytes for one in crowd)
        by_kind: dict[str, list[float]] = defaultdict(list)
        began_s = time.perf_counter()
        for n in range(updates):
            progress(f"pages: {its['crowd']} pages on {its['server']}, event {n + 1} of {updates}")
            for one in crowd:
                one.forget()
            committed_s = await asyncio.to_thread(comes, office, ahead_ms)
            async with asyncio.timeout(PATIENCE_S):
                for one in crowd:
                    await one.until_told()
            late = [max(one.told_s - committed_s, 0.0) * 1000 for one in crowd]
            took += late
            last.append(max(late))
            for one, ms in zip(crowd, late, strict=True):
                by_kind[one.kind].append(ms)
            await asyncio.sleep(dice.uniform(*PAUSE_S))
        passed_s = time.perf_counter() - began_s
        more = {
            "p50_ms": round(median(took), 1),
            "last_p99_ms": round(percentile(last, 0.99), 1),
            "kinds_p50_ms": {kind: round(median(some), 1) for kind, some in by_kind.items()},
            "cpu_ms_an_event": round((process.cpu_s() - worked_s) / updates * 1000, 1),
            "cpu_percent": round((process.cpu_s() - worked_s) / passed_s * 100, 1),
            "kb_a_page": round(memory, 1),
            "sent_kb_an_event": round((sum(one.bytes for one in crowd) - sent) / updates / len(crowd) / 1024, 2),
        }
        figure("live_p99_ms", percentile(took, 0.99), "ms", len(took), **more, **its)


def comes(office: LargeOffice, ahead_ms: int) -> float:
    """Somebody takes a number; when that was committed."""
    office.takes_a_number(now_ms() + ahead_ms)
    return time.perf_counter()


class Listener(asyncio.Protocol):
    """An open page: when it was told, and how many bytes came."""

    def __init__(self, kind: str, path: str, token: str) -> None:
        self.kind, self.path, self.token = kind, path, token
        self.told = asyncio.Event()
        self.told_s = 0.0
        self.bytes = 0
        self.tail = b""
        self.has_section = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        head = (f"GET {self.path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: motcua={self.token}", "", "")
        transport.write("\r\n".join(head).encode())

    def data_received(self, data: bytes) -> None:
        """A page was told when a section came, and the beat after it."""
        self.bytes += len(data)
        seen, self.tail = self.tail + data, data[-len(SECTION) :]
        if SECTION in seen:
            self.has_section = True
        if self.has_section and BEAT in seen and not self.told.is_set():
            self.told_s = time.perf_counter()
            self.told.set()

    def forget(self) -> None:
        """What comes from now on is news."""
        self.told.clear()
        self.has_section, self.tail = False, b""

    async def until_told(self) -> None:
        """Wait for a section. A page that was closed is told nothing."""
        assert not self.transport.is_closing(), self.tail
        await self.told.wait()

    def close(self) -> None:
        """Close the page."""
        self.transport.abort()
