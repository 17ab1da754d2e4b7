"""Years of a province: what a board, a report and one more visit cost, beside a scan of the visits themselves.

`HISTORY_SQLITE` and `HISTORY_POSTGRESQL` say how many visits there are (0: leave that one out; the long settings are
1,000,000 and 10,000,000), `HISTORY_OFFICES` at how many offices, `HISTORY_YEARS` in how many years. Each question is
asked of the offices' sums, then, when these are folded, of the province's own; a scan must agree with both: counts just
so, percentiles to 1 %. Times are those on the wall, `best_ms` the shortest, `cpu_ms` what this process
worked for them.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import bindparam

from fleet.domain.day import midnight
from fleet.domain.named_periods import Length
from fleet.domain.named_periods import Period as Named
from fleet.domain.periods import Period
from fleet.domain.wait_cells import NO_SHOW
from fleet.flows.count_waits import count_changed
from fleet.flows.fold_waits import fold_all, fold_days
from fleet.flows.report import report
from fleet.flows.report_files import Form, content_of
from fleet.flows.waits import Waits, waits
from fleet.store import places, unit_sums, wait_cells, windows
from fleet.store.database import Store
from fleet.store.day_parts import VISITS, DayParts
from fleet.store.rows import one, sql
from tests.bench import history_reads
from tests.bench.figures import figure, progress
from tests.bench.history_made import LAST, PROVINCE, ZONE, Size, a_visit, fill
from tests.postgresql import PostgreSQL

SQLITE = int(os.environ.get("HISTORY_SQLITE", "30000"))
POSTGRESQL = int(os.environ.get("HISTORY_POSTGRESQL", "30000"))
OFFICES = int(os.environ.get("HISTORY_OFFICES", "120"))
YEARS = int(os.environ.get("HISTORY_YEARS", "5"))
ROUNDS = 7
NEW_VISITS = 200
NOW_MS = midnight(LAST, ZONE) + 16 * 3_600_000
# Today is the last day, and nearly over.

MONTH = Named(first=LAST.replace(day=1), last=LAST.replace(day=31), length=Length.MONTH)
TARGET_MS = 900_000
SCAN = sql("""
    SELECT outcome, wait_ms FROM visits
    WHERE office IN :offices AND day >= :first AND day <= :last""").bindparams(bindparam("offices", expanding=True))
BYTES = sql("""
    SELECT COUNT(*) AS n, SUM(LENGTH(wait) + LENGTH(service_times) + LENGTH(total) + LENGTH(key) + 60) AS size
    FROM wait_sums WHERE office = :office""")
# Sixty bytes: the other columns.


@dataclass(frozen=True)
class Scanned:
    """What a scan of visits said: how many waited, the percentiles, the share within the target; and what it took."""

    took_s: float
    n: int
    ranks_s: tuple[float, ...]
    within: float


SHARES = (0.5, 0.9, 0.95)
SCANNED: dict[tuple[int, Period], Scanned] = {}
# Of this store, by how many offices: a scan of ten million takes minutes, and is made once.


def run() -> None:
    """Both databases."""
    if SQLITE:
        with tempfile.TemporaryDirectory() as folder:
            address = f"sqlite:///{Path(folder) / 'motcua.sqlite'}"
            measure("sqlite", address, Size(SQLITE, OFFICES, YEARS), Path(folder))
    if POSTGRESQL:
        server = PostgreSQL(durable=True).start()
        try:
            with tempfile.TemporaryDirectory() as folder:
                measure("postgresql", server.database(), Size(POSTGRESQL, OFFICES, YEARS), Path(folder))
        finally:
            server.stop()


def measure(db: str, address: str, size: Size, folder: Path) -> None:
    """Fill a province, ask, fold it, and ask again."""
    SCANNED.clear()
    store = Store(address)
    store.migrate()
    found = fill(store, size)
    look_around(store)
    its = {"db": db, "visits": found, "offices": len(size.ids), "years": size.years}
    ask(store, size, its)
    if history_reads.READS:
        history_reads.read(store, size, NOW_MS, folder, its)
    store.close()


def look_around(store: Store) -> None:
    """PostgreSQL learns what its tables hold, as autovacuum would tell it."""
    if store.is_postgresql:
        with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def ask(store: Store, size: Size, its: dict[str, Any]) -> None:
    """All questions, of the offices' sums and of the province's own; then what comes late, and one more visit."""
    questions(store, size, its | {"sums": "offices"})
    began = time.perf_counter()
    folded = 0
    for folded, of in fold_all(store, NOW_MS):
        progress(f"history: {folded} of {of} days folded")
    if folded:
        figure("fold_day_ms", (time.perf_counter() - began) / folded * 1000, "ms", folded, **its)
        look_around(store)
        sizes(store, its)
        questions(store, size, its | {"sums": "unit"})
        late(store, size, its)
    new_visits(store, size.ids[0], its)


def questions(store: Store, size: Size, its: dict[str, Any]) -> None:
    """What people look at."""
    ten = Period(LAST.replace(year=LAST.year - 10) + timedelta(days=1), LAST)
    five = Period(LAST.replace(year=LAST.year - 5) + timedelta(days=1), LAST)
    last_30 = Period(LAST - timedelta(days=29), LAST)
    single = size.ids[0]
    asked: dict[str, list[tuple[str, Period, str]]] = {
        "dashboard_office_ms": [
            (single, Period(LAST, LAST), "hour"),
            (single, last_30, "hour"),
            (single, last_30, "day"),
        ],
        "dashboard_ms": [(PROVINCE, last_30, "service"), (PROVINCE, Period(LAST, LAST), "hour")],
        "years_5_ms": [(PROVINCE, five, "month")],
        "years_10_ms": [(PROVINCE, ten, "month")],
    }
    for name, some in asked.items():
        compared(name, store, size, [single] if some[0][0] == single else size.ids, some, its)
    for name, unit in (("report_office_ms", single), ("report_ms", PROVINCE)):
        _, told = timed(name, lambda unit=unit: report(store, unit, MONTH, NOW_MS), its)
        assert told.whole.visits
        timed(name.replace("_ms", "_pdf_ms"), lambda told=told: content_of(told, Form.PDF, "vi", False), its, 1)


def compared(
    name: str, store: Store, size: Size, offices: list[str], asked: list[tuple[str, Period, str]], its: dict[str, Any]
) -> None:
    """Questions, beside a scan for the widest of them."""
    widest = max((period for _, period, _ in asked), key=lambda period: period.days)
    kept_s, told = timed(name, lambda: [waits(store, *one, now_ms=NOW_MS) for one in asked], its)
    seen = Period(max(widest.first, size.days[0]), widest.last)
    if (len(offices), seen) not in SCANNED:
        SCANNED[len(offices), seen] = scan(store, offices, seen)
    scanned = SCANNED[len(offices), seen]
    figure("naive_ratio", scanned.took_s / kept_s, "ratio", 1, of=name, **its)
    agree(next(one for one in told if one.period == widest), scanned)


def timed(name: str, asked: Callable[[], Any], its: dict[str, Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """Seconds that this takes, in the middle of some rounds; and what it answers."""
    took, worked = [], []
    for _ in range(rounds):
        began, worked_before = time.perf_counter(), time.process_time()
        answer = asked()
        took.append(time.perf_counter() - began)
        worked.append(time.process_time() - worked_before)
    quick = {"best_ms": round(min(took) * 1000, 1), "cpu_ms": round(median(worked) * 1000, 1)}
    figure(name, median(took) * 1000, "ms", rounds, **its, **quick)
    return median(took), answer


def scan(store: Store, offices: Iterable[str], period: Period) -> Scanned:
    """The same from the visits themselves: the waits of who came."""
    began = time.perf_counter()
    with store.reading() as connection:
        its = {"offices": list(offices), "first": period.first.isoformat(), "last": period.last.isoformat()}
        rows = connection.execution_options(yield_per=10_000).execute(SCAN, its)
        waited = sorted(row.wait_ms for row in rows if row.outcome != NO_SHOW and row.wait_ms is not None)
    n = len(waited)
    ranks = tuple(waited[ceil(share * n) - 1] / 1000 for share in SHARES)
    return Scanned(time.perf_counter() - began, n, ranks, sum(one <= TARGET_MS for one in waited) / n)


def agree(kept: Waits, scanned: Scanned) -> None:
    """Sums and scan say the same."""
    wait = kept.whole.wait
    assert wait.n == scanned.n, (wait.n, scanned.n)
    for right, found in zip(scanned.ranks_s, (wait.p50_s, wait.p90_s, wait.p95_s), strict=True):
        assert found is not None and abs(found - right) <= 0.0100001 * right, (right, found)
    assert wait.within == scanned.within


def sizes(store: Store, its: dict[str, Any]) -> None:
    """How much room the sums of one office take, and those of the province."""
    with store.reading() as connection:
        for name, unit in (("office_sums_mb", "xa-000"), ("unit_sums_mb", PROVINCE)):
            row = one(connection, BYTES, office=unit)
            figure(name, row.size / 1e6, "MB", row.n, **its)
        if store.is_postgresql:
            for table in ("visits", "wait_hours", "wait_sums"):
                row = one(connection, sql("SELECT pg_total_relation_size(:table) AS size"), table=table)
                figure(f"{table}_mb_per_million", row.size / its["visits"], "MB", 1, **its)


def late(store: Store, size: Size, its: dict[str, Any]) -> None:
    """A visit comes late: its day is open, and folded again."""
    day = size.days[len(size.days) // 2]
    one_more(store, size.ids[-1], day, 0)
    period = Period(size.days[0], LAST)
    timed("years_with_a_late_visit_ms", lambda: waits(store, PROVINCE, period, "month", NOW_MS), its)
    began = time.perf_counter()
    assert fold_days(store, NOW_MS) == 1
    figure("refold_day_ms", (time.perf_counter() - began) * 1000, "ms", 1, **its)
    agree(waits(store, PROVINCE, Period(day, day), "day", NOW_MS), scan(store, size.ids, Period(day, day)))


def new_visits(store: Store, office: str, its: dict[str, Any]) -> None:
    """What one more visit costs: the row itself, all sums that it is in, and of that to open its unit's day."""
    took = [one_more(store, office, LAST, n) for n in range(NEW_VISITS)]
    row, sums, opens = (median(some) * 1e6 for some in zip(*took, strict=True))
    for name, value in (("visit_row_us", row), ("visit_sums_us", sums), ("visit_opens_us", opens)):
        figure(name, value, "us", NEW_VISITS, **its)
    figure("linking_ratio", (row + sums) / (row + sums - opens), "ratio", NEW_VISITS, **its)


def one_more(store: Store, office: str, day: date, n: int) -> list[float]:
    """One more visit, as the linker writes it; how many seconds that took, step by step."""
    visit, iso = a_visit(Random(n), day, 1_000_000 + n), day.isoformat()
    with store.writing(alone=False) as connection:
        place = places.office(connection, office)
        assert place is not None
        if not wait_cells.is_counted(connection, office, iso):
            windows.mark(connection, [(office, iso)])
            wait_cells.counted(connection, office, iso)
        return [
            seconds(lambda: DayParts(connection, office, iso).save(VISITS, [], [visit])),
            seconds(lambda: count_changed(connection, place, iso, [], [visit])),
            seconds(lambda: unit_sums.open_day(connection, office, iso)),
        ]


def seconds(done: Callable[[], Any]) -> float:
    """How long this takes."""
    began = time.perf_counter()
    done()
    return time.perf_counter() - began
