"""Sums of ratings of an office's days and months."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam

from fleet.domain.rating_sums import RatingSum, from_text
from fleet.store.rows import every, run, sql

RULES = 1
# Raise it when the same presses would be added up otherwise: days are counted anew.
AT_ONCE = 400

STALE = sql("""
    SELECT office, day FROM windows
    WHERE office IN :offices AND day >= :first AND day <= :last AND linked > 0 AND ratings <> :rules""").bindparams(
    bindparam("offices", expanding=True)
)
TO_COUNT = sql("""
    SELECT office, day FROM windows WHERE linked > 0 AND ratings <> :rules AND day < :before AND day >= :first
    ORDER BY day DESC, office LIMIT :most""")
IS_STALE = sql("""
    SELECT 1 FROM windows WHERE office = :office AND day = :day AND linked > 0 AND ratings <> :rules""")
SET_COUNTED = sql("UPDATE windows SET ratings = :rules WHERE office = :office AND day = :day")
SUMS = sql("""
    SELECT office, day, body FROM rating_sums
    WHERE office IN :offices AND span = :span AND day >= :first AND day <= :last""").bindparams(
    bindparam("offices", expanding=True)
)
SAVE = sql("""
    INSERT INTO rating_sums (office, span, day, body) VALUES (:office, :span, :day, :body)
    ON CONFLICT (office, span, day) DO UPDATE SET body = excluded.body""")
DROP = sql("DELETE FROM rating_sums WHERE office = :office AND span = :span AND day = :day")


def stale(connection: Connection, offices: Sequence[str], first: str, last: str) -> set[tuple[str, str]]:
    """The (office, day) whose presses changed since they were added up, or never were."""
    found: set[tuple[str, str]] = set()
    for some in range(0, len(offices), AT_ONCE):
        asked = {"offices": offices[some : some + AT_ONCE], "first": first, "last": last}
        found |= {(row.office, row.day) for row in every(connection, STALE, **asked, rules=RULES)}
    return found


def is_stale(connection: Connection, office: str, day: str) -> bool:
    """Whether a day is to be added up."""
    return bool(every(connection, IS_STALE, office=office, day=day, rules=RULES))


def to_count(connection: Connection, first: str, before: str, most: int) -> list[tuple[str, str]]:
    """Some (office, day) from a first day on that are over and to be added up, the newest first."""
    asked = {"first": first, "before": before, "most": most}
    return [(row.office, row.day) for row in every(connection, TO_COUNT, **asked, rules=RULES)]


def counted(connection: Connection, office: str, day: str) -> None:
    """A day is added up as it is now."""
    run(connection, SET_COUNTED, office=office, day=day, rules=RULES)


def changed(connection: Connection, office: str, day: str) -> None:
    """Something of a day's presses is otherwise than it was added up."""
    run(connection, SET_COUNTED, office=office, day=day, rules=0)


def sums(
    connection: Connection, offices: Iterable[str], span: str, first: str, last: str
) -> dict[tuple[str, str], RatingSum]:
    """The sums of these offices, by (office, first day)."""
    wanted = sorted(set(offices))
    found: dict[tuple[str, str], RatingSum] = {}
    for some in range(0, len(wanted), AT_ONCE):
        asked = {"offices": wanted[some : some + AT_ONCE], "span": span, "first": first, "last": last}
        found |= {(row.office, row.day): from_text(row.body) for row in every(connection, SUMS, **asked)}
    return found


def save(connection: Connection, office: str, span: str, day: str, its: RatingSum) -> None:
    """This is the sum; of nothing none is kept."""
    if its == RatingSum():
        run(connection, DROP, office=office, span=span, day=day)
    else:
        run(connection, SAVE, office=office, span=span, day=day, body=its.to_text())
