"""The database: opened, brought up to date, and used in two ways, to read and to write.

A reader sees one state of everything (on PostgreSQL REPEATABLE READ, read only) and waits for no writer.

A writer is alone: nobody else writes until it ends. On SQLite it takes the one write lock when it begins (BEGIN
IMMEDIATE), on PostgreSQL an advisory lock, so that it waits there and never fails half-way. What processes do all day
is written beside others (`writing(alone=False)`; SQLite knows no difference): each statement then sees what is
committed (READ COMMITTED), so who decides by what it reads holds that first, an office (`places.hold`: its queue, its
leases, its linked days) or a device (`devices.hold`: its boots and their times). Locks are taken in one order: who is
in a unit's sums (`unit_sums.hold`), then offices, then devices and their boots by id, then windows. What stands in
another's way all the same is done again (`failures.py`).

SQLite runs with its write-ahead log and full synchronisation, PostgreSQL with synchronous commits: what is committed
outlives a power cut. What is deleted from SQLite is overwritten (secure_delete), so that it is gone and not only out of
sight. The day keys lie in a database of their own, which no backup of this one holds.
"""

import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Dialect, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from fleet import metrics
from fleet.domain.schemas import Schema, suits
from fleet.store import ledger, reach
from fleet.store.addresses import BadAddress, BadKeysAddress, in_memory, is_postgresql, read_address
from fleet.store.day_keys import DayKeys
from fleet.store.failures import why
from fleet.store.fleet_key import FILE, OPTION, FleetKey
from fleet.store.straight import in_one_go, run, straight

if TYPE_CHECKING:
    import psycopg
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_WAIT_S = 30
LOG_WAIT_MS = 500
IMMEDIATE = "motcua_immediate"
KEYS_FILE = "day-keys.sqlite"

ALONE = straight("SELECT pg_advisory_xact_lock(:key)")
BESIDE = straight("SELECT pg_advisory_xact_lock_shared(:key)")
DURABLE = """
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"""
# A receipt says that an event is stored, and its device forgets it: whatever the server does for others.
WRITERS = 0x6D6F74637561
# The advisory lock of a database's writers: "motcua".

LOOK_AFTER_S = 1.0
RESTS_SINCE = "motcua_rests_since"
# To ask at each use whether a connection is still there would be one question of the six that storing events asks.

SESSION = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "options": f"-c lock_timeout={LOCK_WAIT_S}s -c idle_in_transaction_session_timeout=60s",
}
# A server that vanished is noticed within a minute. A process that was stopped while it held a lock loses it.


class Store:
    """One database. `reading()` and `writing()` give a connection in a transaction. Raises BadAddress.

    `keys` are the day keys, at `keys_url`; without one in a file beside an SQLite database, else in memory alone. So is
    the key at `fleet_key_file`, under which keys of devices lie in the database.
    """

    def __init__(self, url: str, keys_url: str = "", fleet_key_file: Path | None = None) -> None:
        self.url = url
        self.engine = open_engine(url)
        self.engine.update_execution_options(**{OPTION: FleetKey(fleet_key_file or file_beside(url, FILE))})
        self.is_postgresql = is_postgresql(self.engine.url)
        one_state = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if self.is_postgresql else {}
        self.readers = self.engine.execution_options(**one_state)
        self.key_engine = open_keys(url, keys_url)
        self.keys = DayKeys(partial(write_to, self.key_engine))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database."""
        with self.readers.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self, alone: bool = True) -> Iterator[Connection]:
        """A transaction that will write; committed at the end, rolled back on an exception. Its notes come last.

        Not `alone`: others write meanwhile, and the flow holds what it decides about.
        """
        with write_to(self.engine, alone) as connection, ledger.kept(connection):
            yield connection

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to this revision. Several processes may ask at once. Raises TablesTooNew, InUse."""
        if revision == "head" and self.suits():
            return
        with self.writing() as connection:
            if revision != "head" or not suits(reach.schema_of(connection), newest_revision()):
                self.upgrade(connection, revision)

    def upgrade(self, connection: Connection, revision: str) -> None:
        """Bring the tables to this revision in a transaction of somebody who does more in it. Raises InUse."""
        from alembic import command  # takes a while to load, and is seldom needed

        config = alembic_config()
        self.keys.take_over(connection)
        config.attributes["connection"] = connection
        needed = reach.oldest_program(config, revision)
        if self.is_postgresql and needed > reach.schema_of(connection).oldest_program > "":
            reach.check_nobody_older(connection, needed)
        command.upgrade(config, revision)
        reach.keep(connection, config)

    def downgrade(self, connection: Connection, revision: str) -> None:
        """Take the tables back to this revision; what they alone knew is gone."""
        from alembic import command

        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        reach.keep(connection, config)

    def is_up_to_date(self) -> bool:
        """Whether the tables are just those of this program."""
        return self.schema().revision == newest_revision()

    def suits(self) -> bool:
        """Whether this program can work with the tables as they are, so that a process need not wait for writers.

        Raises TablesTooNew.
        """
        return suits(self.schema(), newest_revision())

    def schema(self) -> Schema:
        """Which tables there are."""
        with self.reading() as connection:
            return reach.schema_of(connection)

    def forget(self) -> bool:
        """What was deleted leaves the write-ahead log, too; False if somebody still reads what was before."""
        if self.is_postgresql:
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
def write_to(engine: Engine, alone: bool = True) -> Iterator[Connection]:
    """A transaction that will write to this database."""
    with engine.connect().execution_options(**{IMMEDIATE: True}) as connection, connection.begin() as transaction:
        if is_postgresql(engine.url):
            with in_one_go(connection):  # with its BEGIN
                run(connection, ALONE if alone else BESIDE, key=WRITERS)
        yield connection
        if transaction.is_active:  # not where the flow itself took everything back
            began_s = time.perf_counter()
            transaction.commit()
            metrics.COMMIT_S.observe(time.perf_counter() - began_s)


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
    file = file_beside(url, KEYS_FILE)
    return "sqlite://" if file is None else f"sqlite:///{file}"


def file_beside(url: str, name: str) -> Path | None:
    """A file of this name beside the database; None where that is no file."""
    parsed = read_address(url)
    if is_postgresql(parsed) or in_memory(parsed):
        return None
    return Path(str(parsed.database)).parent / name


def newest_revision() -> str:
    """The revision of this program's tables: migrations are numbered, and their files are named by that."""
    return max(path.stem.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def alembic_config() -> "Config":
    """Alembic's settings, without a file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def open_engine(url: str, journal: str = "WAL") -> Engine:
    """The engine for this address. An SQLite database in memory is one connection that all share (for tests).

    Values never stand in the text of an error, which may come into a log.
    """
    parsed = read_address(url)
    if is_postgresql(parsed):
        # What the address says itself goes before.
        ours = {**SESSION, "application_name": reach.process_name(newest_revision())}
        session = {name: value for name, value in ours.items() if name not in parsed.query}
        engine = create_engine(parsed, connect_args=session, hide_parameters=True)
        event.listen(engine, "connect", set_up_postgresql)
        event.listen(engine, "checkin", note_rest)
        event.listen(engine, "checkout", partial(look_after_rest, engine.dialect))
        event.listen(engine, "handle_error", count_error)
        return engine
    if in_memory(parsed):
        engine = create_engine(
            parsed, poolclass=StaticPool, connect_args={"check_same_thread": False}, hide_parameters=True
        )
    else:
        Path(str(parsed.database)).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {"timeout": LOCK_WAIT_S, "check_same_thread": False}
        engine = create_engine(parsed, connect_args=told, hide_parameters=True)
    event.listen(engine, "connect", partial(set_up_sqlite, journal))
    event.listen(engine, "begin", begin_sqlite)
    event.listen(engine, "handle_error", count_error)
    return engine


def set_up_postgresql(connection: "psycopg.Connection[Any]", _record: Any) -> None:
    """A string is a text, wherever it stands in a statement; and a commit is on the disk."""
    from psycopg.types.string import StrDumper  # the driver takes 10 MB, which who has SQLite need not

    connection.adapters.register_dumper(str, StrDumper)  # else PostgreSQL guesses, and differently in two places
    connection.execute(DURABLE)
    connection.commit()


def note_rest(_connection: object, record: ConnectionPoolEntry) -> None:
    """From now on nobody uses this connection."""
    record.info[RESTS_SINCE] = time.monotonic()


def look_after_rest(dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _for: Any) -> None:
    """Whether the server is still there, if nobody asked it for a while. Raises DisconnectionError, for another one."""
    if time.monotonic() - record.info.get(RESTS_SINCE, math.inf) < LOOK_AFTER_S:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as problem:
        raise DisconnectionError(str(problem)) from problem


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


def count_error(context: ExceptionContext) -> None:
    """The database refused something, or is away."""
    metrics.DATABASE_ERRORS.labels(why(context.original_exception, context.is_disconnect)).inc()


def begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock when it begins."""
    immediate = connection.get_execution_options().get(IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
