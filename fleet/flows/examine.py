"""Presses are examined: a day that was linked anew is judged anew, and what a supervisor decided holds."""

from threading import Lock

from fleet.domain import rating_integrity
from fleet.domain.audit import What
from fleet.domain.day import bounds
from fleet.domain.rating_integrity import Decision, exclusions
from fleet.flows.virtual_device import VirtualDevice
from fleet.store import exclusions as store_of_exclusions
from fleet.store import ledger, places, rating_sums
from fleet.store.database import Store
from fleet.store.failures import again_after_conflict
from protocols.events import RatingsReviewed

LONGEST_WHY = 200


class NothingExcluded(LookupError):
    """What was to be reviewed is not excluded (any more)."""

    def __init__(self, press: str) -> None:
        super().__init__(f"no exclusion begins with the press {press!r}")
        self.press = press


class NoReason(ValueError):
    """A review says why, in 1 to 200 characters."""

    def __init__(self, found: int) -> None:
        super().__init__(f"why: expected 1 to {LONGEST_WHY} characters, found {found}")


def examine_marked(store: Store) -> list[str]:
    """Examine every day that was linked since; the offices where that changed something."""
    with store.reading() as connection:
        waiting = store_of_exclusions.to_examine(connection, rating_integrity.RULES)
    return [office for office, day in waiting if examine_day(store, office, day)]


@again_after_conflict
def examine_day(store: Store, office: str, day: str) -> bool:
    """Judge the presses of an office's day; whether that changed anything."""
    with store.writing(alone=False) as connection:
        places.hold(connection, office)
        store_of_exclusions.examined(connection, office, day, rating_integrity.RULES)
        place = places.office(connection, office)
        if place is None:
            return False
        pressed = store_of_exclusions.pressed(connection, office, day)
        reviews = store_of_exclusions.reviews(connection, office, day, bounds(day, place.timezone)[0])
        open_ms = store_of_exclusions.open_ms(connection, office, day)
        found = exclusions(pressed, open_ms, reviews, place.simulated_pace or 1.0)
        changed = store_of_exclusions.save(connection, office, day, found)
        if changed:
            rating_sums.changed(connection, office, day)
        return changed


def review(store: Store, server: VirtualDevice, office: str, decided: Decision, now_ms: int) -> None:
    """A supervisor of this office restores or confirms an exclusion; it holds at once.

    Raises NothingExcluded, NoReason.
    """
    why = " ".join(decided.why.split())
    if not 1 <= len(why) <= LONGEST_WHY:
        raise NoReason(len(why))
    with store.writing() as connection:
        place = places.office(connection, office)
        known = {row.id for row in store_of_exclusions.of_days(connection, office, decided.day, decided.day)}
        if place is None or decided.press not in known:
            raise NothingExcluded(decided.press)
        event = RatingsReviewed(**{**vars(decided), "why": why}, up=server.up_ms(now_ms), at=now_ms)
        server.record(connection, event, now_ms, office=place)
        ledger.note(connection, What.RATING_REVIEW, decided.press, office, became={"day": decided.day, "why": why})
    examine_day(store, office, decided.day)


class Reviewer:
    """Decides for people who use this process, which is a virtual device from its first decision on."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.one_at_a_time = Lock()
        self.server: VirtualDevice | None = None

    def decide(self, office: str, decided: Decision, now_ms: int) -> None:
        """See `review`."""
        with self.one_at_a_time:
            self.server = self.server or VirtualDevice(self.store, "pages", now_ms)
            review(self.store, self.server, office, decided, now_ms)
