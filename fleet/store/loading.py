"""Tables are filled with rows that were saved, in one transaction with all else that a restore does."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy import Connection, Table, inspect, text
from sqlalchemy.exc import DataError, IntegrityError

from fleet.store.reach import others
from fleet.store.replacing import InUse
from fleet.store.rows import one, sql
from fleet.store.saved_rows import Shape

ROWS_AT_ONCE = 5_000
SEQUENCE = sql("SELECT pg_get_serial_sequence(:name, :column) AS name")
SERVERS = sql("UPDATE devices SET epoch = epoch + :ahead WHERE kind = 'server'")


class DoesNotFit(ValueError):
    """A row that one kind of database kept and this one can not."""

    def __init__(self, table: str, problem: object) -> None:
        said = " ".join(str(problem).strip().splitlines()[:2])
        super().__init__(f"{table}: expected rows that this database takes, found one that it refuses: {said}")


def is_empty(connection: Connection) -> bool:
    """Whether there is no table at all."""
    return not inspect(connection).get_table_names()


def check_unused(connection: Connection) -> None:
    """Raises InUse where other processes of the fleet are connected (PostgreSQL)."""
    if connected := len(others(connection)):
        raise InUse("the database", f"{connected} connections of motcua")


def put_aside(connection: Connection, schema: str) -> None:
    """Move every table into a schema of its own, where it stays as it is (PostgreSQL)."""
    connection.exec_driver_sql(f'CREATE SCHEMA "{schema}"')
    for name in inspect(connection).get_table_names():
        connection.exec_driver_sql(f'ALTER TABLE "{name}" SET SCHEMA "{schema}"')


def clear(connection: Connection, tables: Sequence[Table]) -> None:
    """Take away what migrations put into new tables: all rows come out of the backup."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # a row may refer to a later one of its table
    for table in reversed(tables):
        connection.execute(table.delete())


def fill(connection: Connection, shape: Shape, rows: Iterable[Sequence[Any]]) -> None:
    """Put these rows into a table, in the order of the shape's columns. Raises DoesNotFit."""
    names = ", ".join(f'"{name}"' for name in shape.columns)
    try:
        if connection.dialect.name == "sqlite":
            places = ", ".join("?" * len(shape.columns))
            insert = f'INSERT INTO "{shape.name}" ({names}) VALUES ({places})'  # noqa: S608 (names of our own tables)
            for some in portions(rows):
                connection.exec_driver_sql(insert, some)
        else:
            copy_in(connection, f'COPY "{shape.name}" ({names}) FROM STDIN', rows)
    except (DataError, IntegrityError, psycopg.DataError, psycopg.IntegrityError) as problem:
        raise DoesNotFit(shape.name, getattr(problem, "orig", problem)) from None


def copy_in(connection: Connection, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """PostgreSQL's own way to take many rows: one statement, whose references are checked at its end."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def portions(rows: Iterable[Sequence[Any]]) -> Iterator[list[tuple[Any, ...]]]:
    """So many at once as one call of the driver takes."""
    left = iter(rows)
    while some := [tuple(row) for row in islice(left, ROWS_AT_ONCE)]:
        yield some


def count_on(connection: Connection, tables: Sequence[Table]) -> None:
    """Numbers that PostgreSQL gives by itself go on behind those that were loaded; SQLite does so anyway."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables:
        for column in table.primary_key.columns:
            sequence = one(connection, SEQUENCE, name=f'"{table.name}"', column=column.name).name
            if sequence is not None:
                last = f'SELECT MAX("{column.name}") FROM "{table.name}"'  # noqa: S608 (names of our own tables)
                connection.execute(text(f"SELECT setval(:name, ({last}))"), {"name": sequence})


def servers_begin_anew(connection: Connection, ahead: int) -> None:
    """The fleet's own processes speak under epochs that none of them can have had after the backup."""
    connection.execute(SERVERS, {"ahead": ahead})
