"""The file of a backup: a zip with a manifest and one file of rows for each table. Any tool opens it.

It is written beside its place, read again, and only then put there: what has the name of a backup is one. Whoever is
stopped half-way leaves a file that ends with `.part`; the next one takes it away.
"""

import contextlib
import fcntl
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from fleet.domain.backups import BadBackup, Manifest, SavedTable, check_rows, manifest_text, read_manifest
from fleet.domain.kept_backups import moment_of
from fleet.store.replacing import sync_folder

MANIFEST = "manifest.json"
PART = ".part"
LEVEL = 1
# Rows are text: the first level makes a fifth of it, a higher one costs more time than the disk it spares.
MANIFEST_AT_MOST_BYTES = 1 << 20

Told = Callable[[str, int], None]
# What is told of how far it is: a table, and how many more of its rows are done.


@contextmanager
def new_file(place: Path) -> Iterator[Path]:
    """Where to write what shall be at this place: there it is, at the end, whole and on the disk, or not at all."""
    beside = place.with_name(place.name + PART)
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield beside
            os.fsync(lock.fileno())
            beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)
    sync_folder(place.parent)


def sweep(folder: Path) -> None:
    """Take away what somebody left who was stopped half-way; not what somebody writes just now."""
    for left in folder.glob(f"*{PART}"):
        if moment_of(left.name.removesuffix(PART)) is None:
            continue  # somebody else's
        with contextlib.suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


class Writing:
    """A backup that is being written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    def add(self, place: str, portions: Iterator[tuple[int, bytes]], told: Told) -> tuple[int, str]:
        """Write the rows of a table; how many there were, and their hash."""
        rows, digest = 0, sha256()
        with self.archive.open(place, "w", force_zip64=True) as member:
            for n, some in portions:
                member.write(some)
                digest.update(some)
                rows += n
                told(place, n)
        return rows, digest.hexdigest()

    def finish(self, manifest: Manifest) -> None:
        """Write what it holds, last: only then it is known."""
        self.archive.writestr(MANIFEST, manifest_text(manifest))


@contextmanager
def written(path: Path) -> Iterator[Writing]:
    """A backup into this file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        yield Writing(archive)


class Reading:
    """A backup that is being read; what is wrong with it is BadBackup."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        with damaged(MANIFEST):
            if archive.getinfo(MANIFEST).file_size > MANIFEST_AT_MOST_BYTES:
                raise BadBackup(f"its manifest: expected {MANIFEST_AT_MOST_BYTES} bytes at most, found more")
            self.manifest = read_manifest(archive.read(MANIFEST).decode())

    def lines(self, table: SavedTable, told: Told) -> Iterator[bytes]:
        """The rows of a table as lines. Raises BadBackup, at the end at the latest, if they are not those it had."""
        rows, digest = 0, sha256()
        with damaged(table.place), self.archive.open(table.place) as member:
            for line in member:
                rows += 1
                digest.update(line)
                if rows % 1000 == 0:
                    told(table.name, 1000)
                yield line
        told(table.name, rows % 1000)
        check_rows(table, rows, digest.hexdigest())

    def check(self, told: Told) -> Manifest:
        """Read all of it. Raises BadBackup."""
        for table in self.manifest.tables:
            for _ in self.lines(table, told):
                pass
        return self.manifest


@contextmanager
def read(path: Path) -> Iterator[Reading]:
    """A backup out of this file. Raises BadBackup."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise BadBackup("expected a whole backup, found a file that is cut off or none") from None
    with archive:
        yield Reading(archive)


@contextmanager
def damaged(what: str) -> Iterator[None]:
    """Whatever unpacking stumbles over is a damaged file."""
    try:
        yield
    except KeyError:
        raise BadBackup(f"{what}: expected to be in it, found nothing") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError, NotImplementedError, RuntimeError) as problem:
        raise BadBackup(f"{what}: expected what was written, found a damaged file ({problem})") from None
