"""A backup becomes a database again, of either kind: all of it, or nothing.

The tables are made as they were in the backup, filled, read again and compared with what was saved; then they are
brought up to date, and each office begins another generation. On PostgreSQL all of it is one transaction. On SQLite it
is done in a file beside, which then takes the place of the old one. What was there before is kept.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.backups import LEFT_OUT, BadBackup, Manifest, SavedTable, check_rows, check_schema
from fleet.flows.backup_file import Reading, Told, read
from fleet.flows.presence import EPOCHS_AHEAD
from fleet.flows.restored import still_awaited
from fleet.store import ledger, loading, places, replacing, saved_rows
from fleet.store.addresses import is_postgresql, read_address
from fleet.store.database import Store, file_beside, newest_revision
from fleet.store.saved_rows import Shape

BESIDE = "restoring.sqlite"


class NotEmpty(ValueError):
    """There is a database where one shall be restored."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: expected no database, found one; --replace keeps it beside and restores")


@dataclass(frozen=True)
class Restored:
    """What was restored; where the database before is, if there was one; the printers that are awaited, by office."""

    manifest: Manifest
    kept: str | None
    awaited: dict[str, list[str]]


def restore(file: Path, url: str, replace: bool, now_ms: int, told: Told) -> Restored:
    """Restore this file to this address. Raises BadBackup, NotEmpty, InUse, DoesNotFit or BadAddress."""
    with read(file) as reading:
        check_schema(reading.manifest, newest_revision())
        if is_postgresql(read_address(url)):
            kept = into_postgresql(reading, url, replace, now_ms, told)
        else:
            kept = into_file(reading, url, replace, now_ms, told)
        store = Store(url, "sqlite://")
        try:
            return Restored(reading.manifest, kept, still_awaited(store, now_ms))
        finally:
            store.close()


def into_postgresql(reading: Reading, url: str, replace: bool, now_ms: int, told: Told) -> str | None:
    """All in one transaction; the schema that has the tables of before."""
    kept = None
    with opened(url) as store, store.writing() as connection:
        if not loading.is_empty(connection):
            if not replace:
                raise NotEmpty("the database")
            loading.check_unused(connection)
            kept = f"before_{stamp(now_ms)}"
            loading.put_aside(connection, kept)
        put_in(store, connection, reading, now_ms, told)
    return kept


def into_file(reading: Reading, url: str, replace: bool, now_ms: int, told: Told) -> str | None:
    """In a file beside, which takes the place at the end; the file that was there before."""
    beside, place = file_beside(url, BESIDE), Path(str(read_address(url).database))
    if beside is None:
        raise BadBackup("expected a database in a file or on PostgreSQL, found one in memory")
    if place.exists() and not replace:
        raise NotEmpty(str(place))
    replacing.remove(beside)
    try:
        with opened(f"sqlite:///{beside}") as store, store.writing() as connection:
            put_in(store, connection, reading, now_ms, told)
        return take_place(beside, place, now_ms)
    finally:
        replacing.remove(beside)


def take_place(beside: Path, place: Path, now_ms: int) -> str | None:
    """The restored file becomes the database; where the old one is."""
    if not place.exists():
        replacing.take_place(beside, place, None)
        return None
    kept = place.with_name(f"{place.stem}-before-{stamp(now_ms)}{place.suffix}")
    with replacing.held(place):
        replacing.take_place(beside, place, kept)
    return str(kept)


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """The database to be filled; whatever day keys it may have had do not belong to it."""
    store = Store(url, "sqlite://")
    try:
        yield store
    finally:
        store.close()


def put_in(store: Store, connection: Connection, reading: Reading, now_ms: int, told: Told) -> None:
    """Make the tables, fill and compare them, bring them up to date, begin another generation."""
    manifest = reading.manifest
    store.upgrade(connection, manifest.schema)
    tables = {table.name: table for table in saved_rows.tables_of(connection, LEFT_OUT)}
    check_tables(manifest, tables.values())
    loading.clear(connection, list(tables.values()))
    saved = {table.name: table for table in manifest.tables}
    for name in tables:  # each after those that it refers to
        fill(connection, reading, saved[name], told)
    for name, table in tables.items():
        compare(connection, table, saved[name])
    loading.count_on(connection, list(tables.values()))
    store.upgrade(connection, "head")
    places.restored(connection, now_ms)
    ledger.note(connection, What.DATA_RESTORED, became={"backup_of_ms": manifest.made_ms})
    loading.servers_begin_anew(connection, EPOCHS_AHEAD)


def check_tables(manifest: Manifest, tables: Iterable[Any]) -> None:
    """Raises BadBackup where it does not hold just the tables of its schema, with just their columns."""
    saved = {table.name: set(table.columns) for table in manifest.tables}
    made = {table.name: {column.name for column in table.columns} for table in tables}
    for name in sorted(saved.keys() | made.keys()):
        if saved.get(name) != made.get(name):
            raise BadBackup(f"{name}: expected the table as schema {manifest.schema} has it, found it otherwise")


def fill(connection: Connection, reading: Reading, table: SavedTable, told: Told) -> None:
    """Put the rows of a table in."""
    shape = Shape(table.name, table.key, table.columns)
    loading.fill(connection, shape, map(saved_rows.reader(shape), reading.lines(table, told)))


def compare(connection: Connection, made: Any, saved: SavedTable) -> None:
    """Raises BadBackup where the table is not what was saved."""
    rows, digest = 0, sha256()
    for n, text in saved_rows.lines(connection, made, Shape(saved.name, saved.key, saved.columns)):
        rows += n
        digest.update(text)
    check_rows(saved, rows, digest.hexdigest())


def stamp(now_ms: int) -> str:
    """A moment, as it may stand in a name."""
    return f"{datetime.fromtimestamp(now_ms // 1000, UTC):%Y%m%dt%H%M%S}"
