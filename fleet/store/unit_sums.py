"""Which offices a unit's own sums of waits are made of, and the days of these that are open: not folded as they are.

The sums themselves lie beside those of offices (`wait_cells`), under the unit's id.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from fleet.store import rows
from fleet.store.rows import every, one, run, run_each, sql

MEMBERS = sql("SELECT office FROM wait_members WHERE unit = :unit ORDER BY office")
ALL_MEMBERS = sql("SELECT unit, office FROM wait_members")
ADD_MEMBER = sql("INSERT INTO wait_members (unit, office) VALUES (:unit, :office)")
FORGET_MEMBER = sql("DELETE FROM wait_members WHERE unit = :unit AND office = :office")
OPEN = sql("""
    INSERT INTO wait_open (unit, day, office) SELECT unit, :day, office FROM wait_members WHERE office = :office
    ON CONFLICT (unit, day, office) DO NOTHING""")
OPEN_ALL = sql("""
    INSERT INTO wait_open (unit, day, office)
    SELECT :unit, begins, '' FROM wait_sums WHERE office = :office AND span = 'day' AND part = 'all'
    ON CONFLICT (unit, day, office) DO NOTHING""")
OPEN_DAYS = sql("SELECT DISTINCT day FROM wait_open WHERE unit = :unit AND day >= :first AND day <= :last ORDER BY day")
LAST_OPEN = sql("SELECT unit, day FROM wait_open WHERE day < :before ORDER BY day DESC, unit LIMIT 1")
WAITING = sql("SELECT COUNT(*) AS n FROM (SELECT DISTINCT unit, day FROM wait_open WHERE day < :before) AS days")
MARKS = sql("SELECT day, office FROM wait_open WHERE unit = :unit AND day >= :first AND day <= :last")
CLOSE = sql("DELETE FROM wait_open WHERE unit = :unit AND day = :day AND office = :office")
CLOSE_ALL = sql("DELETE FROM wait_open WHERE unit = :unit")
FORGET_SUMS = sql("DELETE FROM wait_sums WHERE office = :unit")
EVERYBODY = ""
# The office of a mark that stands for all: who is a member changed.


def members(connection: Connection, unit: str) -> list[str]:
    """The offices of which this unit's sums are made; none if it has no sums of its own."""
    return [row.office for row in every(connection, MEMBERS, unit=unit)]


def hold(connection: Connection, unit: str) -> list[str]:
    """The same; nobody else folds this unit, or changes who is in it, until the transaction ends."""
    return [row.office for row in rows.hold(connection, MEMBERS, unit=unit)]


def all_members(connection: Connection) -> dict[str, set[str]]:
    """The offices of each unit that has sums of its own."""
    found: dict[str, set[str]] = {}
    for row in every(connection, ALL_MEMBERS):
        found.setdefault(row.unit, set()).add(row.office)
    return found


def change_members(connection: Connection, unit: str, new: Collection[str], gone: Collection[str]) -> None:
    """These offices belong to the unit, and those no longer: all days of theirs are open."""
    run_each(connection, FORGET_MEMBER, [{"unit": unit, "office": office} for office in sorted(gone)])
    run_each(connection, ADD_MEMBER, [{"unit": unit, "office": office} for office in sorted(new)])
    for office in sorted({*new, *gone}):
        run(connection, OPEN_ALL, unit=unit, office=office)


def forget_sums(connection: Connection, unit: str) -> None:
    """The unit has no sums, and no open days."""
    run(connection, FORGET_SUMS, unit=unit)
    run(connection, CLOSE_ALL, unit=unit)


def open_day(connection: Connection, office: str, day: str) -> None:
    """An office's sums of a day change. Who does this holds the office."""
    run(connection, OPEN, office=office, day=day)


def open_all(connection: Connection, unit: str, office: str) -> None:
    """All days that an office has sums of are to be folded anew."""
    run(connection, OPEN_ALL, unit=unit, office=office)


def open_days(connection: Connection, unit: str, first: str, last: str) -> list[str]:
    """The open days of a unit."""
    return [row.day for row in every(connection, OPEN_DAYS, unit=unit, first=first, last=last)]


def last_open(connection: Connection, before: str) -> tuple[str, str] | None:
    """The (unit, day) that is to be folded next: the newest before a day."""
    row = one(connection, LAST_OPEN, before=before)
    return None if row is None else (row.unit, row.day)


def waiting(connection: Connection, before: str) -> int:
    """How many days of units before this one are open."""
    return int(one(connection, WAITING, before=before).n)


def marks(connection: Connection, unit: str, first: str, last: str) -> list[tuple[str, str]]:
    """The (day, office) why days of a unit are open."""
    return [(row.day, row.office) for row in every(connection, MARKS, unit=unit, first=first, last=last)]


def close(connection: Connection, unit: str, these: Iterable[tuple[str, str]]) -> None:
    """These marks are done with."""
    run_each(connection, CLOSE, [{"unit": unit, "day": day, "office": office} for day, office in these])
