"""How long people waited and were served at a unit of the tree: an office, or all below a centre or a province.

Read from sums that the linker keeps (`count_waits`): ten years are ten rows for each office and service. Targets are
those of the offices' services today.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from fleet.domain import periods
from fleet.domain.day import day_of
from fleet.domain.org_tree import Tree
from fleet.domain.periods import Period, Stretch, cover
from fleet.domain.succession import heirs_on
from fleet.domain.wait_cells import Cell
from fleet.domain.waits import Offices, WaitRow, offices_of, row_of
from fleet.store import places, tree_parts, visits, wait_cells
from fleet.store.database import Store
from fleet.store.visits import WaitingRow

TARGET_S = 900
# Fifteen minutes, where a service that somebody once called for has no target any more.

BY: dict[str, Callable[[Period], list[Period]]] = {
    "day": periods.days,
    "week": periods.weeks,
    "month": periods.months,
    "year": periods.years,
}
NOTHING = Cell()
PARTS = ("service", "counter", "hour")
ROWS_AT_MOST = 750
# Two years of days.


class UnknownUnit(LookupError):
    """There is no unit of this id."""


class TooManyRows(ValueError):
    """The period has more days, weeks or months than anybody reads."""

    def __init__(self, rows: int, by: str) -> None:
        super().__init__(f"expected a period of at most {ROWS_AT_MOST} rows, found {rows} by {by}")


@dataclass(frozen=True)
class LongestNow:
    """How many wait now, and since when the one who waits longest does (UTC milliseconds)."""

    waiting: int
    oldest_ms: int | None


@dataclass(frozen=True)
class Waits:
    """What a unit's visits were like: as a whole, and row by row; and who waits there now."""

    unit: str
    offices: Offices
    period: Period
    by: str
    whole: WaitRow
    rows: tuple[WaitRow, ...]
    now: LongestNow


def waits(store: Store, unit: str, period: Period, by: str, now_ms: int, only: frozenset[str] | None = None) -> Waits:
    """The waits of a unit, by stretches of time or by parts; of these offices `only`. Raises UnknownUnit, TooManyRows.

    Counters and services of several offices are told apart as `office/counter`, and added up by the service's id.
    """
    pieces = BY[by](period) if by in BY else [period]
    if len(pieces) > ROWS_AT_MOST:
        raise TooManyRows(len(pieces), by)
    with store.reading() as connection:
        tree = Tree(tree_parts.belonging(connection, unit))
        seen = offices_seen(tree, unit, period.last, only)
        reading = Reading(connection, seen.whole)
        whole = reading.row("", [period])
        rows = reading.stretches(pieces) if by in BY else reading.parts(period, by)
        return Waits(unit, seen, period, by, whole, tuple(rows), waiting_now(connection, seen.whole, now_ms))


def offices_seen(tree: Tree, unit: str, day: date, only: frozenset[str] | None) -> Offices:
    """The offices of a unit, or those of them that somebody may see, and of before that became these.

    Raises UnknownUnit, also where nothing of it may be seen.
    """
    if unit not in tree.units:
        raise UnknownUnit(unit)
    found = offices_of(tree, unit, day)
    if only is None:
        return found
    whole = tuple(one for one in found.whole if one in only or became(tree, one, day, only))
    if not whole:
        raise UnknownUnit(unit)
    return Offices(whole, tuple(one for one in found.divided if one in only))


def became(tree: Tree, office: str, day: date, those: frozenset[str]) -> bool:
    """Whether an office has ended, and only those took over from it."""
    end, heirs = tree.end(office), heirs_on(tree, office, day).keys()
    return end is not None and end <= day and bool(heirs) and heirs <= those


def office_ids(store: Store) -> list[str]:
    """The ids of all offices that work or worked with motcua."""
    with store.reading() as connection:
        return sorted(one.id for one in places.offices(connection))


def waiting_now(connection: Connection, offices: Iterable[str], now_ms: int) -> LongestNow:
    """Who waits at these offices."""
    rows: list[WaitingRow] = []
    for office in offices:
        place = places.office(connection, office)
        if place is not None:
            rows += visits.waiting(connection, office, day_of(now_ms, place.timezone)).values()
    return LongestNow(sum(row.n for row in rows), min((row.oldest_ms for row in rows), default=None))


class Reading:
    """Reads sums of some offices in one transaction."""

    def __init__(self, connection: Connection, offices: Sequence[str]) -> None:
        self.connection = connection
        self.offices = offices
        self.targets: dict[str, dict[str, int]] = {}
        for office in offices:
            services = places.services(connection, office)
            self.targets[office] = {one.id: one.target_wait_s * 1000 for one in services}
        known = {ms for of_office in self.targets.values() for ms in of_office.values()} or {TARGET_S * 1000}
        self.target_ms = known.pop() if len(known) == 1 else None
        # Mostly one target holds for all services; then nothing need be read by service.

    def sums(self, part: str, wanted: Iterable[Period]) -> dict[Period, dict[tuple[str, str], Cell]]:
        """For each period, what (office, key) had; the office is '' where nobody need tell them apart."""
        signs: dict[tuple[str, str], list[tuple[Period, int]]] = defaultdict(list)
        for period in wanted:
            for stretch, sign in cover(period).items():
                signs[name_of(stretch)].append((period, sign))
        found: dict[Period, dict[tuple[str, str], list[int]]] = {period: {} for period in wanted}
        apart = self.target_ms is None or part == "counter"
        for span in sorted({span for span, _ in signs}):
            begins = [begin for its, begin in signs if its == span]
            for office, begin, key, numbers in wait_cells.of_offices(self.connection, self.offices, span, part, begins):
                name = (office if apart else "", key)
                for period, sign in signs[span, begin]:
                    known = found[period].get(name)
                    if known is None:
                        known = found[period][name] = [0] * len(numbers)
                    for at, number in enumerate(numbers):
                        known[at] += sign * number
        return {
            period: {name: wait_cells.cell_of_numbers(numbers) for name, numbers in its.items()}
            for period, its in found.items()
        }

    def within(self, cells: dict[tuple[str, str], Cell]) -> int:
        """How many of these (office, service) waited no longer than the target of their service."""
        return sum(
            cell.wait.within(self.targets[office].get(service, TARGET_S * 1000))
            for (office, service), cell in cells.items()
        )

    def row(self, key: str, pieces: Sequence[Period]) -> WaitRow:
        """All of these offices, over a period."""
        return self.stretches(pieces, key)[0]

    def stretches(self, pieces: Sequence[Period], key: str | None = None) -> list[WaitRow]:
        """All of these offices, for each of these periods; by the first day of it."""
        part = "all" if self.target_ms is not None else "service"
        rows = []
        for period, cells in self.sums(part, pieces).items():
            whole = add_up(cells.values())
            within = self.within(cells) if self.target_ms is None else whole.wait.within(self.target_ms)
            rows.append(row_of(period.first.isoformat() if key is None else key, whole, within))
        return rows

    def parts(self, period: Period, part: str) -> list[WaitRow]:
        """A period by service, counter or hour; a counter of several offices as `office/counter`."""
        together: dict[str, dict[tuple[str, str], Cell]] = defaultdict(dict)
        for (office, its), cell in self.sums(part, [period])[period].items():
            key = f"{office}/{its}" if part == "counter" and len(self.offices) > 1 else its
            together[key][office, its] = cell
        rows = []
        for key, cells in sorted(together.items()):
            whole = add_up(cells.values())
            if whole != NOTHING:
                rows.append(row_of(key, whole, self.within_of_part(part, cells, whole)))
        return rows

    def within_of_part(self, part: str, cells: dict[tuple[str, str], Cell], whole: Cell) -> int | None:
        """How many waited no longer than their target; None where targets differ and nobody knows by service."""
        if self.target_ms is not None:
            return whole.wait.within(self.target_ms)
        return self.within(cells) if part == "service" else None


def add_up(cells: Iterable[Cell]) -> Cell:
    """All of them together."""
    return sum(cells, NOTHING)


def name_of(stretch: Stretch) -> tuple[str, str]:
    """A stretch as sums are stored."""
    return stretch.span, stretch.begins.isoformat()
