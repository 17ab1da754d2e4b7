"""What the database tells a doctor: how it is itself, and whether those who should work with it do.

Each of these reads and changes nothing. All raise DatabaseSaysNo where the database says no.
"""

from dataclasses import dataclass
from pathlib import Path

from fleet.domain.schemas import behind, too_new
from fleet.flows.assign_release import Signing, trouble
from fleet.flows.mails import KEPT_MS
from fleet.store import backups, condition, office_marks, retention, windows
from fleet.store.database import Store, newest_revision
from fleet.store.fleet_key import FleetKeyWrong

LATE_MS = 600_000
# A letter that waits for longer is late: who sends them looks each few seconds.


@dataclass(frozen=True)
class Kept:
    """How a database keeps what it is told. `journals`: of SQLite; `unsafe`: what PostgreSQL may lose by."""

    journals: tuple[str, ...] = ()
    unsafe: tuple[str, ...] = ()
    encoding: str = "UTF8"
    only_reads: bool = False


@dataclass(frozen=True)
class Tables:
    """Whose tables there are, and whether this program can work with them."""

    found: str
    expected: str
    too_old: bool
    too_new: bool


def tables(store: Store) -> Tables:
    """Look at them, and change nothing."""
    found, program = store.schema(), newest_revision()
    return Tables(found.revision, program, bool(behind(found, program)), bool(too_new(found, program)))


def kept(store: Store) -> Kept:
    """How the database keeps what it is told."""
    with store.reading() as connection:
        if not store.is_postgresql:
            return Kept(journals=(condition.journal(connection),))
        return Kept(
            unsafe=tuple(condition.unsafe(connection)),
            encoding=condition.encoding(connection),
            only_reads=condition.only_reads(connection),
        )


def count_day_keys(store: Store) -> int:
    """How many day keys there are."""
    return store.keys.count()


def clock_ms(store: Store) -> int | None:
    """What time it is for the database; None where it has no clock of its own."""
    if not store.is_postgresql:
        return None
    with store.reading() as connection:
        return condition.clock_ms(connection)


def newest_ms(store: Store) -> int:
    """The last moment of which anything is kept."""
    with store.reading() as connection:
        return condition.newest_ms(connection)


def sealed_keys(store: Store) -> tuple[bool, str]:
    """Whether keys of devices lie there, and why the fleet key does not open them; empty: it does."""
    try:
        with store.reading() as connection:
            return condition.opens_a_key(connection), ""
    except FleetKeyWrong as problem:
        return True, str(problem)


def letters(store: Store, now_ms: int) -> tuple[int, int]:
    """How many letters should have been sent long ago, and how many were given up."""
    with store.reading() as connection:
        return condition.late_letters(connection, now_ms - LATE_MS), condition.dead_letters(connection)


def due_calls(store: Store, now_ms: int) -> set[tuple[int, int, int]]:
    """What addresses should be told now, and nobody is at it."""
    with store.reading() as connection:
        return condition.due_calls(connection, now_ms)


def dead_calls(store: Store, now_ms: int) -> int:
    """How much addresses were not told in the last week, for good."""
    with store.reading() as connection:
        return condition.dead_calls(connection, now_ms - KEPT_MS)


def waiting_days(store: Store) -> set[tuple[str, str, int]]:
    """Days of offices that wait to be linked."""
    with store.reading() as connection:
        return windows.waiting(connection)


def release_trouble(store: Store, key_file: Path | None) -> str | None:
    """Why no device can be assigned a release; None: all is there."""
    with store.reading() as connection:
        return trouble(connection, Signing(key_file))


def timezones(store: Store) -> list[str]:
    """Where offices are."""
    with store.reading() as connection:
        return office_marks.timezones(connection)


def last_backup_ms(store: Store) -> int | None:
    """When the last good backup was made."""
    with store.reading() as connection:
        return backups.last_ms(connection)


def last_purge_ms(store: Store) -> int | None:
    """When everything that was over had been forgotten last; None: never yet."""
    with store.reading() as connection:
        return min((purged for _, purged in retention.horizons(connection).values()), default=None)
