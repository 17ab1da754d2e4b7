"""An SQLite file takes the place of another, which stays beside it under another name."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTS = ("", "-wal", "-shm", "-journal")


class InUse(RuntimeError):
    """Another process has this database open."""

    def __init__(self, what: str, found: str) -> None:
        super().__init__(f"{what}: expected a database that nobody uses, found {found}; stop motcua first")


def remove(path: Path) -> None:
    """Take a database away, with what lies beside it."""
    for part in PARTS:
        path.with_name(path.name + part).unlink(missing_ok=True)


@contextmanager
def held(place: Path) -> Iterator[None]:
    """The database here is one whole file that nobody else has open; nobody writes until the end. Raises InUse."""
    connection = sqlite3.connect(place, timeout=1, isolation_level=None)
    try:
        # Out of its log: this is refused while anybody else is connected.
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as problem:
        connection.close()
        if "locked" not in str(problem):
            raise
        raise InUse(str(place), "one that a process has open") from None
    except sqlite3.DatabaseError:
        pass  # what is no database can not be open anywhere; it is kept as it is
    try:
        yield
    finally:
        connection.close()


def take_place(new: Path, place: Path, kept: Path | None) -> None:
    """The new file is at this place from now on, the old one at `kept`. At every moment one of them is there."""
    if kept is not None:
        os.link(place, kept)
    new.replace(place)
    sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """What was renamed here outlives a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
