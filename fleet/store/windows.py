"""Days of offices that have something to link. A worker takes one at a time; marking never waits for it."""

from collections.abc import Iterable

from sqlalchemy import Connection

from fleet.store.rows import every, one, run, run_each, sql

MARK = sql("""
    INSERT INTO windows (office, day, marked, linked, rules, taken_until_ms) VALUES (:office, :day, 1, 0, 0, 0)
    ON CONFLICT (office, day) DO UPDATE SET marked = windows.marked + 1""")
MARKED = sql("""
    SELECT office, day FROM windows
    WHERE (marked > linked OR rules <> :rules) AND taken_until_ms < :now_ms ORDER BY day DESC, office""")
TAKE = sql("""
    UPDATE windows SET taken_until_ms = :until_ms
    WHERE office = :office AND day = :day AND taken_until_ms < :now_ms AND (marked > linked OR rules <> :rules)
    RETURNING marked""")
LINKED = sql("""
    UPDATE windows SET linked = :marked, rules = :rules, taken_until_ms = 0 WHERE office = :office AND day = :day""")
GIVE_BACK = sql("UPDATE windows SET taken_until_ms = 0 WHERE office = :office AND day = :day")
VERSION = sql("SELECT COALESCE(SUM(linked), 0) AS version FROM windows WHERE office = :office")


def mark(connection: Connection, windows: Iterable[tuple[str, str]]) -> None:
    """Something changed in these (office, day)."""
    run_each(connection, MARK, [{"office": office, "day": day} for office, day in sorted(set(windows))])


def marked(connection: Connection, rules: int, now_ms: int) -> list[tuple[str, str]]:
    """The (office, day) that wait to be linked, the newest day first."""
    return [(row.office, row.day) for row in every(connection, MARKED, rules=rules, now_ms=now_ms)]


def take(connection: Connection, office: str, day: str, rules: int, now_ms: int, until_ms: int) -> int | None:
    """Take a window for oneself until then: the mark that it has now, or None if another worker was faster."""
    row = one(connection, TAKE, office=office, day=day, rules=rules, now_ms=now_ms, until_ms=until_ms)
    return None if row is None else int(row.marked)


def linked(connection: Connection, office: str, day: str, marked_at: int, rules: int) -> None:
    """The window is linked up to this mark, and free again."""
    run(connection, LINKED, office=office, day=day, marked=marked_at, rules=rules)


def give_back(connection: Connection, office: str, day: str) -> None:
    """The window could not be linked; another may try."""
    run(connection, GIVE_BACK, office=office, day=day)


def version(connection: Connection, office: str) -> int:
    """Rises whenever something of the office was linked."""
    row = one(connection, VERSION, office=office)
    return int(row.version) if row is not None else 0
