"""Nothing is deleted that is not in its archive, where a fleet has a folder for archives.

Of events those may go that were received before the first month that is in none yet. Visits and ratings go by whole
months: a month of which half is gone could not be archived any more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fleet.domain.archives import (
    IN,
    Archive,
    BadArchive,
    after,
    file_of,
    holding_month,
    is_over,
    moments,
    month_of,
)
from fleet.domain.day import bounds
from fleet.domain.named_periods import Period
from fleet.domain.retention import Kept, Since, since
from fleet.flows.archive import Made, good, make_one, note, remove_old
from fleet.store import archived, places
from fleet.store.database import Store


@dataclass
class Archives:
    """The folder of a fleet's archives, for how long they are kept, and what came of a round."""

    folder: Path
    days: int
    made: Made = field(default_factory=Made)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class May:
    """What may be deleted: from before this limit, and of events what was received before this moment."""

    limit: Since
    received_ms: int


class Due:
    """What is due in one round. `between` is called now and then, and may raise."""

    def __init__(self, store: Store, archives: Archives, now_ms: int, between: Callable[[], None]) -> None:
        self.store = store
        self.archives = archives
        self.now_ms = now_ms
        self.between = between
        with store.reading() as connection:
            offices = places.offices(connection)
        self.offices = [office.id for office in offices]
        self.timezones = {office.timezone for office in offices}

    def may_go(self, kept: Kept, limit: Since) -> May | None:
        """What of this class may go, once its archives are made; None: nothing, and the reason is told."""
        before = len(self.archives.made.written)
        try:
            if IN[kept] is Archive.EVENTS:
                return May(limit, self.events(kept, limit))
            whole = self.beginning_of(holding_month(limit.day))
            self.months(IN[kept], whole)
            return May(whole, 0)
        except (BadArchive, OSError) as problem:
            self.archives.problems.append(f"{kept}: nothing is deleted: {problem}")
            return None
        finally:
            note(self.store, Made(self.archives.made.written[before:]))

    def events(self, kept: Kept, limit: Since) -> int:
        """Archive the months of events that are due; before which moment those were received that may go."""
        with self.store.reading() as connection:
            due = archived.due_events(connection, kept, limit.ms)
        if due is None:
            return 0
        month = month_of(due[0])
        while moments(month)[0] <= due[1] and is_over(month, self.now_ms):
            self.one(Archive.EVENTS, month)
            month = after(month)
        return moments(month)[0]

    def months(self, archive: Archive, limit: Since) -> None:
        """Archive the months of visits or ratings before this day."""
        with self.store.reading() as connection:
            first = archived.first_day(connection, archive, self.offices)
        month = None if first is None else holding_month(first)
        while month is not None and month.last.isoformat() < limit.day:
            self.one(archive, month)
            month = after(month)

    def one(self, archive: Archive, month: Period) -> None:
        """Archive a table's month, or see that it is there still. Raises BadArchive."""
        with self.store.reading() as connection:
            done_ms = archived.archived_until_ms(connection, archive)
        place, (_, ends_ms) = self.archives.folder / file_of(archive, month), moments(month)
        if ends_ms > done_ms:
            make_one(self.store, self.archives.folder, archive, month, self.now_ms, self.archives.made, self.between)
            with self.store.writing(alone=False) as connection:
                archived.set_archived(connection, archive, ends_ms, self.now_ms)
        elif good(place) is None and month.last.isoformat() >= self.kept_since.day:
            raise BadArchive(
                f"{place}: expected the archive that was made, found none or another; mount its disk or bring it back, "
                f"or archive what is left: motcua archive --month {month}"
            )

    def beginning_of(self, month: Period) -> Since:
        """The first moment of a month, where it is earliest."""
        day = month.first.isoformat()
        return Since(day, min(bounds(day, zone)[0] for zone in self.timezones) if self.timezones else moments(month)[0])

    @property
    def kept_since(self) -> Since:
        """From when on archives are kept."""
        return since(self.now_ms, self.archives.days, self.timezones)

    def remove_old(self) -> int:
        """Take away the archives that are older than archives are kept; how many."""
        return remove_old(self.archives.folder, self.kept_since.day)


def archives_of(folder: Path | None, keep_days: Mapping[Kept, int]) -> Archives | None:
    """The archives of a fleet; None: it has none."""
    return None if folder is None else Archives(folder, keep_days[Kept.ARCHIVES])
