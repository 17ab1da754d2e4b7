"""The database: opened, brought up to date, and used in two ways, to read and to write.

A transaction that will write says so when it begins: on SQLite it takes the one write lock at once (BEGIN IMMEDIATE),
so that it waits there and never fails half-way. SQLite runs with its write-ahead log and full synchronisation: what is
committed outlives a power cut.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import StaticPool

LOCK_WAIT_S = 30
IMMEDIATE = "motcua_immediate"
UNUSABLE = (DatabaseError, OperationalError)
# A file that is none, a full disk, no permission. Their subclasses are mistakes of ours.


class BadAddress(ValueError):
    """What should be a database's address is none, or its driver is not installed. It never shows a password."""


class Store:
    """One database. `reading()` and `writing()` give a connection in a transaction. Raises BadAddress."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = open_engine(url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that will write; committed at the end, rolled back on an exception."""
        with self.engine.connect().execution_options(**{IMMEDIATE: True}) as connection, connection.begin():
            yield connection

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to this revision."""
        with self.writing() as connection:
            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def alembic_config() -> Config:
    """Alembic's settings, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def open_engine(url: str) -> Engine:
    """The engine for this address. An SQLite database in memory is one connection that all share (for tests)."""
    parsed = read_address(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if parsed.database in (None, "", ":memory:"):
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        Path(str(parsed.database)).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_S, "check_same_thread": False})
    event.listen(engine, "connect", set_up_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    return engine


def read_address(url: str) -> URL:
    """The address, if it is one and its driver is installed."""
    try:
        parsed = make_url(url)
        parsed.get_dialect().import_dbapi()
    except (NoSuchModuleError, ImportError) as problem:
        found = f"{url.partition(':')[0]} ({str(problem).lower()})"
        raise BadAddress(f"expected a database whose driver is installed, found {found}") from None
    except ArgumentError:
        raise BadAddress(
            "expected an address such as sqlite:////srv/motcua/motcua.sqlite, found something else"
        ) from None
    return parsed


def set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    """Our own BEGIN instead of the driver's; the write-ahead log; full synchronisation; foreign keys."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={LOCK_WAIT_S * 1000}"):
        cursor.execute("PRAGMA " + pragma)
    cursor.close()


def begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock when it begins."""
    immediate = connection.get_execution_options().get(IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
