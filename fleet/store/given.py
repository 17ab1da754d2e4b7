"""Statements that speak of many things at once: the values are a table in them.

One statement for a thousand things costs what one for a single one does. On PostgreSQL the values come as arrays, on
SQLite as JSON; many new rows, and changes of many, are faster as a list of parameters there. All go straight to the
driver (`straight`).
"""

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Connection

from fleet.store.straight import Straight, Values, every, execute, execute_many, straight

Rows = Sequence[Sequence[Any]]
ROWS_AT_ONCE = 50
# New rows in one statement on SQLite: a third cheaper than one each; with more of them nothing is won.


class Given:
    """A statement over a table of values that is given with it; `columns` are their names with types of PostgreSQL.

    In the text `{given}` is that table, called `given`, and `{join}` joins another one to it, read by its own index.
    `holding`: the table of a SELECT whose rows nobody else changes until the transaction ends; on SQLite nobody writes
    anyway.
    """

    def __init__(self, statement: str, holding: str = "", /, **columns: str) -> None:
        self.statement = statement
        self.holding = f" FOR NO KEY UPDATE OF {holding}" if holding else ""
        self.columns = columns

    @cached_property
    def on_sqlite(self) -> Straight:
        """SQLite takes the tables of a CROSS JOIN in their order; it knows nothing of what is in JSON."""
        values = ", ".join(f"json_extract(value, '$[{n}]') AS {name}" for n, name in enumerate(self.columns))
        table = f"(SELECT {values} FROM json_each(:given)) AS given"  # noqa: S608 (our own words)
        return straight(self.statement.format(given=table, join="CROSS JOIN"))

    @cached_property
    def on_postgresql(self) -> Straight:
        """One array for each column."""
        arrays = ", ".join(f"CAST(CAST(:given_{name} AS text) AS {kind}[])" for name, kind in self.columns.items())
        table = f"unnest({arrays}) AS given ({', '.join(self.columns)})"
        return straight(self.statement.format(given=table, join="JOIN") + self.holding)

    def every(self, connection: Connection, given: Rows, **values: Any) -> list[Any]:
        """All rows of a SELECT, or of what is RETURNING."""
        if not given:
            return []
        statement, told = self.told(connection, given, values)
        return every(connection, statement, **told)

    def run(self, connection: Connection, given: Rows, **values: Any) -> int:
        """Carry it out; how many rows it touched."""
        return self.running(connection, given, **values)()

    def running(self, connection: Connection, given: Rows, **values: Any) -> Callable[[], int]:
        """The same; what says how many may be asked when PostgreSQL has answered (`straight.in_one_go`)."""
        if not given:
            return lambda: 0
        statement, told = self.told(connection, given, values)
        cursor = execute(connection, *statement.told(connection, told))
        return lambda: int(cursor.rowcount)

    def told(self, connection: Connection, given: Rows, values: Values) -> tuple[Straight, dict[str, Any]]:
        """By the dialect of the connection: the statement and its values."""
        if connection.dialect.name == "sqlite":
            return self.on_sqlite, {**values, "given": msgspec.json.encode(given).decode()}
        columns = zip(self.columns.items(), zip(*given, strict=True), strict=True)
        arrays = {f"given_{name}": array(kind, column) for (name, kind), column in columns}
        return self.on_postgresql, {**values, **arrays}


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
        return self.adding(connection, rows)()

    def adding(self, connection: Connection, rows: Rows) -> Callable[[], int]:
        """The same; what says how many may be asked when PostgreSQL has answered (`straight.in_one_go`)."""
        if connection.dialect.name != "sqlite":
            return self.on_postgresql.running(connection, rows)
        whole = len(rows) - len(rows) % ROWS_AT_ONCE
        portions = [list(chain.from_iterable(rows[at : at + ROWS_AT_ONCE])) for at in range(0, whole, ROWS_AT_ONCE)]
        added = execute_many(connection, self.many, portions) + execute_many(connection, self.one, rows[whole:])
        return lambda: added


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
        else:
            execute_many(connection, self.each, rows)


class Kept:
    """Rows of a table, put there or over what stands under their key: the first `keyed` of the columns.

    `place`: the name of a column that counts the rows of an office's day as they come, and is never changed.
    """

    def __init__(self, table: str, keyed: int, place: str = "", /, **columns: str) -> None:
        names = list(columns)
        into = ", ".join([*names, place] if place else names)
        setting = ", ".join(f"{name} = excluded.{name}" for name in names[keyed:])
        over = f"ON CONFLICT ({', '.join(names[:keyed])}) DO UPDATE SET {setting}"
        last = f"SELECT COALESCE(MAX(o.{place}), 0) FROM {table} o WHERE o.office = {{0}}office AND o.day = {{0}}day"  # noqa: S608
        marks = [f":{name}" for name in names] + ([f"({last.format(':')}) + 1"] if place else [])
        taken = [f"given.{name}" for name in names] + ([f"({last.format('given.')}) + given.nth"] if place else [])
        self.names, self.place = names, place
        self.on_sqlite = f"INSERT INTO {table} ({into}) VALUES ({', '.join(marks)}) {over}"  # noqa: S608 (our own words)
        self.on_postgresql = Given(
            f"INSERT INTO {table} ({into}) SELECT {', '.join(taken)} FROM {{given}} {over}",  # noqa: S608
            **columns,
            **({"nth": "bigint"} if place else {}),
        )

    def put(self, connection: Connection, rows: Rows) -> None:
        """Put these, each with its values in the order of the columns, and no key twice."""
        if connection.dialect.name == "sqlite":
            execute_many(connection, self.on_sqlite, [dict(zip(self.names, row, strict=True)) for row in rows])
        elif self.place:
            self.on_postgresql.run(connection, [(*row, nth) for nth, row in enumerate(rows, 1)])
        else:
            self.on_postgresql.run(connection, rows)


def array(kind: str, values: Sequence[Any]) -> str:
    """An array as PostgreSQL reads it: psycopg takes a multiple of the time for one, value by value.

    Bytes go as hexadecimal digits.
    """
    if kind == "bytea":
        return array("text", [f"\\x{one.hex()}" for one in values])
    if kind == "text":
        return f"{{{','.join(['NULL' if one is None else quoted(one) for one in values])}}}"
    return f"{{{msgspec.json.encode(values)[1:-1].decode()}}}"  # numbers, true, false and null are written alike


def quoted(one: str) -> str:
    """A text in an array."""
    escaped = one.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
