"""The certificates that the fleet lives by, as they were seen last."""

from collections.abc import Iterable

from sqlalchemy import Connection

from fleet.domain.certificates import Certificate, Use
from fleet.store.rows import every, run, run_each, sql

ALL = sql("SELECT use, name, ends_ms, seen_ms, trouble, told_days FROM certificates ORDER BY use")
CLEAR = sql("DELETE FROM certificates")
ADD = sql("""
    INSERT INTO certificates (use, name, ends_ms, seen_ms, trouble, told_days)
    VALUES (:use, :name, :ends_ms, :seen_ms, :trouble, :told_days)""")
KNOWN = frozenset(Use)


def all_known(connection: Connection) -> list[Certificate]:
    """Those that were looked at; of a use that only a newer version knows nothing."""
    return [Certificate(Use(row.use), *row[1:]) for row in every(connection, ALL) if row.use in KNOWN]


def put(connection: Connection, found: Iterable[Certificate]) -> None:
    """These are all there are."""
    run(connection, CLEAR)
    run_each(connection, ADD, [vars(one) | {"use": one.use.value} for one in found])
