"""Statements and their rows, kept short: SQL text in, tuples out.

Where a statement speaks of many things at once (`Given`), their values are a table in it: one statement for a thousand
of them costs what one for a single one does. On PostgreSQL they come as arrays, on SQLite as JSON; many new rows, and
changes of many, are faster as a list of parameters there.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import Connection, CursorResult, TextClause, text

Values = Mapping[str, Any]
Rows = Sequence[Sequence[Any]]
AT_ONCE = 400
# So many values stand in one statement at most.

ROWS_AT_ONCE = 50
# New rows in one statement on SQLite: a third cheaper than one each; with more of them nothing is won.


def sql(statement: str) -> TextClause:
    """A named statement, prepared once."""
    return text(statement)


def one(connection: Connection, statement: TextClause, **values: Any) -> Any:
    """The first row, or None."""
    return connection.execute(statement, values).first()


def every(connection: Connection, statement: TextClause, **values: Any) -> Sequence[Any]:
    """All rows."""
    return connection.execute(statement, values).all()


def hold(connection: Connection, statement: TextClause, **values: Any) -> Sequence[Any]:
    """All rows of a SELECT, which nobody else changes until the transaction ends; on SQLite nobody writes anyway."""
    if connection.dialect.name != "sqlite":
        statement = text(f"{statement.text} FOR NO KEY UPDATE")
    return connection.execute(statement, values).all()


def portions(some: Iterable[str]) -> Iterator[list[str]]:
    """These, in order, as many at once as a statement takes."""
    ordered = sorted(some)
    return (ordered[first : first + AT_ONCE] for first in range(0, len(ordered), AT_ONCE))


def run(connection: Connection, statement: TextClause, **values: Any) -> int:
    """Carry out a statement; how many rows it touched."""
    return connection.execute(statement, values).rowcount


def run_each(connection: Connection, statement: TextClause, rows: Sequence[Values]) -> None:
    """Carry out a statement for each of these rows, at once."""
    if rows:
        connection.execute(statement, list(rows))


class Given:
    """A statement over a table of values that is given with it; `columns` are their names with types of PostgreSQL.

    In the text `{given}` is that table, called `given`, and `{join}` joins another one to it, read by its own index.
    """

    def __init__(self, statement: str, **columns: str) -> None:
        self.statement = statement
        self.columns = columns

    @cached_property
    def on_sqlite(self) -> TextClause:
        """SQLite takes the tables of a CROSS JOIN in their order; it knows nothing of what is in JSON."""
        values = ", ".join(f"json_extract(value, '$[{n}]') AS {name}" for n, name in enumerate(self.columns))
        table = f"(SELECT {values} FROM json_each(:given)) AS given"  # noqa: S608 (our own words)
        return text(self.statement.format(given=table, join="CROSS JOIN"))

    @cached_property
    def on_postgresql(self) -> TextClause:
        """One array for each column."""
        arrays = ", ".join(f"CAST(CAST(:given_{name} AS text) AS {kind}[])" for name, kind in self.columns.items())
        table = f"unnest({arrays}) AS given ({', '.join(self.columns)})"
        return text(self.statement.format(given=table, join="JOIN"))

    def every(self, connection: Connection, given: Rows, **values: Any) -> Sequence[Any]:
        """All rows of a SELECT, or of what is RETURNING."""
        return self.execute(connection, given, values).all() if given else []

    def run(self, connection: Connection, given: Rows, **values: Any) -> int:
        """Carry it out; how many rows it touched."""
        return self.execute(connection, given, values).rowcount if given else 0

    def execute(self, connection: Connection, given: Rows, values: Values) -> CursorResult[Any]:
        """By the dialect of the connection."""
        if connection.dialect.name == "sqlite":
            return connection.execute(self.on_sqlite, {**values, "given": json.dumps(given)})
        return connection.execute(self.on_postgresql, {**values, **self.arrays(given)})

    def arrays(self, given: Rows) -> dict[str, str]:
        """The values column by column."""
        columns = zip(self.columns.items(), zip(*given, strict=True), strict=True)
        return {f"given_{name}": array(kind, column) for (name, kind), column in columns}


class NewRows:
    """Rows that are put into a table, each unless it is there."""

    def __init__(self, table: str, **columns: str) -> None:
        names = ", ".join(columns)
        into = f"INSERT INTO {table} ({names})"
        marks = f"({', '.join('?' * len(columns))})"
        self.one = f"{into} VALUES {marks} ON CONFLICT DO NOTHING"
        self.many = f"{into} VALUES {', '.join([marks] * ROWS_AT_ONCE)} ON CONFLICT DO NOTHING"
        self.on_postgresql = Given(f"{into} SELECT {names} FROM {{given}} ON CONFLICT DO NOTHING", **columns)  # noqa: S608

    def add(self, connection: Connection, rows: Rows) -> int:
        """Put these there, each with its values in the order of the columns; how many were not there."""
        if connection.dialect.name != "sqlite":
            return self.on_postgresql.run(connection, rows)
        whole = len(rows) - len(rows) % ROWS_AT_ONCE
        portions = [tuple(chain.from_iterable(rows[at : at + ROWS_AT_ONCE])) for at in range(0, whole, ROWS_AT_ONCE)]
        added = connection.exec_driver_sql(self.many, portions).rowcount if portions else 0
        left = [tuple(row) for row in rows[whole:]]
        return added + (connection.exec_driver_sql(self.one, left).rowcount if left else 0)


class EachOf:
    """A statement that is carried out for each of many rows; `set_of` says the same of all of them on PostgreSQL.

    There `{given}` is the table of their values; in `each` they stand as :name.
    """

    def __init__(self, each: str, set_of: str, **columns: str) -> None:
        self.each = re.sub(r":(\w+)", lambda found: f"?{1 + list(columns).index(found[1])}", each)
        self.on_postgresql = Given(set_of, **columns)

    def run(self, connection: Connection, rows: Rows) -> None:
        """Carry it out for these rows; each has its values in the order of the columns."""
        if connection.dialect.name != "sqlite":
            self.on_postgresql.run(connection, rows)
        elif rows:
            connection.exec_driver_sql(self.each, [tuple(row) for row in rows])


def array(kind: str, values: Iterable[Any]) -> str:
    """An array as PostgreSQL reads it: psycopg takes a multiple of the time for one, value by value.

    Bytes go as hexadecimal digits.
    """
    if kind == "bytea":
        return array("text", [f"\\x{one.hex()}" for one in values])
    if kind == "text":
        return f"{{{','.join(['NULL' if one is None else quoted(one) for one in values])}}}"
    return f"{{{json.dumps(list(values))[1:-1]}}}"  # numbers, true, false and null are written alike


def quoted(one: str) -> str:
    """A text in an array."""
    escaped = one.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
