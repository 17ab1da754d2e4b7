"""Statements straight to the driver, for what is asked thousands of times a second.

SQLAlchemy looks at each execution anew, which was three fifths of all that linking cost (2026-11-23). Here a statement
is written once for each kind of database, and a row is a plain tuple that knows the names of its columns. Transactions
and errors stay SQLAlchemy's, so that no flow need know. Nobody watches these statements for a note (`ledger`): they are
for what is worked out of events.
"""

import json
import re
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from fleet import metrics
from fleet.store.failures import why

Values = Mapping[str, Any]
NAMED = re.compile(r"(?<![:\w]):(\w+)")
LISTED = re.compile(r"\bIN :(\w+)")
Make = Callable[[Sequence[Any]], Any]


class Straight:
    """A statement: `:name` stands for a value, `IN :names` for any of a list."""

    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.lists = LISTED.findall(statement)
        self.make: Make | None = None

    @cached_property
    def on_sqlite(self) -> str:
        """A list comes as JSON."""
        return LISTED.sub(r"IN (SELECT value FROM json_each(:\1))", self.statement)

    @cached_property
    def on_postgresql(self) -> str:
        """A list comes as an array, so that the statement is the same for lists of any length, and planned once."""
        return NAMED.sub(r"%(\1)s", LISTED.sub(r"= ANY(:\1)", self.statement.replace("%", "%%")))

    def told(self, connection: Connection, values: Values) -> tuple[str, Values]:
        """The text and the values as the driver takes them."""
        if connection.dialect.name != "sqlite":
            return self.on_postgresql, {**values, **{name: list(values[name]) for name in self.lists}}
        if self.lists:
            values = {**values, **{name: json.dumps(list(values[name])) for name in self.lists}}
        return self.on_sqlite, values


def straight(statement: str) -> Straight:
    """A named statement."""
    return Straight(statement)


def every(connection: Connection, statement: Straight, **values: Any) -> list[Any]:
    """All rows."""
    cursor = execute(connection, *statement.told(connection, values))
    found = cursor.fetchall()
    if statement.make is None:
        names = [column[0] for column in cursor.description]
        statement.make = row_type(names)._make
    return [statement.make(row) for row in found]


def row_type(names: Sequence[str]) -> Any:
    """What makes a row of a tuple."""
    return namedtuple("Row", names, rename=True)


def one(connection: Connection, statement: Straight, **values: Any) -> Any:
    """The first row, or None."""
    found = every(connection, statement, **values)
    return found[0] if found else None


def run(connection: Connection, statement: Straight, **values: Any) -> int:
    """Carry out a statement; how many rows it touched."""
    return int(execute(connection, *statement.told(connection, values)).rowcount)


def run_each(connection: Connection, statement: Straight, rows: Sequence[Values]) -> None:
    """Carry out a statement, without lists, for each of these rows, at once."""
    sqlite = connection.dialect.name == "sqlite"
    execute_many(connection, statement.on_sqlite if sqlite else statement.on_postgresql, rows)


@contextmanager
def in_one_go(connection: Connection) -> Iterator[None]:
    """Statements of which nobody reads an answer meanwhile: PostgreSQL gets them at once, not one after the other.

    Raises DBAPIError at the end, whichever of them was refused.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as problem:
        raise refused(connection, "statements in one go", problem) from problem


def execute(connection: Connection, text: str, values: Values) -> Any:
    """The driver's cursor after a statement. Raises DBAPIError."""
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(text, values)
    except connection.dialect.loaded_dbapi.Error as problem:
        raise refused(connection, text, problem) from problem
    return cursor


def execute_many(connection: Connection, text: str, rows: Sequence[Values | Sequence[Any]]) -> int:
    """The same statement for each of these; how many rows it touched. Raises DBAPIError."""
    if not rows:
        return 0
    cursor: Any = connection.connection.cursor()
    try:
        cursor.executemany(text, rows)
    except connection.dialect.loaded_dbapi.Error as problem:
        raise refused(connection, text, problem) from problem
    return int(cursor.rowcount)


def refused(connection: Connection, text: str, problem: Any) -> Any:
    """What SQLAlchemy would have raised, and counted as it is there; values never stand in its text."""
    dialect = connection.dialect
    is_lost = dialect.is_disconnect(problem, connection.connection, None)
    metrics.DATABASE_ERRORS.labels(why(problem, is_lost)).inc()
    if is_lost:
        connection.invalidate(problem)
    return DBAPIError.instance(
        text,
        None,
        problem,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_lost,
        dialect=dialect,
    )
