"""Days of offices that have something to link. A worker takes one at a time; marking never waits for it.

Who links an office's day has the lane of that office. On PostgreSQL a lane is an advisory lock of the transaction, so
that a linker that dies lets it go at once, and one that stands still when the server ends its idle transaction. On
SQLite a transaction that writes is alone anyway. A day that is read in one transaction and saved in another is taken
meanwhile, and free again after a time if nobody saves it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from zlib import crc32

from sqlalchemy import Connection

from fleet.store.given import EachOf, NewRows
from fleet.store.inbox import Life
from fleet.store.straight import every, one, run, run_each, straight

TAKEN_AT_MOST_MS = 120_000
# Nobody takes one for so long: what is taken until later was taken by a clock that was ahead, and is free.

BRIDGED_MS = 5_000
# On PostgreSQL its lane says who has a window, but not between two transactions of the same linker.

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
FORGET = straight("DELETE FROM checkpoints WHERE office = :office AND day = :day")
FOUND_BY = "SELECT office, day, taken_until_ms FROM windows WHERE"
# Three questions, each of which has an index of its own; together they would read all days that ever were.
MARKED = straight(f"""
    {FOUND_BY} marked > linked UNION {FOUND_BY} rules < :rules UNION {FOUND_BY} rules > :rules
    ORDER BY day DESC, office""")
WAITING = straight("SELECT office, day, linked FROM windows WHERE marked > linked")
LANE = straight("SELECT pg_try_advisory_xact_lock(:lanes, :lane) AS is_free")
WAIT = straight("SELECT pg_advisory_xact_lock(:lanes, :lane)")
LANES = 0x6C696E65
# The kind of advisory lock that a linker holds a lane by: "line".
FOUND = straight("""
    SELECT marked, rules, taken_until_ms FROM windows
    WHERE office = :office AND day = :day AND (marked > linked OR rules <> :rules)""")
TAKE = straight("UPDATE windows SET taken_until_ms = :until_ms WHERE office = :office AND day = :day")
HELD = straight("SELECT 1 FROM windows WHERE office = :office AND day = :day AND taken_until_ms = :until_ms")
LINKED = straight("""
    UPDATE windows SET linked = :marked, rules = :rules, taken_until_ms = 0, ratings = 0
    WHERE office = :office AND day = :day AND taken_until_ms = :until_ms""")
GIVE_BACK = straight("""
    UPDATE windows SET taken_until_ms = 0 WHERE office = :office AND day = :day AND taken_until_ms = :until_ms""")
DAYS = straight("SELECT office, day FROM windows ORDER BY day, office")
VERSIONS = straight("""
    SELECT o.id AS office, (SELECT COALESCE(SUM(w.linked), 0) FROM windows w
        WHERE w.office = o.id AND w.day >= :since) AS version FROM offices o""")

LINKED_BEFORE = straight("""
    SELECT day, linked FROM windows WHERE office = :office AND day < :day AND linked > 0
    ORDER BY day DESC LIMIT :most""")


@dataclass(frozen=True)
class Taken:
    """A window that a worker has, the mark that it is linked up to, and whether other rules linked it.

    `until_ms` is what the window says of who has it: while it says so, nobody else has linked it.
    """

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
    rows = every(connection, MARKED, rules=rules)
    return [(row.office, row.day) for row in rows if not is_held(row.taken_until_ms, now_ms)]


def waiting(connection: Connection) -> set[tuple[str, str, int]]:
    """What waits to be linked, whoever has taken it: (office, day, up to which mark it is linked)."""
    return {(row.office, row.day, row.linked) for row in every(connection, WAITING)}


def days(connection: Connection) -> list[tuple[str, str]]:
    """All (office, day) in which something happened, the oldest day first."""
    return [(row.office, row.day) for row in every(connection, DAYS)]


def lane(connection: Connection, office: str) -> bool:
    """Have this office's lane until the transaction ends, however that is; False if another linker has it.

    On SQLite nobody else writes until then, and who only reads has what it took before.
    """
    if connection.dialect.name == "sqlite":
        return True
    return bool(one(connection, LANE, lanes=LANES, lane=number_of(office)).is_free)


def wait_for_lane(connection: Connection, office: str) -> None:
    """Have it, when who looks whether this window is free has looked: for whoever has taken it before."""
    if connection.dialect.name != "sqlite":
        one(connection, WAIT, lanes=LANES, lane=number_of(office))


def number_of(office: str) -> int:
    """Of its lane; two offices of one number wait for each other, and that is all."""
    return crc32(office.encode()) - (1 << 31)


def found(connection: Connection, office: str, day: str, rules: int, now_ms: int) -> Taken | None:
    """A window that waits to be linked, for whoever has the lane; None if it waits no more, or another has it."""
    row = one(connection, FOUND, office=office, day=day, rules=rules)
    if row is None or is_held(row.taken_until_ms, now_ms):
        return None
    return Taken(office, day, row.marked, row.rules != rules, row.taken_until_ms)


def is_held(taken_until_ms: int, now_ms: int) -> bool:
    """Whether another worker has a window from one of its transactions to the next."""
    return now_ms <= taken_until_ms <= now_ms + TAKEN_AT_MOST_MS


def take(connection: Connection, taken: Taken, now_ms: int, for_ms: int) -> Taken:
    """Keep a window for oneself for so long, over the end of the transaction."""
    until_ms = now_ms + (for_ms if connection.dialect.name == "sqlite" else min(for_ms, BRIDGED_MS))
    run(connection, TAKE, office=taken.office, day=taken.day, until_ms=until_ms)
    return replace(taken, until_ms=until_ms)


def holds(connection: Connection, taken: Taken) -> bool:
    """Whether nobody else has linked the window, or taken it."""
    return one(connection, HELD, office=taken.office, day=taken.day, until_ms=taken.until_ms) is not None


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
