"""Rows of every table as text that knows no kind of database, always in the same order.

Tables are those that the database has, not those of this program: what an older motcua left can be saved before it is
brought up to date. A row is a JSON list, bytes are base64, and rows are ordered by their key, byte by byte. So one
state gives the same text on SQLite and on PostgreSQL, and its hash says whether a copy is the same.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    inspect,
    select,
)
from sqlalchemy.types import TypeEngine

from fleet.store.rows import every, sql

ROWS_AT_ONCE = 2_000
KINDS: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Boolean, "bool"),
    (LargeBinary, "bytes"),
    (Float, "float"),
    (Integer, "int"),
    (String, "text"),
)
GENERATIONS = sql("SELECT id, generation FROM offices ORDER BY id")
SCHEMA = sql("SELECT version_num FROM alembic_version")

encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


@dataclass(frozen=True)
class Shape:
    """A table as text: the key that orders its rows, and its columns with their kinds."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, str]


def schema_of(connection: Connection) -> str | None:
    """The revision of the tables; None where there are none of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(SCHEMA).scalar()
    return None if found is None else str(found)


def generations(connection: Connection) -> dict[str, int]:
    """The generation of each office."""
    return {row.id: int(row.generation) for row in every(connection, GENERATIONS)}


def tables_of(connection: Connection, without: Sequence[str]) -> list[Table]:
    """The tables that there are, each after those that it refers to."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name not in without]


def shape_of(table: Table) -> Shape:
    """How this table is saved: its key first, then the other columns by name."""
    key = tuple(column.name for column in table.primary_key.columns)
    others = sorted(column.name for column in table.columns if column.name not in key)
    return Shape(table.name, key, {name: kind_of(table.c[name].type) for name in (*key, *others)})


def kind_of(found: TypeEngine[Any]) -> str:
    """What values of this type are."""
    return next(kind for known, kind in KINDS if isinstance(found, known))


def lines(connection: Connection, table: Table, shape: Shape) -> Iterator[tuple[int, bytes]]:
    """The rows of a table as lines, many at once: how many, and their text."""
    columns = [table.c[name] for name in shape.columns]
    as_bytes = [place for place, kind in enumerate(shape.columns.values()) if kind == "bytes"]
    ordered = select(*columns).order_by(*(in_order(connection, table, shape, name) for name in shape.key))
    rows = connection.execute(ordered, execution_options={"stream_results": True, "yield_per": ROWS_AT_ONCE})
    for some in rows.partitions():
        values = some if not as_bytes else [without_bytes(row, as_bytes) for row in some]
        yield len(some), "".join([f"{encoded(list(row))}\n" for row in values]).encode()


def in_order(connection: Connection, table: Table, shape: Shape, name: str) -> Any:
    """A column by which rows are ordered alike everywhere: SQLite orders texts by their bytes anyway."""
    column = table.c[name]
    return column.collate("C") if shape.columns[name] == "text" and connection.dialect.name != "sqlite" else column


def without_bytes(row: Sequence[Any], places: Sequence[int]) -> list[Any]:
    """The row with base64 instead of bytes."""
    values = list(row)
    for place in places:
        values[place] = None if values[place] is None else b64encode(values[place]).decode()
    return values


def reader(shape: Shape) -> Callable[[bytes], list[Any]]:
    """What makes a row of a line again."""
    places = [place for place, kind in enumerate(shape.columns.values()) if kind == "bytes"]

    def row_of(line: bytes) -> list[Any]:
        values: list[Any] = json.loads(line)
        for place in places:
            values[place] = None if values[place] is None else b64decode(values[place])
        return values

    return row_of if places else json.loads
