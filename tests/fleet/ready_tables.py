"""Tables as migrations left them once in this process, for tests that make many databases: migrating takes seconds.

What migrations do is tested where these are not asked for: all that is here, a migration did.
"""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, event

from fleet.store.database import Store, newest_revision
from fleet.store.loading import is_empty
from fleet.store.saved_rows import schema_of
from tests.fleet.office import with_tables

BOUNDS = ("BEGIN TRANSACTION;", "COMMIT;")
MIGRATED = Store.upgrade
RAN: list[tuple[str, Any]] = []
# What the migrations told PostgreSQL, when they last began with nothing.


def upgrade(store: Store, connection: Connection, revision: str) -> None:
    """In the place of `Store.upgrade`: the newest tables in an empty database are made without migrations."""
    newest = newest_revision()
    if revision not in ("head", newest) or not (is_empty(connection) or schema_of(connection) == newest):
        MIGRATED(store, connection, revision)
    elif not is_empty(connection):
        return  # they are the newest
    elif not store.is_postgresql:
        for told in told_by_file():
            connection.exec_driver_sql(told)
    elif RAN:
        for statement, values in RAN:
            connection.exec_driver_sql(statement, values)
    else:
        listen_and_migrate(store, connection, revision)


@cache
def told_by_file() -> list[str]:
    """What a migrated SQLite file tells of itself. To be asked first before `Store.upgrade` is another."""
    with TemporaryDirectory() as folder:
        with_tables(Path(folder))
        with closing(sqlite3.connect(Path(folder) / "motcua.sqlite")) as file:
            return [statement for statement in file.iterdump() if statement not in BOUNDS]


def listen_and_migrate(store: Store, connection: Connection, revision: str) -> None:
    """On PostgreSQL, once by migrations."""

    def ran(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        if not statement.lstrip().startswith("SELECT"):
            RAN.append((statement, values))

    event.listen(connection, "before_cursor_execute", ran)
    try:
        MIGRATED(store, connection, revision)
    except BaseException:
        RAN.clear()
        raise
    finally:
        event.remove(connection, "before_cursor_execute", ran)
