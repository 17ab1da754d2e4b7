"""A month is archived: what is kept of it goes into files before its rows are deleted, or when somebody asks.

Doing it twice does nothing twice: an archive that is there stays, unless the database has more rows than it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection

from fleet.domain.archived_rows import Row, rating_rows
from fleet.domain.archives import (
    COLUMNS,
    SCHEMA,
    Archive,
    BadArchive,
    Manifest,
    file_of,
    holding_month,
    is_over,
    manifest_text,
    moments,
    read_month,
    utc,
)
from fleet.domain.audit import What
from fleet.domain.named_periods import Length, Period
from fleet.domain.shown_ratings import shown_of_nodes
from fleet.flows.archive_file import check, folder_held, hash_of, manifest_of, put, put_down, read_all, remove, write
from fleet.flows.shown_ratings import months_of, nodes_of
from fleet.store import archived, ledger, places
from fleet.store.database import Store

STEP = 1_000
Between = Callable[[], None]


@dataclass
class Made:
    """Archives of a month: those that were written, and those that were there."""

    written: list[Manifest] = field(default_factory=list)
    there: list[Manifest] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """A file with the name of an archive, and what is wrong with it, if something is."""

    file: Path
    manifest: Manifest | None
    problem: str = ""


def make(store: Store, folder: Path, month: Period, now_ms: int) -> Made:
    """Archive all tables of a month. Raises BadArchive."""
    if not is_over(month, now_ms):
        raise BadArchive(f"{month}: expected a month that is over, found one that is not")
    made = Made()
    for archive in Archive:
        make_one(store, folder, archive, month, now_ms, made)
    note(store, made)
    return made


def make_one(
    store: Store,
    folder: Path,
    archive: Archive,
    month: Period,
    now_ms: int,
    made: Made,
    between: Between = lambda: None,
) -> None:
    """Archive one table of a month that is over. `between` is called now and then, and may raise. Raises BadArchive."""
    place = folder / file_of(archive, month)
    with folder_held(folder) as work:
        with store.reading() as connection:
            deleted_ms = archived.deleted_before_ms(connection)
            text = put_down(watched(rows_of(connection, archive, month), between), work)
        new = work / place.name
        rows = write(archive, text, new)
        known = good(place)
        if known is not None and known.rows >= rows:
            made.there.append(known)
            return
        since = utc(deleted_ms) if deleted_ms > moments(month)[0] else None
        told = (str(archive), str(month), SCHEMA, rows, new.stat().st_size, hash_of(new))
        manifest = Manifest(*told, utc(now_ms), version("motcua"), since, COLUMNS[archive])
        put(new, place, manifest_text(manifest))
        made.written.append(manifest)


def good(place: Path) -> Manifest | None:
    """What is written about the archive here, if it is just what was written."""
    try:
        known = manifest_of(place)
        if known is not None:
            check(place, known)
    except BadArchive:
        return None
    return known


def rows_of(connection: Connection, archive: Archive, month: Period) -> Iterator[Row]:
    """The rows of a table's month."""
    if archive is Archive.EVENTS:
        yield from archived.events(connection, *moments(month))
        return
    offices = [office.id for office in places.offices(connection)]
    if archive is Archive.VISITS:
        for office in offices:
            yield from archived.visits(connection, office, month.first.isoformat(), month.last.isoformat())
        return
    for office, its in months_of(connection, offices, month.first, month.last).items():
        yield from rating_rows(office, month, shown_of_nodes(nodes_of(its, Length.MONTH)))


def watched(rows: Iterator[Row], between: Between) -> Iterator[Row]:
    """The same rows; now and then it is asked whether to go on."""
    for n, row in enumerate(rows):
        if n % STEP == 0:
            between()
        yield row


def note(store: Store, made: Made) -> None:
    """That figures were taken away stands in the log."""
    if made.written:
        with store.writing(alone=False) as connection:
            became = {one.file: one.rows for one in made.written}
            ledger.note(connection, What.DATA_ARCHIVE, made.written[0].month, became=became)


def look(folder: Path) -> list[Found]:
    """The archives of a folder, month by month, by what is written about them. Raises BadArchive."""
    if not folder.is_dir():
        raise BadArchive(f"{folder}: expected a folder of archives, found none")
    found = [look_at(path) for path in folder.glob("*.parquet") if is_ours(path)]
    return sorted(found, key=lambda one: (one.file.stem.partition("-")[2], one.file.name))


def look_at(path: Path) -> Found:
    """What is written about one file."""
    try:
        manifest = manifest_of(path)
    except BadArchive as problem:
        return Found(path, None, str(problem))
    if manifest is None:
        return Found(path, None, "its manifest is missing")
    size = path.stat().st_size
    return Found(path, manifest, "" if size == manifest.bytes else f"expected {manifest.bytes} bytes, found {size}")


def is_ours(path: Path) -> bool:
    """Whether a file has the name of an archive."""
    table, _, month = path.stem.partition("-")
    try:
        read_month(month)
    except ValueError:
        return False
    return table in {*Archive}


def verify(found: Found) -> Found:
    """Read a whole archive: is every row there?"""
    if found.manifest is None:
        return found
    try:
        read_all(found.file, found.manifest)
    except BadArchive as problem:
        return Found(found.file, found.manifest, str(problem))
    return found


def remove_old(folder: Path, before: str) -> int:
    """Take away the archives of months that ended before this day; how many."""
    old = [path for path in folder.glob("*.parquet") if is_ours(path) and month_in(path).last.isoformat() < before]
    for path in old:
        remove(path)
    return len(old)


def month_in(path: Path) -> Period:
    """The month of an archive."""
    return holding_month(path.stem.partition("-")[2])
