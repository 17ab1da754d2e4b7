"""Years of a province: what a board, a monthly report and one more visit cost, beside a scan of the visits themselves.

`HISTORY_SQLITE` and `HISTORY_POSTGRESQL` say how many visits there are (0: leave that one out); the long settings are
1,000,000 and 10,000,000. Both ways are asked in the same run and must agree: counts just so, percentiles to 1 %.
"""

import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from math import ceil
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import bindparam

from fleet.domain.day import bounds
from fleet.domain.linked import VisitSeen
from fleet.domain.org_tree import Kind, Node
from fleet.domain.periods import Period
from fleet.domain.wait_cells import NO_SHOW, Cell, Slot, cells_of, sums_of
from fleet.flows.count_waits import count_changed
from fleet.flows.waits import Waits, waits
from fleet.store import places, units, wait_cells, windows
from fleet.store.database import Store
from fleet.store.day_parts import VISITS, DayParts
from fleet.store.places import OfficeRow, ServiceRow
from fleet.store.rows import every, run_each, sql
from tests.bench.figures import figure, progress
from tests.postgresql import PostgreSQL

SQLITE = int(os.environ.get("HISTORY_SQLITE", "30000"))
POSTGRESQL = int(os.environ.get("HISTORY_POSTGRESQL", "30000"))
FIRST, LAST = date(2021, 11, 1), date(2026, 10, 31)
ZONE = "Asia/Ho_Chi_Minh"
OFFICES_AT_MOST = 100
VISITS_OF_AN_OFFICE = 50_000
SERVICES = ("chung-thuc", "dat-dai", "ho-tich", "kinh-doanh", "xay-dung")
ROUNDS = 5
NEW_VISITS = 200
MINUTE_MS = 60_000
SCAN = sql("""
    SELECT day, service, counter, outcome, wait_ms, called_ms FROM visits
    WHERE office IN :offices AND day >= :first AND day <= :last""").bindparams(bindparam("offices", expanding=True))


def run() -> None:
    """Both databases."""
    if SQLITE:
        with tempfile.TemporaryDirectory() as folder:
            measure("sqlite", f"sqlite:///{Path(folder) / 'motcua.sqlite'}", SQLITE)
    if POSTGRESQL:
        server = PostgreSQL(durable=True).start()
        try:
            measure("postgresql", server.database(), POSTGRESQL)
        finally:
            server.stop()


def measure(db: str, address: str, visits: int) -> None:
    """Fill a province, and ask."""
    store = Store(address)
    store.migrate()
    offices = [f"xa-{n:03d}" for n in range(max(1, min(OFFICES_AT_MOST, visits // VISITS_OF_AN_OFFICE)))]
    found = fill(store, offices, visits, db)
    if db == "postgresql":
        with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("ANALYZE")
    one = offices[0]
    month = Period(date(2026, 10, 1), LAST)
    questions: dict[str, list[tuple[str, Period, str]]] = {
        "dashboard": [("tinh", Period(LAST - timedelta(days=27), LAST), "service")],
        "years": [("tinh", Period(FIRST, LAST), "month")],
        "report": [(one, month, by) for by in ("day", "service", "counter", "hour")],
    }
    for name, asked in questions.items():
        of = offices if asked[0][0] == "tinh" else [one]
        kept, told = timed(lambda asked=asked: [waits(store, *one, now_ms=0) for one in asked])
        scanned, naive = timed(lambda asked=asked, of=of: scan(store, of, asked[0][1]), 2)
        agree(told[0], naive)
        figure(f"{name}_ms", kept * 1000, "ms", ROUNDS, db=db, visits=found, offices=len(of))
        figure("naive_ratio", scanned / kept, "ratio", ROUNDS, of=f"{name}_ms", db=db, visits=found)
    new_visits(store, one, db, found)
    store.close()


def fill(store: Store, offices: list[str], visits: int, db: str) -> int:
    """So many visits over five years of working days; how many there are."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    a_day = max(1, visits // (len(offices) * len(days)))
    with store.writing() as connection:
        units.save(connection, [Node("tinh", Kind.PROVINCE, "Tỉnh")])
        units.save(connection, [Node(office, Kind.OFFICE, office, "tinh") for office in offices])
        for office in offices:
            places.save_office(connection, OfficeRow(office, office, "1022"), 0)
            services = [
                ServiceRow(one, office, one, prefix, n)
                for n, (one, prefix) in enumerate(zip(SERVICES, "ABCDE", strict=True))
            ]
            places.save_services(connection, services)
    for office in offices:
        progress(f"history: {db}, {office} of {len(offices)}")
        chance = Random(office)
        sums: dict[Slot, Cell] = defaultdict(Cell)
        for first in range(0, len(days), 60):
            with store.writing() as connection:
                for day in days[first : first + 60]:
                    seen = [a_visit(chance, day, n) for n in range(a_day)]
                    cells = cells_of(seen, ZONE)
                    DayParts(connection, office, day.isoformat()).save(VISITS, [], seen)
                    wait_cells.put_hours(connection, office, day.isoformat(), cells)
                    for slot, cell in sums_of(day.isoformat(), cells).items():
                        sums[slot] += cell
        with store.writing() as connection:
            rows = [{"office": office, **vars(slot), **wait_cells.row_of(cell)} for slot, cell in sums.items()]
            run_each(connection, wait_cells.SAVE_SUM, rows)
    return len(offices) * len(days) * a_day


def a_visit(chance: Random, day: date, n: int) -> VisitSeen:
    """A resident who waits some twelve minutes and is served for some eight."""
    opens_ms = bounds(day.isoformat(), ZONE)[0] + 450 * MINUTE_MS
    wait_ms = int(chance.lognormvariate(13.2, 0.8))
    called_ms = opens_ms + chance.randrange(480) * MINUTE_MS + wait_ms
    came = chance.random() > 0.05
    finished_ms = called_ms + int(chance.lognormvariate(13.0, 0.7)) if came else called_ms + MINUTE_MS
    return VisitSeen(
        f"q-1/1/1/{n}",
        f"quay-{chance.randrange(1, 7)}",
        chance.choice(SERVICES),
        n,
        called_ms,
        False,
        wait_ms,
        finished_ms=finished_ms,
        outcome="done" if came else NO_SHOW,
        closed_by=f"q-1/1/1/{n + 1}",
        finish=f"q-1/1/1/{n + 1}" if came else None,
        rated=came and chance.random() < 0.3,
    )


def scan(store: Store, offices: Iterable[str], period: Period) -> list[Any]:
    """The same from the visits themselves: the waits of who came, by service."""
    with store.reading() as connection:
        its = {"offices": list(offices), "first": period.first.isoformat(), "last": period.last.isoformat()}
        by_service: dict[str, list[int]] = defaultdict(list)
        whole = []
        for row in every(connection, SCAN, **its):
            if row.outcome != NO_SHOW and row.wait_ms is not None:
                by_service[row.service].append(row.wait_ms)
                whole.append(row.wait_ms)
        for some in (*by_service.values(), whole):
            some.sort()
        return whole


def agree(kept: Waits, waited: list[int]) -> None:
    """Sums and scan say the same."""
    wait = kept.whole.wait
    assert wait.n == len(waited), (wait.n, len(waited))
    for share, found in ((0.5, wait.p50_s), (0.9, wait.p90_s), (0.95, wait.p95_s)):
        right = waited[ceil(share * len(waited)) - 1] / 1000
        assert found is not None and abs(found - right) <= 0.0100001 * right, (share, found, right)
    assert wait.within == sum(one <= 900_000 for one in waited) / len(waited)


def new_visits(store: Store, office: str, db: str, found: int) -> None:
    """What one more visit costs: the row itself, and all sums that it is in."""
    day = LAST.isoformat()
    chance = Random(7)
    alone: list[float] = []
    counted: list[float] = []
    with store.writing() as connection:
        place = places.office(connection, office)
        assert place is not None
        windows.mark(connection, [(office, day)])
        wait_cells.counted(connection, office, day)
    for n in range(NEW_VISITS):
        visit = a_visit(chance, LAST, 1_000_000 + n)
        with store.writing(alone=False) as connection:
            alone.append(seconds(lambda c=connection, v=visit: DayParts(c, office, day).save(VISITS, [], [v])))
            counted.append(seconds(lambda c=connection, v=visit: count_changed(c, place, day, [], [v])))
    its = {"db": db, "visits": found}
    figure("visit_row_us", median(alone) * 1e6, "us", NEW_VISITS, **its)
    figure("visit_sums_us", median(counted) * 1e6, "us", NEW_VISITS, **its)


def timed(asked: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """Seconds that this takes, in the middle of some rounds; and what it answers."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        answer = asked()
        took.append(time.perf_counter() - began)
    return median(took), answer


def seconds(done: Callable[[], Any]) -> float:
    """How long this takes."""
    began = time.perf_counter()
    done()
    return time.perf_counter() - began
