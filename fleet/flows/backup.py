"""A backup is made while everything runs: one state of all tables, read in one transaction that hinders no writer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from fleet.domain.audit import What
from fleet.domain.backups import LEFT_OUT, BadBackup, Manifest, SavedTable
from fleet.domain.kept_backups import Keep, kept, name_of
from fleet.flows.backup_file import Told, Writing, new_file, read, sweep, written
from fleet.store import audit, backups, ledger, saved_rows
from fleet.store.database import Store

NOTED_MS = 400 * 86_400_000
# So long it is remembered when a backup was made.


@dataclass(frozen=True)
class Made:
    """A backup that was written, read again and found whole; which older ones were taken away."""

    file: Path
    bytes: int
    manifest: Manifest
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A file with the name of a backup, and what it holds, or what is wrong with it."""

    file: Path
    bytes: int
    manifest: Manifest | None
    problem: str = ""


def backup(
    store: Store, to: Path, program: str, settings: Mapping[str, Any], now_ms: int, keep: Keep, told: Told
) -> Made:
    """Save everything to this folder, under a name of its moment, or to this file. Raises BadBackup."""
    place = to / name_of(now_ms) if to.is_dir() else to
    sweep(place.parent)
    if place.exists():
        raise BadBackup("expected a place for a new file, found one that is there")
    with new_file(place) as beside:
        save(store, beside, program, settings, now_ms, told)
        with read(beside) as reading:
            manifest = reading.check(lambda table, rows: None)
        size = beside.stat().st_size
    note(store, place, size, manifest)
    return Made(place, size, manifest, remove_old(place.parent, keep) if to.is_dir() else ())


def save(store: Store, path: Path, program: str, settings: Mapping[str, Any], now_ms: int, told: Told) -> None:
    """Write one state of all tables to this file."""
    with store.reading() as connection, written(path) as writing:
        schema = saved_rows.schema_of(connection)
        if schema is None:
            raise BadBackup("expected a database of motcua, found one without its tables")
        generations = saved_rows.generations(connection)
        tables = tuple(save_table(connection, table, writing, told) for table in all_tables(connection))
        kind = connection.dialect.name
        writing.finish(Manifest(schema, program, kind, now_ms, generations, dict(settings), tables))


def all_tables(connection: Connection) -> list[Any]:
    """Every table that belongs into a backup."""
    return saved_rows.tables_of(connection, LEFT_OUT)


def save_table(connection: Connection, table: Any, writing: Writing, told: Told) -> SavedTable:
    """Write the rows of one table; what the manifest tells of it."""
    shape = saved_rows.shape_of(table)
    saved = SavedTable(shape.name, shape.key, dict(shape.columns), 0, "")
    lines = saved_rows.lines(connection, table, shape)
    rows, sha256 = writing.add(saved.place, lines, lambda _, n: told(shape.name, n))
    return SavedTable(shape.name, shape.key, dict(shape.columns), rows, sha256)


def note(store: Store, place: Path, size: int, manifest: Manifest) -> None:
    """Remember that there is a good backup of this moment, where the tables are new enough to do so."""
    made_ms = manifest.made_ms
    with store.writing(alone=False) as connection:
        if backups.can_note(connection):
            backups.note(connection, made_ms, place.name, size, manifest.rows, made_ms - NOTED_MS)
            ledger.no_deed(connection)
        if audit.can_note(connection):
            ledger.note(connection, What.DATA_BACKUP, place.name, became={"rows": manifest.rows})


def remove_old(folder: Path, keep: Keep) -> tuple[str, ...]:
    """Take away the backups of this folder that need not be kept any longer; their names."""
    names = {path.name for path in folder.iterdir() if path.is_file()}
    old = tuple(sorted(names - kept(names, keep)))
    for name in old:
        (folder / name).unlink(missing_ok=True)
    return old


def look(folder: Path) -> list[Found]:
    """The backups of this folder, the newest first, by what their manifests say."""
    found = [look_at(path) for path in folder.iterdir() if path.suffix == ".zip" and path.is_file()]
    return sorted(found, key=lambda one: (one.manifest.made_ms if one.manifest else 0, one.file.name), reverse=True)


def look_at(path: Path) -> Found:
    """What one file says that it holds."""
    try:
        with read(path) as reading:
            return Found(path, path.stat().st_size, reading.manifest)
    except BadBackup as problem:
        return Found(path, path.stat().st_size, None, str(problem))


def age_s(store: Store, now_ms: int) -> float:
    """How old the last good backup is; infinity where none was ever made."""
    with store.reading() as connection:
        last_ms = backups.last_ms(connection)
    return float("inf") if last_ms is None else max(0.0, (now_ms - last_ms) / 1000)
