"""Databases as earlier programs left them: rows that these wrote, and a made one in each table that they left empty."""

import os
from typing import Any

from sqlalchemy import Column, Connection, Table, func, insert, select

from fleet.flows import restore
from fleet.flows.backup_file import read
from fleet.store import loading, saved_rows
from fleet.store.database import Store
from tests.golden.keep import SCHEMAS

KEPT = sorted(path.stem for path in SCHEMAS.glob("*.zip"))
EVERY = bool(os.environ.get("EVERY_SCHEMA"))
# Each of them on PostgreSQL, too, and not the last alone.

OURS = ("alembic_version", "schema_reach", "audit_head")
# Migrations fill these.
VALUES = {"bool": True, "bytes": b"\0kept", "float": 0.5, "int": 1, "text": "{}"}

Rows = dict[str, list[dict[str, Any]]]


def as_it_was_left(url: str, revision: str) -> tuple[Store, list[Table]]:
    """A database as the program of that revision left it, and its tables."""
    store = Store(url, "sqlite://")
    with read(SCHEMAS / f"{revision}.zip") as reading, store.writing() as connection:
        store.upgrade(connection, revision)
        tables = saved_rows.tables_of(connection, OURS)
        saved = {one.name: one for one in reading.manifest.tables}
        loading.clear(connection, tables)
        for table in tables:
            if table.name in saved:
                restore.fill(connection, reading, saved[table.name], lambda *_: None)
            if connection.execute(select(func.count()).select_from(table)).scalar() == 0:
                connection.execute(insert(table).values(made_row(connection, table)))
        loading.count_on(connection, tables)
    return store, tables


def made_row(connection: Connection, table: Table) -> dict[str, Any]:
    """A row for an empty table; what must refer to another takes a row that is there."""
    row = {column.name: made(column) for column in table.columns if not column.nullable}
    for key in table.foreign_key_constraints:
        if set(key.column_keys) <= set(row):
            there = connection.execute(select(*(one.column for one in key.elements)).limit(1)).one()
            row |= dict(zip(key.column_keys, there, strict=True))
    return row


def made(column: Column[Any]) -> Any:
    """A value of this column's type."""
    value = VALUES[saved_rows.kind_of(column.type)]
    return value[: getattr(column.type, "length", None)] if isinstance(value, str) else value


def rows_of(store: Store, tables: list[Table], now: dict[str, Table] | None = None) -> Rows:
    """The rows of these tables by their keys; of what they are `now` only the columns that were there before."""
    with store.reading() as connection:
        return {table.name: read_all(connection, table, (now or {}).get(table.name, table)) for table in tables}


def read_all(connection: Connection, table: Table, now: Table) -> list[dict[str, Any]]:
    """The rows of a table."""
    columns = [now.c[column.name] for column in table.columns if column.name in now.c]
    keys = [column.name for column in table.primary_key.columns]
    return [dict(row._mapping) for row in connection.execute(select(*columns).order_by(*(now.c[key] for key in keys)))]
