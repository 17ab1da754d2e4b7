"""Sums of waits against a recount of all visits."""

from collections import defaultdict

from sqlalchemy import Connection

from fleet.domain.wait_cells import Cell, Slot, cells_of, sums_of
from fleet.store import places, wait_cells, windows
from fleet.store.database import Store
from fleet.store.day_parts import VISITS, DayParts
from fleet.store.rows import every, run, sql

DAYS = sql("SELECT day FROM visits WHERE office = :office UNION SELECT day FROM wait_hours WHERE office = :office")
SUMS = sql("SELECT span, begins, part, key FROM wait_sums WHERE office = :office")


def waits_are_recounted(store: Store, office: str) -> None:
    """The kept cells of each day, and all sums above them, are those of the visits in the tables; none is left over."""
    with store.reading() as connection:
        place = places.office(connection, office)
        assert place is not None
        days = [row.day for row in every(connection, DAYS, office=office)]
        sums: dict[Slot, Cell] = defaultdict(Cell)
        for day in days:
            cells = cells_of(DayParts(connection, office, day).all(VISITS), place.timezone)
            assert wait_cells.of_day(connection, office, day) == cells
            for slot, cell in sums_of(day, cells).items():
                sums[slot] += cell
        for day in days:
            slots = [slot for slot in sums if day_is_in(slot, day)]
            assert wait_cells.sums_at(connection, office, day, slots) == {slot: sums[slot] for slot in slots}
        assert {Slot(*row) for row in every(connection, SUMS, office=office)} == sums.keys()


def as_linked(connection: Connection, office: str, day: str) -> None:
    """Write down that a day was linked, as the linker does when it has saved what it found."""
    windows.mark(connection, [(office, day)])
    run(
        connection,
        sql("UPDATE windows SET linked = marked, ratings = 0 WHERE office = :o AND day = :d"),
        o=office,
        d=day,
    )


def day_is_in(slot: Slot, day: str) -> bool:
    return slot.begins == {"day": day, "month": f"{day[:7]}-01", "year": f"{day[:4]}-01-01"}[slot.span]
