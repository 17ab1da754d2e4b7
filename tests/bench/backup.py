"""A backup of many events, and restores of it: rows a second, the size of the file, and memory at most.

`EVENTS` says how many. PostgreSQL does everything it does to outlive a power cut (`db`).
"""

import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fleet.domain.kept_backups import Keep
from fleet.flows.backup import backup
from fleet.flows.backup_file import read
from fleet.flows.restore import restore
from fleet.store.database import Store
from fleet.store.inbox import EventRow, add_events
from protocols.events import NumberCalled, encode_event
from tests.bench.figures import figure, progress
from tests.fleet.office import NINE, open_office
from tests.postgresql import PostgreSQL

EVENTS = int(os.environ.get("EVENTS") or 1_000_000)
AT_ONCE = 10_000
DEVICES = ("q-1", "q-2")
KIB_A_MIB = 1024


def run() -> None:
    """Measure, and print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store, _ = open_office(folder)
        fill(store)
        made, seconds, cpu_s = timed(
            "backup", lambda: backup(store, folder / "b.zip", "0", {}, NINE, Keep(), lambda *_: None)
        )
        store.close()
        rows = made.manifest.rows
        figure("backup_rows_per_s", rows / seconds, "rows/s", rows, cpu_s=round(cpu_s, 1))
        figure("backup_bytes_per_row", made.bytes / rows, "bytes", rows)
        _, seconds, cpu_s = timed("check", lambda: checked(made.file))
        figure("backup_check_rows_per_s", rows / seconds, "rows/s", rows, cpu_s=round(cpu_s, 1))
        restored(made.file, f"sqlite:///{folder / 'restored' / 'motcua.sqlite'}", "sqlite", rows)
        server = PostgreSQL(durable=True).start()
        try:
            restored(made.file, server.database(), "postgresql", rows)
        finally:
            server.stop()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_A_MIB
    figure("backup_memory_at_most_mib", peak, "MiB", rows)


def fill(store: Store) -> None:
    """Calls of two keypads, one a second."""
    for device in DEVICES:
        for first in range(1, EVENTS // len(DEVICES) + 1, AT_ONCE):
            progress(f"{device}: {first} events")
            with store.writing() as connection:
                add_events(connection, list(called(device, first)), NINE)


def called(device: str, first: int) -> Iterator[EventRow]:
    """So many events of a device from this number on."""
    for seq in range(first, first + AT_ONCE):
        at = NINE + seq * 1000
        event = NumberCalled(service="ho-tich", number=seq % 9_000 + 1, up=seq * 1000, at=at)
        body = json.dumps({**encode_event(event), "seq": seq}, sort_keys=True, separators=(",", ":"))
        yield EventRow(device, 1, 1, seq, event.KIND, body, None, event.up, at, at, "device", None, None)


def checked(file: Path) -> None:
    with read(file) as reading:
        reading.check(lambda *_: None)


def restored(file: Path, url: str, db: str, rows: int) -> None:
    """Restore it to this database."""
    _, seconds, cpu_s = timed(f"restore to {db}", lambda: restore(file, url, False, NINE, lambda *_: None))
    figure("restore_rows_per_s", rows / seconds, "rows/s", rows, db=db, cpu_s=round(cpu_s, 1))


def timed(what: str, do: Callable[[], Any]) -> tuple[Any, float, float]:
    """Do it; what came of it, how many seconds it took, and how many of our own processor time."""
    progress(what)
    began, used = time.monotonic(), time.process_time()
    return do(), time.monotonic() - began, time.process_time() - used
