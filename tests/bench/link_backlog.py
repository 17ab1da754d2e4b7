"""Linking what lies behind: a day that nobody linked, of several offices, by one linker and by two.

The same rows are then put there by nothing but inserts, an office a transaction: that is what linking is compared with.
Processors' seconds are those of the linkers alone; what PostgreSQL takes is not in them.
"""

import multiprocessing
import os
import tempfile
import time
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median

from sqlalchemy import Connection

from fleet.flows.link import link_marked
from fleet.flows.presence import welcome
from fleet.flows.set_up_office import CounterPlan, DevicePlan, OfficePlan, set_up_office
from fleet.store import windows
from fleet.store.database import Store
from fleet.store.rows import run, sql
from fleet.store.straight import execute_many
from tests.bench.figures import figure, progress
from tests.bench.people import DAY_MS, EVENTS_OF_A_VISIT, People
from tests.fleet.office import DAY, NINE, PLAN, hello, with_tables
from tests.postgresql import PostgreSQL

EVENTS = int(os.environ.get("LINK_EVENTS", "100000"))
OFFICES = 20
ROUNDS = 3
AT_ONCE = 8
TABLES = (
    "placements",
    "checkpoints",
    "tickets",
    "visits",
    "visit_dossiers",
    "ratings",
    "unlinked",
    "counter_days",
    "wait_hours",
    "wait_sums",
)
Rows = dict[str, tuple[list[str], list[tuple[object, ...]]]]


@dataclass(frozen=True)
class Took:
    """What some linkers took: seconds of the clock, and of their processors."""

    clock_s: float
    cpu_s: float


def measure() -> None:
    """Both databases, one and two linkers, and the bare inserts in turn."""
    with tempfile.TemporaryDirectory() as folder:
        of_database("sqlite", with_tables(Path(folder)))
    server = PostgreSQL(durable=True).start()
    try:
        of_database("postgresql", server.database())
    finally:
        server.stop()


def of_database(db: str, url: str) -> None:
    """A day that nobody linked, linked again and again."""
    store = Store(url)
    store.migrate()
    fill(store)
    took: dict[int, list[Took]] = {1: [], 2: []}
    bare = []
    for number in range(ROUNDS):
        for linkers in (1, 2):
            progress(f"link: {EVENTS} events behind, {db}, {linkers} linkers, round {number + 1}/{ROUNDS}")
            forget(store)
            took[linkers].append(by_linkers(url, linkers))
        bare.append(bare_inserts(store, rows_of(store)))
    store.close()
    for linkers, rounds in took.items():
        fields = {"db": db, "way": "backlog", "offices": OFFICES, "linkers": linkers}
        clock_s, cpu_s = median(one.clock_s for one in rounds), median(one.cpu_s for one in rounds)
        figure("link_events_per_s", EVENTS / clock_s, "events/s", ROUNDS, **fields)
        figure("link_cpu_us", cpu_s / EVENTS * 1e6, "us/event", ROUNDS, **fields)
        figure("link_ratio_insert", median(bare) / clock_s, "ratio", ROUNDS, **fields)


def fill(store: Store) -> None:
    """The offices, and their events of a day."""
    for number in range(OFFICES):
        set_up_office(store, plan(number), NINE - 3_600_000)
        names = [f"{one.id}-{number}" for one in PLAN.devices[:2]] + [f"nut-1-{number}"]
        for device in names:
            welcome(store, device, hello(), NINE)
        people = EVENTS // OFFICES // EVENTS_OF_A_VISIT
        People(store, DAY_MS // (people * EVENTS_OF_A_VISIT), names).come(people)


def plan(number: int) -> OfficePlan:
    """One of the offices."""
    counter = f"quay-1-{number}"
    devices = (("tp-1", ("printer",), None), ("q-1", ("keypad", "reader"), counter), ("nut-1", ("rating",), counter))
    return replace(
        PLAN,
        office=replace(PLAN.office, id=f"office-{number}"),
        counters=[CounterPlan(counter, "Quầy 1", ("ho-tich", "dat-dai"))],
        devices=[DevicePlan(f"{device}-{number}", roles, at) for device, roles, at in devices],
    )


def forget(store: Store) -> None:
    """What was linked, was not."""
    with store.writing() as connection:
        clear(connection)
        run(connection, sql("UPDATE windows SET waits = 0"))
        windows.mark(connection, [(f"office-{number}", DAY) for number in range(OFFICES)])


def clear(connection: Connection) -> None:
    """The tables that linking fills are empty."""
    for table in TABLES:
        run(connection, sql(f"DELETE FROM {table}"))  # noqa: S608 (our own names)


def by_linkers(url: str, linkers: int) -> Took:
    """What lies behind is linked by so many processes at once."""
    context = multiprocessing.get_context("spawn")
    begin, told = context.Barrier(linkers), context.SimpleQueue()
    processes = [context.Process(target=linker, args=(url, begin, told)) for _ in range(linkers)]
    for process in processes:
        process.start()
    results = [told.get() for _ in processes]
    for process in processes:
        process.join()
    clock_s = max(ended_s for _, ended_s, _, _ in results) - min(began_s for began_s, _, _, _ in results)
    assert sum(events for *_, events in results) == EVENTS
    return Took(clock_s, sum(cpu_s for _, _, cpu_s, _ in results))


def linker(url: str, begin: Barrier, told: "multiprocessing.SimpleQueue[tuple[float, float, float, int]]") -> None:
    """A process that links until nothing lies behind: when it began and ended, its processor's seconds, its events."""
    store = Store(url)
    with store.reading() as connection:
        windows.marked(connection, 0, NINE)
    begin.wait()
    began_s, cpu_s, events = time.monotonic(), time.process_time(), 0
    while linked := link_marked(store, NINE, AT_ONCE):
        events += sum(one.events for one in linked)
    told.put((began_s, time.monotonic(), time.process_time() - cpu_s, events))
    store.close()


def rows_of(store: Store) -> Rows:
    """All that linking wrote."""
    found: Rows = {}
    with store.reading() as connection:
        for table in TABLES:
            result = connection.execute(sql(f"SELECT * FROM {table}"))  # noqa: S608 (our own names)
            found[table] = list(result.keys()), [tuple(row) for row in result]
    return found


def bare_inserts(store: Store, rows: Rows) -> float:
    """Seconds to put these rows into the same tables, an office a transaction."""
    with store.writing() as connection:
        clear(connection)
    mark = "%s" if store.is_postgresql else "?"
    of_offices: list[list[tuple[str, list[tuple[object, ...]]]]] = [[] for _ in range(OFFICES)]
    for table, (names, some) in rows.items():
        text = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"  # noqa: S608
        for number, of_office in enumerate(of_offices):
            own = [row for row in some if row[names.index("office")] == f"office-{number}"]
            of_office += [(text, own)] if own else []
    began_s = time.perf_counter()
    for of_office in of_offices:
        with store.writing(alone=False) as connection:
            for text, own in of_office:
                execute_many(connection, text, own)
    return time.perf_counter() - began_s
