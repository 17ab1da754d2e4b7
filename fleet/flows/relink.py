"""Days are linked anew under the rules of now, or it is only seen what that would change."""

from dataclasses import dataclass

from fleet.domain.audit import What
from fleet.domain.day import bounds
from fleet.domain.day_diff import PartDiff, differences
from fleet.flows.link import link_window
from fleet.flows.link_day import read_day
from fleet.store import ledger, places, retention, windows
from fleet.store.database import Store
from fleet.store.day_parts import day_of
from fleet.store.places import OfficeRow


@dataclass(frozen=True)
class Relinked:
    """A day, and what differs from before; `differs` is None where it could not be linked, and `why` says so."""

    office: str
    day: str
    differs: tuple[PartDiff, ...] | None
    why: str = ""


FORGOTTEN = "some of its events were deleted when their time was over; what was made of them stays"
BUSY = "another process is linking it; it uses the same rules"


def days_to_relink(store: Store, office: str | None, first: str | None, last: str | None) -> list[tuple[str, str]]:
    """The (office, day) in which something happened, from the first day to the last, the oldest first."""
    with store.reading() as connection:
        return [
            (one, day)
            for one, day in windows.days(connection)
            if office in (None, one) and (first is None or first <= day) and (last is None or day <= last)
        ]


def relink(store: Store, office: str, day: str, now_ms: int, dry_run: bool = False) -> Relinked:
    """Link a day anew; with `dry_run` nothing is written."""
    with store.reading() as connection:
        place = places.office(connection, office)
        if place is None or bounds(day, place.timezone)[0] < retention.linked_since_ms(connection):
            return Relinked(office, day, None, FORGOTTEN)
        was = day_of(connection, office, day)
        if dry_run:
            return Relinked(office, day, tuple(differences(was, read_day(connection, place, day).told.day)))
    with store.writing() as connection:
        windows.mark(connection, [(office, day)])
        ledger.note(connection, What.DATA_RELINK, day, office)
    if link_window(store, office, day, now_ms) is None:
        return Relinked(office, day, None, BUSY)
    with store.reading() as connection:
        return Relinked(office, day, tuple(differences(was, day_of(connection, office, day))))


def office_of(store: Store, office: str) -> OfficeRow | None:
    """The office."""
    with store.reading() as connection:
        return places.office(connection, office)
