"""Lists of the API, beside the rows of the same statements as a JSON list of lists from the same server.

Both are asked in turn, in blocks: `list_ratio` is how long the rows take ÷ how long the list takes, the median of the
blocks; `cpu_ratio` the same of the server's processor time. `LISTS_ROWS` says how many there are of each (2,000),
`LISTS_BLOCKS` how many blocks (7), `LISTS_ASKED` how many requests of each are in one (20).
"""

import http.client
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median

from fleet.clock import now_ms
from fleet.store.database import Store
from fleet.wiring import API
from tests.bench.figures import figure, progress
from tests.bench.lists_made import DAY, OFFICE, fill
from tests.bench.pages_process import PATIENCE_S, Served, served
from tests.postgresql import PostgreSQL

ROWS = int(os.environ.get("LISTS_ROWS", "2000"))
BLOCKS = int(os.environ.get("LISTS_BLOCKS", "7"))
ASKED = int(os.environ.get("LISTS_ASKED", "20"))
PAGES = (50, 1000)
LISTS = {
    "tickets": f"/offices/{OFFICE}/tickets?day={DAY}&",
    "visits": f"/offices/{OFFICE}/visits?day={DAY}&",
    "offices": "/offices?",
    "devices": "/devices?",
    "dossiers": "/dossiers?",
    "audit": "/audit?",
}


def run() -> None:
    """Both databases."""
    with tempfile.TemporaryDirectory() as folder:
        measure("sqlite", f"sqlite:///{Path(folder) / 'motcua.sqlite'}", Path(folder))
        server = PostgreSQL().start()
        try:
            measure("postgresql", server.database(), Path(folder))
        finally:
            server.stop()


def measure(db: str, address: str, folder: Path) -> None:
    """Each list at each size of a page."""
    store = Store(address)
    store.migrate()
    secret = fill(store, ROWS, now_ms())
    store.close()
    with served(address, folder, 0, module="tests.bench.lists_process") as process:
        program = Program(process, secret)
        for name in LISTS:
            for page in PAGES:
                progress(f"lists: {name} by {page} ({db})")
                compare(program, name, page, {"db": db, "list": name, "page": page})


class Program:
    """Asks by one connection, which stays open."""

    def __init__(self, process: Served, secret: str) -> None:
        self.process = process
        self.line = http.client.HTTPConnection("127.0.0.1", process.port, timeout=PATIENCE_S)
        self.headers = {"Authorization": f"Bearer {secret}"}

    def ask(self, path: str) -> bytes:
        """One request."""
        self.line.request("GET", API + path, headers=self.headers)
        answer = self.line.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status, body)
        return body

    def block(self, path: str) -> tuple[float, float]:
        """Seconds that a request takes, and of these the server's processor."""
        began_s, worked_s = time.perf_counter(), self.process.worked_s()
        for _ in range(ASKED):
            self.ask(path)
        return (time.perf_counter() - began_s) / ASKED, (self.process.worked_s() - worked_s) / ASKED


def compare(program: Program, name: str, page: int, its: dict[str, object]) -> None:
    """A list and its rows in turn."""
    ours, rows = f"{LISTS[name]}limit={page}", f"/raw/{name}?limit={page}"
    items, raw = json.loads(program.ask(ours))["items"], json.loads(program.ask(rows))
    found = min(page, max(map(len, raw)))
    assert len(items) == found, (name, len(items), found)
    pairs = [(program.block(rows), program.block(ours)) for _ in range(BLOCKS)]
    more = {
        "cpu_ratio": round(median(raw[1] / own[1] for raw, own in pairs), 3),
        "cpu_us": round(median(own[1] for _, own in pairs) * 1e6),
        "raw_cpu_us": round(median(raw[1] for raw, _ in pairs) * 1e6),
        "items": len(items),
    }
    figure("list_ratio", median(raw[0] / own[0] for raw, own in pairs), "ratio", BLOCKS * ASKED, **more, **its)
