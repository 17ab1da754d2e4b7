"""Keep the sums of waits while visits are linked, in the linker's own transaction.

What changed is taken out as it was and put in as it is. A day that is linked as a whole, or was never counted, or whose
sums cannot be right (somebody wrote visits by hand), is counted anew from its visits; what that changes goes on to
the sums of the month and the year.
"""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.linked import VisitSeen
from fleet.domain.periods import Period, days, end_of, months
from fleet.domain.times import NotInThere
from fleet.domain.wait_cells import MIX, PARTS, Cell, Place, Slot, begin, cells_of, changes, sums_of
from fleet.store import places, retention, unit_sums, wait_cells
from fleet.store.database import Store
from fleet.store.day_parts import VISITS, DayParts
from fleet.store.places import OfficeRow

DAYS_A_ROUND = 10
# Days of before the sums were kept: few at a time, so that linking waits for none of them long.


def count_changed(
    connection: Connection, place: OfficeRow, day: str, was: Collection[VisitSeen], now: Collection[VisitSeen]
) -> None:
    """Some visits of a day were these, and are those now, in the tables too."""
    changed = changes(was, now, place.timezone)
    if wait_cells.is_counted(connection, place.id, day):
        try:
            add(connection, place.id, day, changed)
        except NotInThere:
            pass
        else:
            return
    count_whole(connection, place, day, DayParts(connection, place.id, day).all(VISITS))


def count_whole(connection: Connection, place: OfficeRow, day: str, visits: Iterable[VisitSeen]) -> None:
    """These are all visits of a day."""
    known, now = wait_cells.of_day(connection, place.id, day), cells_of(visits, place.timezone)
    differing = {
        at: now.get(at, Cell()) - known.get(at, Cell())
        for at in known.keys() | now.keys()
        if known.get(at) != now.get(at)
    }
    try:
        add(connection, place.id, day, differing)
    except NotInThere:
        put(connection, place.id, day, now)
    if not wait_cells.is_counted(connection, place.id, day):
        wait_cells.counted(connection, place.id, day)


def add(connection: Connection, office: str, day: str, changed: dict[Place, Cell]) -> None:
    """Add to the cells of a day and all sums above them. Raises NotInThere."""
    if changed:
        wait_cells.add(connection, office, day, changed, sums_of(day, changed))
        unit_sums.open_day(connection, office, day)


def put(connection: Connection, office: str, day: str, cells: dict[Place, Cell]) -> None:
    """The cells of a day are these; the sums above it are added up anew, each from those below."""
    sums = {slot: cell for slot, cell in sums_of(day, cells).items() if slot.span == "day"}
    wait_cells.put_hours(connection, office, day, cells)
    wait_cells.put_sums(connection, office, "day", day, sums)
    unit_sums.open_day(connection, office, day)
    for span, below in (("month", "day"), ("year", "month")):
        begins = date.fromisoformat(begin(span, day))
        whole = Period(begins, end_of(span, begins))
        pieces = [one.first.isoformat() for one in (days(whole) if below == "day" else months(whole))]
        found: dict[Slot, Cell] = {}
        for part in (*PARTS, MIX):
            if (below, part) == ("day", MIX):
                rows = wait_cells.mixed(connection, [office], whole.first.isoformat(), whole.last.isoformat())
            else:
                rows = wait_cells.of_offices(connection, [office], below, part, pieces)
            for _, _, key, numbers in rows:
                slot = Slot(span, begins.isoformat(), part, key)
                found[slot] = found.get(slot, Cell()) + wait_cells.cell_of_numbers(numbers)
        wait_cells.put_sums(connection, office, span, begins.isoformat(), found)


def count_days(store: Store) -> int:
    """Count some days that were linked before their waits were counted; how many."""
    with store.reading() as connection:
        first = day_of(retention.linked_since_ms(connection), "UTC")
        waiting = wait_cells.to_count(connection, first, DAYS_A_ROUND)
    for office, day in waiting:
        with store.writing(alone=False) as connection:
            places.hold(connection, office)
            place = places.office(connection, office)
            if place is not None and not wait_cells.is_counted(connection, office, day):
                count_whole(connection, place, day, DayParts(connection, office, day).all(VISITS))
    return len(waiting)
