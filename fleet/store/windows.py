"""Days of offices that have something to link. A worker takes one at a time; marking never waits for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from fleet.store.inbox import Life
from fleet.store.rows import EachOf, NewRows, every, one, run, run_each, sql

TAKEN_AT_MOST_MS = 120_000
# Nobody takes one for so long: what is taken until later was taken by a clock that was ahead, and is free.

ONCE_MORE = "ON CONFLICT (office, day) DO UPDATE SET marked = windows.marked + 1"
INTO_WINDOWS = "INSERT INTO windows (office, day, marked, linked, rules, taken_until_ms)"
MARK = EachOf(
    f"{INTO_WINDOWS} VALUES (:office, :day, 1, 0, 0, 0) {ONCE_MORE}",
    # In one order, so that two never wait for each other's windows in a circle.
    f"{INTO_WINDOWS} SELECT office, day, 1, 0, 0, 0 FROM {{given}} ORDER BY office, day {ONCE_MORE}",  # noqa: S608
    office="text",
    day="text",
)
TOUCH = NewRows(
    "touched", office="text", day="text", device="text", epoch="bigint", boot="bigint", first="bigint", last="bigint"
)
FORGET = sql("DELETE FROM checkpoints WHERE office = :office AND day = :day")
MARKED = sql("""
    SELECT office, day FROM windows
    WHERE (marked > linked OR rules <> :rules) AND NOT taken_until_ms BETWEEN :now_ms AND :latest_ms
    ORDER BY day DESC, office""")
WAITING = sql("SELECT office, day, linked FROM windows WHERE marked > linked")
TAKE = sql("""
    UPDATE windows SET taken_until_ms = :until_ms
    WHERE office = :office AND day = :day AND NOT taken_until_ms BETWEEN :now_ms AND :latest_ms
        AND (marked > linked OR rules <> :rules)
    RETURNING marked, rules""")
LINKED = sql("""
    UPDATE windows SET linked = :marked, rules = :rules, taken_until_ms = 0, ratings = 0
    WHERE office = :office AND day = :day AND taken_until_ms = :until_ms""")
GIVE_BACK = sql("""
    UPDATE windows SET taken_until_ms = 0 WHERE office = :office AND day = :day AND taken_until_ms = :until_ms""")
DAYS = sql("SELECT office, day FROM windows ORDER BY day, office")
VERSIONS = sql("""
    SELECT o.id AS office, (SELECT COALESCE(SUM(w.linked), 0) FROM windows w
        WHERE w.office = o.id AND w.day >= :since) AS version FROM offices o""")

LINKED_BEFORE = sql("""
    SELECT day, linked FROM windows WHERE office = :office AND day < :day AND linked > 0
    ORDER BY day DESC LIMIT :most""")


@dataclass(frozen=True)
class Taken:
    """A window that a worker has until then, the mark that it is linked up to, and whether other rules linked it."""

    office: str
    day: str
    marked: int
    anew: bool
    until_ms: int


def mark(connection: Connection, windows: Iterable[tuple[str, str]]) -> None:
    """Something changed in these (office, day) that may change all of their links: they are linked anew."""
    days = sorted(set(windows))
    # A dossier's code that is to be forgotten may stand in the checkpoints. Before the windows, as linkers do.
    run_each(connection, FORGET, [{"office": office, "day": day} for office, day in days])
    touch(connection, [(office, day, Life("", 0, 0), 0, 0) for office, day in days])


def touch(connection: Connection, stretches: Iterable[tuple[str, str, Life, int, int]]) -> None:
    """Events of (office, day, boot, first, last) are new there, or are no more, or moved."""
    rows = [(office, day, *life, first, last) for office, day, life, first, last in stretches]
    TOUCH.add(connection, rows)
    MARK.run(connection, sorted({(row[0], row[1]) for row in rows}))


def marked(connection: Connection, rules: int, now_ms: int) -> list[tuple[str, str]]:
    """The (office, day) that wait to be linked, the newest day first."""
    rows = every(connection, MARKED, rules=rules, now_ms=now_ms, latest_ms=now_ms + TAKEN_AT_MOST_MS)
    return [(row.office, row.day) for row in rows]


def waiting(connection: Connection) -> set[tuple[str, str, int]]:
    """What waits to be linked, whoever has taken it: (office, day, up to which mark it is linked)."""
    return {(row.office, row.day, row.linked) for row in every(connection, WAITING)}


def days(connection: Connection) -> list[tuple[str, str]]:
    """All (office, day) in which something happened, the oldest day first."""
    return [(row.office, row.day) for row in every(connection, DAYS)]


def take(connection: Connection, office: str, day: str, rules: int, now_ms: int, until_ms: int) -> Taken | None:
    """Take a window for oneself until then; None if another worker was faster."""
    values = {"now_ms": now_ms, "until_ms": until_ms, "latest_ms": now_ms + TAKEN_AT_MOST_MS}
    row = one(connection, TAKE, office=office, day=day, rules=rules, **values)
    return None if row is None else Taken(office, day, row.marked, row.rules != rules, until_ms)


def linked(connection: Connection, taken: Taken, rules: int) -> bool:
    """The window is linked up to its mark, and free again. False if it took so long that another worker has it."""
    values = {"office": taken.office, "day": taken.day, "marked": taken.marked, "until_ms": taken.until_ms}
    return run(connection, LINKED, **values, rules=rules) == 1


def give_back(connection: Connection, taken: Taken) -> None:
    """The window could not be linked; another may try."""
    run(connection, GIVE_BACK, office=taken.office, day=taken.day, until_ms=taken.until_ms)


def versions(connection: Connection, since: str) -> dict[str, int]:
    """By office a number that rises whenever something of it was linked, of this day or later."""
    return {row.office: int(row.version) for row in every(connection, VERSIONS, since=since)}


def linked_before(connection: Connection, office: str, day: str, most: int) -> list[tuple[str, int]]:
    """(day, up to which mark it was linked) of the last days before this one, the newest first."""
    return [(row.day, int(row.linked)) for row in every(connection, LINKED_BEFORE, office=office, day=day, most=most)]
