"""The file of an archive: Parquet, written by DuckDB beside its place, compared row by row, and only then put there.

What has the name of an archive is one. Who is stopped half-way leaves a folder `.motcua-…` and a file that ends with
`.part`; the next one takes both away.
"""

import csv
import fcntl
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from fleet.domain.archived_rows import Row
from fleet.domain.archives import COLUMNS, KEYS, MOMENT, SCHEMA, Archive, BadArchive, Manifest, read_manifest
from fleet.flows.backup_file import PART, new_file

if TYPE_CHECKING:
    import duckdb

LOCK, WORK = ".motcua-lock", ".motcua-"
NOTHING = "\\N"
# What stands for no value while rows are on their way; no word of ours has such a letter.
LIMITS: dict[str, Any] = {
    "threads": 1,
    "memory_limit": "256MB",  # what takes more is sorted on disk
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
# DuckDB shall fetch nothing from anywhere, and leave the machine to whoever stores events.


@contextmanager
def folder_held(folder: Path) -> Iterator[Path]:
    """A place to work in this folder, alone; nothing of it stays. Raises BadArchive."""
    if not folder.is_dir():
        raise BadArchive(f"{folder}: expected a folder for archives, found none; make it, or mount its disk")
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadArchive(f"{folder}: expected to write alone, found somebody who writes archives there") from None
        for left in folder.glob(f"{WORK}*/"):
            shutil.rmtree(left)
        work = Path(mkdtemp(prefix=WORK, dir=folder))
        try:
            yield work
        finally:
            shutil.rmtree(work)


@contextmanager
def duck(work: Path | None = None) -> Iterator["duckdb.DuckDBPyConnection"]:
    """DuckDB with nothing in it. What it stumbles over is BadArchive."""
    try:
        import duckdb  # 24 MB, and only archives need it
    except ModuleNotFoundError:
        raise BadArchive(
            "expected DuckDB, which writes and reads archives, found none: install `motcua[archive]`"
        ) from None
    spill: dict[str, Any] = {} if work is None else {"temp_directory": str(work / "spill")}
    try:
        with duckdb.connect(":memory:", config={**LIMITS, **spill}) as connection:
            yield connection
    except duckdb.Error as problem:
        raise BadArchive(f"DuckDB: {str(problem).splitlines()[0]}") from None


def put_down(rows: Iterable[Row], work: Path) -> Path:
    """Write rows down as text: whoever reads them out of the database shall not wait for what is made of them."""
    text = work / "rows.csv"
    with text.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([NOTHING if one is None else one for one in row] for row in rows)
    return text


def write(archive: Archive, text: Path, place: Path) -> int:
    """Put rows that were written down at this place, in the order of their key; how many. Raises BadArchive."""
    with new_file(place) as beside, duck(text.parent) as connection:
        its, key = rows_in(archive, text), ", ".join(KEYS[archive])
        about = f"motcua_archive: '{archive}', motcua_schema: '{SCHEMA}'"
        connection.execute(
            f"COPY (SELECT * FROM ({its}) ORDER BY {key}) TO {quoted(beside)} "  # noqa: S608 (our own words)
            f"(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, KV_METADATA {{{about}}})"
        )
        return compare(connection, its, beside)


def rows_in(archive: Archive, text: Path) -> str:
    """A SELECT of rows that were written down, in their types."""
    types = {name: "BIGINT" if kind == MOMENT else kind for name, kind in COLUMNS[archive].items()}
    moments = [name for name, kind in COLUMNS[archive].items() if kind == MOMENT]
    typed = f"REPLACE ({', '.join(f'make_timestamptz({name}) AS {name}' for name in moments)})" if moments else ""
    how = f"header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '{NOTHING}'"
    return f"SELECT * {typed} FROM read_csv({quoted(text)}, {how}, columns = {types})"  # noqa: S608 (our own names)


def compare(connection: "duckdb.DuckDBPyConnection", rows: str, path: Path) -> int:
    """How many rows a file has. Raises BadArchive where it has not just these."""
    written = f"SELECT * FROM read_parquet({quoted(path)})"  # noqa: S608
    asked, found = count(connection, rows), count(connection, written)
    if asked != found or count(connection, f"({rows}) EXCEPT ALL ({written})"):
        raise BadArchive(f"{path.name}: expected the {asked} rows that were written, found {found} or other ones")
    return found


def count(connection: "duckdb.DuckDBPyConnection", select: str) -> int:
    """How many rows a SELECT gives."""
    row: Any = connection.execute(f"SELECT COUNT(*) FROM ({select})").fetchone()  # noqa: S608
    return int(row[0])


def quoted(path: Path) -> str:
    """A path within a statement."""
    return "'" + str(path.resolve()).replace("'", "''") + "'"


def hash_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def put(new: Path, place: Path, manifest: str) -> None:
    """A new archive takes its place; what is written about it comes last, and what was written goes first."""
    about = place.with_suffix(".json")
    about.unlink(missing_ok=True)
    new.replace(place)
    with new_file(about) as beside:
        beside.write_text(manifest, "utf-8")


def manifest_of(place: Path) -> Manifest | None:
    """What was written down about the archive at this place; None: there is none. Raises BadArchive."""
    about = place.with_suffix(".json")
    if not about.is_file() or not place.is_file():
        return None
    return read_manifest(about.read_text("utf-8"))


def check(place: Path, manifest: Manifest) -> None:
    """Raises BadArchive where a file is not the one that was written."""
    size = place.stat().st_size
    if size != manifest.bytes:
        raise BadArchive(f"{place.name}: expected {manifest.bytes} bytes, found {size}")
    if (found := hash_of(place)) != manifest.sha256:
        raise BadArchive(f"{place.name}: expected the SHA-256 {manifest.sha256}, found {found}")


def read_all(place: Path, manifest: Manifest) -> None:
    """Read every row of it. Raises BadArchive where there are not as many as were written."""
    check(place, manifest)
    with duck() as connection:
        columns = ", ".join(f"COUNT({name})" for name in manifest.columns)
        row: Any = connection.execute(
            f"SELECT COUNT(*), {columns} FROM read_parquet({quoted(place)})"  # noqa: S608
        ).fetchone()
    if row[0] != manifest.rows:
        raise BadArchive(f"{place.name}: expected {manifest.rows} rows, found {row[0]}")


def remove(place: Path) -> None:
    """Take an archive away, what is written about it last."""
    place.unlink(missing_ok=True)
    place.with_suffix(".json").unlink(missing_ok=True)
    place.with_name(place.name + PART).unlink(missing_ok=True)
