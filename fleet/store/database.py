"""The database: opened, brought up to date, and used in two ways, to read and to write.

A transaction that will write says so when it begins: on SQLite it takes the one write lock at once (BEGIN IMMEDIATE),
so that it waits there and never fails half-way. SQLite runs with its write-ahead log and full synchronisation: what is
committed outlives a power cut. What is deleted there is overwritten (secure_delete), so that it is gone and not only
out of sight. The day keys lie in a database of their own, which no backup of this one holds.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import StaticPool

from fleet.store.day_keys import DayKeys

LOCK_WAIT_S = 30
LOG_WAIT_MS = 500
IMMEDIATE = "motcua_immediate"
UNUSABLE = (DatabaseError, OperationalError)
# A file that is none, a full disk, no permission. Their subclasses are mistakes of ours.
KEYS_FILE = "day-keys.sqlite"


class BadAddress(ValueError):
    """What should be a database's address is none, or its driver is not installed. It never shows a password."""

    setting = "MOTCUA_DATABASE"


class BadKeysAddress(BadAddress):
    """The same of the day keys."""

    setting = "MOTCUA_KEYS_URL"


class Store:
    """One database. `reading()` and `writing()` give a connection in a transaction. Raises BadAddress.

    `keys` are the day keys, at `keys_url`; without one in a file beside an SQLite database, else in memory alone.
    """

    def __init__(self, url: str, keys_url: str = "") -> None:
        self.url = url
        self.engine = open_engine(url)
        self.key_engine = open_keys(url, keys_url)
        self.keys = DayKeys(partial(write_to, self.key_engine))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that will write; committed at the end, rolled back on an exception."""
        with write_to(self.engine) as connection:
            yield connection

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to this revision."""
        with self.writing() as connection:
            self.keys.take_over(connection)
            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)

    def forget(self) -> bool:
        """What was deleted leaves the write-ahead log, too; False if somebody still reads what was before."""
        if self.engine.dialect.name != "sqlite":
            return True  # PostgreSQL overwrites it in its own time: docs/privacy.md
        with self.engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={LOG_WAIT_MS}")  # writers wait behind it
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            cursor.execute(f"PRAGMA busy_timeout={LOCK_WAIT_S * 1000}")
            return not busy

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()
        self.key_engine.dispose()


@contextmanager
def write_to(engine: Engine) -> Iterator[Connection]:
    """A transaction that will write to this database."""
    with engine.connect().execution_options(**{IMMEDIATE: True}) as connection, connection.begin():
        yield connection


def open_keys(url: str, keys_url: str) -> Engine:
    """The engine of the day keys. Without a write-ahead log, in which a key would outlive its row."""
    if keys_url and keys_url == url:
        raise BadKeysAddress("expected a database that holds nothing else, found the one that is backed up")
    try:
        return open_engine(keys_url or keys_beside(url), journal="DELETE")
    except BadAddress as problem:
        raise BadKeysAddress(str(problem)) from None


def keys_beside(url: str) -> str:
    """Where the day keys of this database lie if nobody says so."""
    parsed = read_address(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return "sqlite://"
    return f"sqlite:///{Path(str(parsed.database)).parent / KEYS_FILE}"


def alembic_config() -> Config:
    """Alembic's settings, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def open_engine(url: str, journal: str = "WAL") -> Engine:
    """The engine for this address. An SQLite database in memory is one connection that all share (for tests)."""
    parsed = read_address(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if parsed.database in (None, "", ":memory:"):
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        Path(str(parsed.database)).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": LOCK_WAIT_S, "check_same_thread": False})
    event.listen(engine, "connect", partial(set_up_sqlite, journal))
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


def set_up_sqlite(journal: str, connection: sqlite3.Connection, _record: Any) -> None:
    """Our own BEGIN instead of the driver's; the log; full synchronisation; foreign keys; what is deleted is gone."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={LOCK_WAIT_S * 1000}",
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute("PRAGMA " + pragma)
    cursor.close()


def begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock when it begins."""
    immediate = connection.get_execution_options().get(IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
