"""What an event costs as a fleet grows: by the events that are stored before it, and by the devices that are known.

Days of one office, 500 visits each, one after the other; at each power of ten ROUNDS (5) more of them are received and
linked with the clock running. GROWTH_EVENTS (1,000,000; ten million are eleven years) are received, GROWTH_LINKED
(100,000) of them linked: of the others the marks are taken away, as a linker would. GROWTH_DEVICES (10,000) at most are
known. What is counted is processor time, that of PostgreSQL's processes with ours.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from fleet.flows.link import link_window
from fleet.flows.receive import receive
from fleet.flows.received import Arrival
from fleet.store.database import Store
from fleet.store.rows import one, sql
from fleet.store.rows import run as carry_out
from tests.bench.figures import figure, middle, progress
from tests.bench.growth_made import (
    EVENTS_OF_A_VISIT,
    FIRST_MS,
    VISITS_OF_A_DAY,
    begin,
    date_of,
    day_of_office,
    know,
    morning_ms,
    told_by,
)
from tests.bench.receive import DATABASES, chosen
from tests.bench.receiving.usage import family_ns, spent_us
from tests.fleet.office import OFFICE, open_office
from tests.postgresql import PostgreSQL

AT_ONCE = 500
SMALLEST_EVENTS, SMALLEST_DEVICES = 10_000, 10
MESSAGES = 2_000
# Of devices, at each point.
FORGET = (sql("DELETE FROM touched"), sql("DELETE FROM windows WHERE linked = 0"))
SQLITE_BYTES = sql("SELECT page_count * page_size AS n FROM pragma_page_count, pragma_page_size")
POSTGRESQL_BYTES = sql("SELECT pg_database_size(current_database()) AS n")


@dataclass
class Grown:
    """A database that grows, and what has happened in it."""

    store: Store
    server: PostgreSQL | None
    visits: int = VISITS_OF_A_DAY
    day: int = 0
    stored: int = 0
    empty_bytes: int = 0

    def __post_init__(self) -> None:
        self.empty_bytes = self.bytes()

    def spent_us(self, do: Callable[[], object]) -> float:
        """Processor time of this, ours and the database's."""
        postmaster = None if self.server is None or self.server.process is None else self.server.process.pid
        before = {} if postmaster is None else family_ns(postmaster)
        began_s = time.process_time()
        do()
        ours_us = (time.process_time() - began_s) * 1e6
        return ours_us + (0 if postmaster is None else spent_us(before, family_ns(postmaster)))

    def next_day(self, linked: bool) -> tuple[float, float]:
        """One more day: what an event of it cost to receive, and to link."""
        begin(self.store, self.day)
        told, events = day_of_office(self.day, self.visits), self.visits * EVENTS_OF_A_VISIT
        now_ms, date = morning_ms(self.day + 1), date_of(self.day)
        received_us = self.spent_us(lambda: self.take(told, now_ms))
        linked_us = self.spent_us(lambda: link_window(self.store, OFFICE, date, now_ms)) if linked else 0.0
        if not linked:
            self.forget()
        self.day += 1
        self.stored += events
        return received_us / events, linked_us / events

    def take(self, told: Sequence[Arrival], now_ms: int) -> None:
        """As the receiver does, so many messages in one transaction."""
        for first in range(0, len(told), AT_ONCE):
            receive(self.store, told[first : first + AT_ONCE], now_ms)

    def forget(self) -> None:
        """Nothing waits to be linked."""
        with self.store.writing() as connection:
            for statement in FORGET:
                carry_out(connection, statement)

    def bytes(self) -> int:
        """What it takes on the disk."""
        with self.store.reading() as connection:
            return int(one(connection, POSTGRESQL_BYTES if self.server is not None else SQLITE_BYTES).n)


def run() -> None:
    """Both curves on all databases; prints the figures."""
    rounds = knob("ROUNDS", 5)
    for db in chosen("DATABASES", DATABASES):
        with opened(db) as grown:
            by_events(db, grown, rounds, knob("GROWTH_EVENTS", 1_000_000), knob("GROWTH_LINKED", 100_000))
        with opened(db) as grown:
            by_devices(db, grown, rounds, knob("GROWTH_DEVICES", 10_000))


def by_events(db: str, grown: Grown, rounds: int, most: int, most_linked: int) -> None:
    """Print the curves over the events that are stored."""
    received: dict[int, float] = {}
    size = SMALLEST_EVENTS
    while size <= most:
        while grown.stored < size:
            progress(f"growth: {db}, {grown.stored:,} of {size:,} events")
            grown.next_day(linked=size <= most_linked)
        is_linked = size <= most_linked
        found = [grown.next_day(is_linked) for _ in range(rounds)]
        fields = {"db": db, "stored": size}
        middle("growth_receive_us", [cost for cost, _ in found], "µs/event", **fields)
        if is_linked:
            middle("growth_link_us", [cost for _, cost in found], "µs/event", **fields)
        figure(
            "growth_bytes_per_event",
            (grown.bytes() - grown.empty_bytes) / grown.stored,
            "bytes/event",
            1,
            **fields,
            linked=is_linked,
        )
        received[size] = median(cost for cost, _ in found)
        size *= 10
    ratio = received[max(received)] / received[min(received)]
    figure("growth_receive_ratio", ratio, "ratio", rounds, db=db, of=[min(received), max(received)])


def by_devices(db: str, grown: Grown, rounds: int, most: int) -> None:
    """Print the curve over the devices that are known; all of them talk in turn, an event a message."""
    known, size, seq = 0, SMALLEST_DEVICES, 0
    while size <= most:
        progress(f"growth: {db}, {size:,} devices")
        know(grown.store, known, size)
        known, costs = size, []
        for _ in range(rounds + 1):
            told = told_by(known, MESSAGES, seq)
            costs.append(grown.spent_us(lambda told=told: grown.take(told, FIRST_MS)) / MESSAGES)  # type: ignore[misc]
            seq += MESSAGES
            grown.forget()
        # The first time their days begin.
        middle("growth_devices_us", costs[1:], "µs/event", db=db, devices=size)
        size *= 10


@contextmanager
def opened(db: str) -> Iterator[Grown]:
    """An empty office in a database of this kind; PostgreSQL does all that it does to outlive a power cut."""
    server = PostgreSQL(durable=True).start() if db == "postgresql" else None
    try:
        with tempfile.TemporaryDirectory() as folder:
            address = server.database() if server is not None else ""
            store, _ = open_office(Path(folder), FIRST_MS - 3_600_000, address)
            try:
                yield Grown(store, server)
            finally:
                store.close()
    finally:
        if server is not None:
            server.stop()


def knob(name: str, default: int) -> int:
    """A number of the environment."""
    return int(os.environ.get(name, str(default)))
