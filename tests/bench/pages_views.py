"""How long the server takes for the pages of a large office with a year behind it, cold and warm."""

import http.client
import os
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from fleet.clock import now_ms
from fleet.store.database import Store
from tests.bench.figures import figure, percentile, progress
from tests.bench.large_office import OFFICES, VISITS, LargeOffice, count_days, fill
from tests.bench.pages_process import Served, served
from tests.postgresql import PostgreSQL

DAYS = int(os.environ.get("PAGES_DAYS", "250"))
# The working days of a year.
COLD = 5
# New processes for each page.
WARM = 200
PAGES = {
    "office": ("/offices/{office}", "supervisor"),
    "counter": ("/counters/{counter}", "clerk"),
    "counters": ("/counters", "clerk"),
    "lobby": ("/lobby/{office}", "display"),
    "visits": ("/offices/{office}/visits", "supervisor"),
    "counter_day": ("/offices/{office}/counters/{counter}", "supervisor"),
    "history_month": ("/offices/{office}/history?period=2026-10", "supervisor"),
    "history_year": ("/offices/{office}/history?period=2026", "supervisor"),
    "devices": ("/devices", "root"),
}
# By their names: the address, and who looks.


def run() -> None:
    """Both databases."""
    with tempfile.TemporaryDirectory() as folder:
        measure("sqlite", f"sqlite:///{Path(folder) / 'motcua.sqlite'}", Path(folder))
        server = PostgreSQL(durable=True).start()
        try:
            measure("postgresql", server.database(), Path(folder))
        finally:
            server.stop()


def measure(
    db: str, address: str, folder: Path, days: int = DAYS, visits: int = VISITS, province: int = OFFICES
) -> None:
    """Fill the office, and look at its pages."""
    store = Store(address)
    store.migrate()
    office = fill(store, days, visits, province)
    behind, seen = count_days(store, office.id)
    store.close()
    for page in PAGES:
        look(office, page, address, folder, {"db": db, "page": page, "days": behind, "visits": seen})


def look(office: LargeOffice, page: str, address: str, folder: Path, its: dict[str, Any]) -> None:
    """A page in new processes, then again and again in the last of them."""
    path = PAGES[page][0].format(office=office.id, counter=office.counters[0])
    token = office.sessions[PAGES[page][1]]
    cold, worked = [], []
    for n in range(1, COLD + 1):
        progress(f"pages: {page}, {its['db']}, process {n} of {COLD}")
        with served(address, folder, office.now_ms - now_ms()) as process:
            before_s = process.cpu_s()
            cold.append(asked(http.client.HTTPConnection("127.0.0.1", process.port), path, token)[0])
            worked.append(process.cpu_s() - before_s)
            if n == COLD:
                figure(
                    "page_server_ms", median(cold) * 1000, "ms", COLD, of="cold", cpu_ms=rounded(median(worked)), **its
                )
                warm(process, path, token, its)


def warm(process: Served, path: str, token: str, its: dict[str, Any]) -> None:
    """A page that was asked for before, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", process.port)
    before_s, took, size = process.cpu_s(), [], 0
    for _ in range(WARM):
        its_s, size = asked(connection, path, token)
        took.append(its_s * 1000)
    more = {"cpu_ms": rounded((process.cpu_s() - before_s) / WARM), "kb": round(size / 1024, 1)}
    for of, value in (("p50", median(took)), ("p99", percentile(took, 0.99))):
        figure("page_server_ms", value, "ms", WARM, of=of, **more, **its)


def rounded(seconds: float) -> float:
    """In milliseconds; the system counts a process's work in hundredths of a second."""
    return round(seconds * 1000, 1)


def asked(connection: http.client.HTTPConnection, path: str, token: str) -> tuple[float, int]:
    """The page over this connection."""
    began = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": f"motcua={token}"})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (path, answer.status)
    return time.perf_counter() - began, len(body)
