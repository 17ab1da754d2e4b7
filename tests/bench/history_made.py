"""Years of a province for the bench: visits with their sums, made day by day as the linker counts them.

A few offices are made so, visit by visit (`cells_of`, `sums_of`, and the store's own statements); the others are copies
of these, row by row in the database, so that ten million visits take minutes. All answers are held against a scan.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from fleet.domain.day import bounds
from fleet.domain.linked import VisitSeen
from fleet.domain.org_tree import Kind, Node
from fleet.domain.wait_cells import NO_SHOW, Cell, Slot, cells_of, sums_of
from fleet.store import places, units, wait_cells
from fleet.store.database import Store
from fleet.store.day_parts import VISITS, DayParts
from fleet.store.places import OfficeRow, ServiceRow
from fleet.store.rows import run, sql
from tests.bench.figures import progress

LAST = date(2026, 10, 30)
ZONE = "Asia/Ho_Chi_Minh"
PROVINCE = "tinh"
SERVICES = ("chung-thuc", "dat-dai", "ho-tich", "kinh-doanh", "xay-dung")
MADE = 4
DAYS_AT_ONCE = 60
RATED_DAYS = 62
MINUTE_MS = 60_000
COPIED = {
    "visits": ("day", *VISITS.names),
    "wait_hours": ("day", *wait_cells.PLACE.split(", "), *wait_cells.NAMES),
    "wait_sums": (*wait_cells.SLOT.split(", "), *wait_cells.NAMES),
}
RATE = sql("""
    INSERT INTO ratings (office, day, id, counter, visit, inferred, score, scale, scale_version, pressed_ms, place,
        counted)
    SELECT office, day, 'r' || id, counter, id, FALSE, 1 + called_ms % 5, 5, 1, called_ms, number, TRUE FROM visits
    WHERE rated AND day >= :since""")
# Of the months that a report looks at.


@dataclass(frozen=True)
class Size:
    """How many visits in all, at how many offices, in how many years."""

    visits: int
    offices: int = 120
    years: int = 5

    @property
    def days(self) -> list[date]:
        """The working days."""
        first = LAST.replace(year=LAST.year - self.years) + timedelta(days=1)
        days = [first + timedelta(days=n) for n in range((LAST - first).days + 1)]
        return [day for day in days if day.weekday() < 5]

    @property
    def ids(self) -> list[str]:
        """The offices; fewer, where there is not a visit a day for each."""
        return [f"xa-{n:03d}" for n in range(max(1, min(self.offices, self.visits // len(self.days))))]

    @property
    def a_day(self) -> int:
        """The visits of an office's day."""
        return max(1, self.visits // (len(self.ids) * len(self.days)))


def fill(store: Store, size: Size) -> int:
    """A province and its visits; how many there are."""
    offices = size.ids
    with store.writing() as connection:
        units.save(connection, [Node(PROVINCE, Kind.PROVINCE, "Tỉnh")])
        units.save(connection, [Node(office, Kind.OFFICE, office, PROVINCE) for office in offices])
        for office in offices:
            places.save_office(connection, OfficeRow(office, office, "1022"), 0)
            named = enumerate(zip(SERVICES, "ABCDE", strict=True))
            places.save_services(connection, [ServiceRow(one, office, one, prefix, n) for n, (one, prefix) in named])
    for n, office in enumerate(offices):
        progress(f"history: {n + 1} of {len(offices)} offices")
        if n < MADE:
            make(store, office, size.days, size.a_day)
        else:
            copy(store, offices[n % MADE], office)
    with store.writing() as connection:
        run(connection, RATE, since=(LAST - timedelta(days=RATED_DAYS)).isoformat())
    return len(offices) * len(size.days) * size.a_day


def make(store: Store, office: str, days: Sequence[date], a_day: int) -> None:
    """An office's days, visit by visit; its sums are written once."""
    chance = Random(office)
    sums: dict[Slot, Cell] = defaultdict(Cell)
    for first in range(0, len(days), DAYS_AT_ONCE):
        with store.writing() as connection:
            for day in days[first : first + DAYS_AT_ONCE]:
                seen = [a_visit(chance, day, n) for n in range(a_day)]
                cells = cells_of(seen, ZONE)
                DayParts(connection, office, day.isoformat()).save(VISITS, [], seen)
                wait_cells.put_hours(connection, office, day.isoformat(), cells)
                for slot, cell in sums_of(day.isoformat(), cells).items():
                    sums[slot] += cell
    with store.writing() as connection:
        rows = [(office, *wait_cells.keys_of(slot), *wait_cells.values_of(cell)) for slot, cell in sums.items()]
        wait_cells.SAVE_SUMS.put(connection, rows)


def copy(store: Store, made: str, office: str) -> None:
    """An office that had just the days of another."""
    with store.writing() as connection:
        for table, columns in COPIED.items():
            names = ", ".join(columns)
            statement = (
                f"INSERT INTO {table} (office, {names}) SELECT :office, {names} FROM {table} WHERE office = :made"  # noqa: S608
            )
            run(connection, sql(statement), office=office, made=made)


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
