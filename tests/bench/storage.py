"""Ten years of storage: bytes of a million events, a database whose months come and go, and what archives of them take.

`STORAGE_EVENTS` says how many events a month has, `STORAGE_MONTHS` how many months come; three are kept. Months go by
the purger's own round. On PostgreSQL `VACUUM` follows each round, as autovacuum would; on SQLite nothing does.
`storage_steady_ratio`: bytes at the end ÷ bytes when there was most for the first time, before the first month went.
"""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fleet.domain.archives import Archive, after, moments, read_month
from fleet.domain.named_periods import Period
from fleet.domain.retention import Kept
from fleet.flows.archive import Made, make_one
from fleet.flows.purge import purge
from fleet.store.database import Store
from fleet.store.inbox import EventRow, Life, add_events
from fleet.store.rows import every, one, sql
from protocols.events import CodeScanned, Event, NumberCalled, RatingGiven, TicketTaken, VisitFinished, encode_event
from tests.bench.figures import figure, progress
from tests.fleet.office import PLAN, open_office
from tests.postgresql import PostgreSQL

EVENTS = int(os.environ.get("STORAGE_EVENTS") or 50_000)
MONTHS = int(os.environ.get("STORAGE_MONTHS") or 6)
KEPT = 3
FIRST = read_month("2026-01")
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
AT_ONCE = 5_000
ON_POSTGRESQL = sql("""
    SELECT relname AS name, pg_relation_size(oid) AS bytes FROM pg_class WHERE oid = 'events'::regclass
        OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'events'::regclass)""")
ON_SQLITE = sql("""
    SELECT name, SUM(pgsize) AS bytes FROM dbstat WHERE name LIKE 'events%' OR name = 'sqlite_autoindex_events_1'
    GROUP BY name""")
PAGES = sql("SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()")
WHOLE = sql("SELECT pg_total_relation_size('events') AS bytes")


def run() -> None:
    """Both databases."""
    with tempfile.TemporaryDirectory() as folder:
        measure("sqlite", Path(folder), "")
    server = PostgreSQL(durable=True).start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            measure("postgresql", Path(folder), server.database())
    finally:
        server.stop()


def measure(db: str, folder: Path, address: str) -> None:
    """Months come, and go; the sizes meanwhile."""
    store, _ = open_office(folder, database=address)
    month, full, purged_s = FIRST, 0, 0.0
    for n in range(MONTHS):
        fill(store, n, month, f"{db}: {month}")
        if n + 1 == KEPT:
            sizes(store, db, KEPT * EVENTS)
            archive(store, folder, month, db)
        if n == KEPT:
            full = bytes_of(store)
        month = after(month)
        if n + 1 > KEPT:
            purged_s += emptied(store, month)
    ratio, gone = bytes_of(store) / full, (MONTHS - KEPT) * EVENTS
    figure("storage_steady_ratio", ratio, "ratio", MONTHS, db=db, kept=KEPT)
    figure("storage_purge_cpu_us_per_event", purged_s / gone * 1e6, "us", gone, db=db)
    store.close()


def fill(store: Store, boot: int, month: Period, told: str) -> None:
    """A month's events of an office, by the receiver's own statement."""
    begins_ms, ends_ms = moments(month)
    step_ms = (ends_ms - begins_ms) * len(PLAN.devices) // EVENTS
    for device in PLAN.devices:
        for first in range(0, EVENTS // len(PLAN.devices), AT_ONCE):
            progress(f"{told}: {device.id} {first}")
            last = min(first + AT_ONCE, EVENTS // len(PLAN.devices))
            with store.writing() as connection:
                rows = [*said(Life(device.id, 1, boot), first, last, begins_ms, step_ms)]
                add_events(connection, rows, begins_ms + last * step_ms)


def said(life: Life, first: int, last: int, begins_ms: int, step_ms: int) -> Iterator[EventRow]:
    """What a device of its kind says."""
    for seq in range(first, last):
        up, at = seq * step_ms, begins_ms + seq * step_ms
        event = an_event(life.device, seq, up, at)
        body = json.dumps({**encode_event(event), "seq": seq}, sort_keys=True, separators=(",", ":"))
        yield EventRow(*life, seq, event.KIND, body, None, up, at, at, "device", None, None)


def an_event(device: str, seq: int, up: int, at: int) -> Event:
    """A ticket, a press, or in turn a call, a scan and a finish."""
    number = seq % 9_000 + 1
    if device.startswith("tp"):
        return TicketTaken(service="ho-tich", number=number, lease="ho-tich-20260109-1", up=up, at=at)
    if device.startswith("nut"):
        return RatingGiven(score=4, scale=5, armed=f"q-1/1/1/{seq}", held_ms=180, up=up, at=at)
    if seq % 3 == 0:
        return NumberCalled(service="ho-tich", number=number, up=up, at=at)
    if seq % 3 == 1:
        return CodeScanned(what="dossier", code=f"H29.27.05-261002-{number:04d}", up=up, at=at)
    return VisitFinished(service="ho-tich", number=number, outcome="done", up=up, at=at)


def sizes(store: Store, db: str, events: int) -> None:
    """Bytes of a million events: of the table, and of each index."""
    vacuum(store)
    with store.reading() as connection:
        for row in every(connection, ON_POSTGRESQL if store.is_postgresql else ON_SQLITE):
            figure("storage_mb_per_million", row.bytes / events, "MB", events, db=db, part=row.name)
    figure("storage_events_mb_per_million", bytes_of(store) / events, "MB", events, db=db)


def archive(store: Store, folder: Path, month: Period, db: str) -> None:
    """The archive of a month: its bytes, and what it took."""
    began, made = time.process_time(), Made()
    now_ms = moments(month)[1] + HOUR_MS
    make_one(store, folder, Archive.EVENTS, month, now_ms, made)
    its = made.written[0]
    figure("archive_mb_per_million", its.bytes / its.rows, "MB", its.rows, db=db)
    figure("archive_cpu_us_per_event", (time.process_time() - began) / its.rows * 1e6, "us", its.rows, db=db)


def emptied(store: Store, month: Period) -> float:
    """The oldest month goes, by the purger's round; seconds of our processor's time."""
    kept_from = month
    for _ in range(KEPT):
        kept_from = kept_from.before()
    now_ms = moments(month)[0] + DAY_MS // 2
    began = time.process_time()
    done = purge(store, {Kept.EVENTS: (month.first - kept_from.first).days}, now_ms)
    took = time.process_time() - began
    assert done[Kept.EVENTS] == EVENTS // len(PLAN.devices) * len(PLAN.devices), done
    vacuum(store)
    return took


def vacuum(store: Store) -> None:
    """As autovacuum does."""
    if store.is_postgresql:
        with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE events")


def bytes_of(store: Store) -> int:
    """All that events take; of SQLite the whole file."""
    with store.reading() as connection:
        row: Any = one(connection, WHOLE if store.is_postgresql else PAGES)
    return int(row.bytes)
