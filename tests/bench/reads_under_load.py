"""Pages and lists while others write: the receiver and the linker work at 0, 50 and 90 % of what they can, and people
read meanwhile at a pace.

What they can is found first: a flood is sent and received, and linked to its end. Then its events come at a part of
that rate: visits at counters of other offices, and numbers taken at the office that is looked at, whose pages change.
`read_p99_ms` is from when a read was due to the last byte of its answer; `statuses` must be 200 alone, and of what was
written nothing may be missing. UNDER_LOAD_VISITS are in the flood (4,000), UNDER_LOAD_SECONDS is how long each load
lasts (20), UNDER_LOAD_HZ how often each page is read (5), UNDER_LOAD_DAYS how many days lie behind (25).
"""

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from fleet.clock import now_ms
from fleet.domain.api_rights import Scope
from fleet.flows import tokens
from fleet.flows.crowd_compared import is_linked
from fleet.flows.enrol import FLEET_USER
from fleet.store.database import Store
from fleet.store.rows import one, sql
from fleet.wiring import API
from tests.bench.crowded_offices import CrowdedOffices
from tests.bench.figures import figure, percentile, progress
from tests.bench.fleet_processes import FLEET_PASSWORD, FleetProcesses
from tests.bench.large_office import DAY, LargeOffice, fill
from tests.bench.paced_reads import Paced, Reader, read_together
from tests.bench.pages_process import Served, served
from tests.bench.receiving.house import wait_for
from tests.bench.receiving.load import flood, probe
from tests.postgresql import PostgreSQL

VISITS = int(os.environ.get("UNDER_LOAD_VISITS", "4000"))
SECONDS = float(os.environ.get("UNDER_LOAD_SECONDS", "20"))
RATE_HZ = float(os.environ.get("UNDER_LOAD_HZ", "5"))
DAYS = int(os.environ.get("UNDER_LOAD_DAYS", "25"))
PERCENT = (0, 50, 90)
FRESH = 3
FIRST = date.fromisoformat(DAY) - timedelta(days=29)
PAGES = {
    "office": ("/offices/{office}", "supervisor"),
    "lobby": ("/lobby/{office}", "display"),
    "30 days": (f"{API}/offices/{{office}}/waits?from={FIRST}&to={DAY}&by=day", "supervisor"),
    "visits": (f"{API}/offices/{{office}}/visits?day={DAY}&limit=100", "supervisor"),
}
# By their names: the address, and who looks.
STORED = sql("SELECT COUNT(*) AS n FROM events")


def run() -> None:
    """Both databases."""
    with tempfile.TemporaryDirectory() as folder:
        measure("sqlite", f"sqlite:///{Path(folder) / 'motcua.sqlite'}", Path(folder))
    server = PostgreSQL(durable=True).start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            measure("postgresql", server.database(), Path(folder))
    finally:
        server.stop()


def measure(db: str, address: str, folder: Path, percent: tuple[int, ...] = PERCENT) -> None:
    """An office and those that are crowded beside it, the fleet's processes, and each load in turn."""
    store = Store(address)
    store.migrate()
    office = fill(store, DAYS)
    crowded = CrowdedOffices(store, office)
    with working(folder, store) as door, served(address, folder, office.now_ms - now_ms()) as process:
        progress(f"reads: how much {db} takes")
        most_hz = flooded(store, crowded, door, VISITS)
        figure("written_most_per_s", most_hz, "events/s", 1, db=db)
        for load in percent:
            progress(f"reads: {load} % of {most_hz:.0f} events a second, {db}")
            under(load, most_hz, office, crowded, door, process, {"db": db, "load_percent": load})
    store.close()


@contextmanager
def working(folder: Path, store: Store) -> Iterator[tuple[int, str, str]]:
    """A broker, a receiver and a linker, as an operator starts them; where messages are published."""
    fleet = FleetProcesses(folder, store, {"MOTCUA_DATABASE": store.url})
    door = (fleet.broker.fleet_port, FLEET_USER, FLEET_PASSWORD)
    with asyncio.Runner() as runner:
        try:
            runner.run(fleet.start(("receive", "link")))
            wait_for(lambda: probe(door), "a receiver that has subscribed", 120)
            yield door
        finally:
            runner.run(fleet.stop())


def flooded(store: Store, crowded: CrowdedOffices, door: tuple[int, str, str], visits: int) -> float:
    """Events a second that are received and linked when all come at once."""
    packets, before = crowded.packets(visits), stored(store)
    began_s = time.monotonic()
    flood(door, packets, 0.0)
    wait_for(settled(store, before + crowded.made), "a flood that is linked")
    return crowded.made / (time.monotonic() - began_s)


def under(
    load: int,
    most_hz: float,
    office: LargeOffice,
    crowded: CrowdedOffices,
    door: tuple[int, str, str],
    process: Served,
    its: dict[str, Any],
) -> None:
    """What is read at this load, once the load is there; then all that was written is there, too."""
    events_hz = most_hz * load / 100
    packets, before = crowded.packets(crowded.visits_of(events_hz * SECONDS)), stored(office.store)
    began_s = time.monotonic()
    writer = multiprocessing.get_context("spawn").Process(
        target=flood, args=(door, packets, events_hz * len(packets) / max(1, crowded.made)), daemon=True
    )
    if packets:
        writer.start()
        wait_for(lambda: stored(office.store) > before, "the first event of a load")
    paced = readers(office, process)
    worked_s = process.worked_s()
    read_together(paced, int(SECONDS * RATE_HZ), RATE_HZ)
    worked_s = process.worked_s() - worked_s
    if packets:
        writer.join()
    wait_for(settled(office.store, before + crowded.made), "all that was written, linked")
    its |= {"written_hz": round(crowded.made / (time.monotonic() - began_s))}
    for page, seen in paced.items():
        told = {"page": page, "statuses": dict(seen.statuses), "p50_ms": round(median(seen.took_ms), 1)}
        figure("read_p99_ms", percentile(seen.took_ms, 0.99), "ms", len(seen.took_ms), **told, **its)
    failed = sum(seen.statuses.total() - seen.statuses[200] for seen in paced.values())
    figure("read_failed", failed, "reads", sum(len(seen.took_ms) for seen in paced.values()), **its)
    figure("read_cpu_ms", worked_s / sum(len(one.took_ms) for one in paced.values()) * 1000, "ms", len(paced), **its)


def readers(office: LargeOffice, process: Served) -> dict[str, Paced]:
    """Who reads what; each has read it before."""
    secret = tokens.issue(office.store, "load", frozenset({Scope.READ}), None, 30, office.now_ms).secret
    found = {}
    for page, (path, who) in PAGES.items():
        headers = {"Cookie": f"motcua={office.sessions[who]}", "Authorization": f"Bearer {secret}"}
        found[page] = Paced(Reader(process, headers), path.format(office=office.id))
        for _ in range(FRESH):
            found[page].reader.looked_s(found[page].path)
    return found


def settled(store: Store, events: int) -> Callable[[], bool]:
    """Whether so many events are stored and all of them linked."""
    return lambda: stored(store) >= events and is_linked(store)


def stored(store: Store) -> int:
    """How many events there are."""
    with store.reading() as connection:
        return int(one(connection, STORED).n)
