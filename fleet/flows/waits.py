"""How long people waited and were served at a unit of the tree: an office, or all below a centre or a province.

Read from sums that the linker keeps (`count_waits`, `reading_waits`). Targets are those of the offices' services today.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from fleet.domain import periods
from fleet.domain.day import day_of
from fleet.domain.org_tree import Tree
from fleet.domain.periods import Period
from fleet.domain.succession import heirs_on
from fleet.domain.waits import Offices, WaitRow, offices_of
from fleet.flows.reading_waits import Reading
from fleet.store import places, tree_parts, visits
from fleet.store.database import Store
from fleet.store.visits import WaitingRow

BY: dict[str, Callable[[Period], list[Period]]] = {
    "day": periods.days,
    "week": periods.weeks,
    "month": periods.months,
    "year": periods.years,
}
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
        reading = Reading(connection, seen.whole, unit)
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
    by_day: dict[str, list[str]] = defaultdict(list)
    for place in places.offices_named(connection, offices):
        by_day[day_of(now_ms, place.timezone)].append(place.id)
    rows: list[WaitingRow] = []
    for day, ids in by_day.items():
        rows += visits.waiting_at(connection, ids, day)
    return LongestNow(sum(row.n for row in rows), min((row.oldest_ms for row in rows), default=None))
