"""Statements and their rows, kept short: SQL text in, tuples out.

Where a statement speaks of many things at once (`Given`), their values are a table in it: one statement for a thousand
of them costs what one for a single one does. On PostgreSQL they come as arrays, on SQLite as JSON; many new rows are
faster as a list of parameters there.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, CursorResult, TextClause, text

Values = Mapping[str, Any]
AT_ONCE = 400
# So many values stand in one statement at most.


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
        arrays = ", ".join(f"CAST(:given_{name} AS {kind}[])" for name, kind in self.columns.items())
        table = f"unnest({arrays}) AS given ({', '.join(self.columns)})"
        return text(self.statement.format(given=table, join="JOIN"))

    def every(self, connection: Connection, given: Sequence[Sequence[Any]], **values: Any) -> Sequence[Any]:
        """All rows of a SELECT, or of what is RETURNING."""
        return self.execute(connection, given, values).all() if given else []

    def run(self, connection: Connection, given: Sequence[Sequence[Any]], **values: Any) -> None:
        """Carry it out."""
        if given:
            self.execute(connection, given, values)

    def execute(self, connection: Connection, given: Sequence[Sequence[Any]], values: Values) -> CursorResult[Any]:
        """By the dialect of the connection."""
        if connection.dialect.name == "sqlite":
            return connection.execute(self.on_sqlite, {**values, "given": json.dumps(given)})
        arrays = dict(zip((f"given_{name}" for name in self.columns), map(list, zip(*given, strict=True)), strict=True))
        return connection.execute(self.on_postgresql, {**values, **arrays})


class NewRows:
    """Rows that are put into a table, each unless it is there."""

    def __init__(self, table: str, **columns: str) -> None:
        names = ", ".join(columns)
        into = f"INSERT INTO {table} ({names})"
        marks = ", ".join("?" * len(columns))
        self.on_sqlite = f"{into} VALUES ({marks}) ON CONFLICT DO NOTHING"
        self.on_postgresql = Given(f"{into} SELECT {names} FROM {{given}} ON CONFLICT DO NOTHING", **columns)  # noqa: S608

    def add(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Put these there; each has its values in the order of the columns."""
        if rows and connection.dialect.name == "sqlite":
            connection.exec_driver_sql(self.on_sqlite, [tuple(row) for row in rows])
        elif rows:
            self.on_postgresql.run(connection, rows)
