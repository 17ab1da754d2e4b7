"""The days of an office that plans are tried on: read once, and remembered for some minutes.

What is tried is bounded: so many days and people, and so many at once; who comes when others are at it waits a moment,
or is told so (`Busy`).
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import BoundedSemaphore, Lock
from typing import Any, Generic, TypeVar
from zlib import crc32

import numpy as np
from sqlalchemy import Connection

from fleet.domain.day import day_of
from fleet.domain.day_again import day_again
from fleet.domain.lived_days import LivedDay
from fleet.domain.service_times import ServiceTimes
from fleet.domain.waiting_knowledge import learn, taught_by
from fleet.domain.what_if import Seen
from fleet.flows.lived import lived_day
from fleet.store import places, windows
from fleet.store.database import Store
from fleet.store.places import OfficeRow

Key = TypeVar("Key")
Value = TypeVar("Value")

LOOKED_THROUGH = 140
# Days: twenty of each weekday and some holidays lie within half a year of work.
SAME_WEEKDAY, LAST_DAYS = 20, 20
LEAST_ALIKE = 3
# Of fewer days of the same weekday nothing can be said alone; then the last days of any weekday count.
PEOPLE_AT_MOST = 20_000
REMEMBERED = 16
# Offices and weekdays; a large office's days take some 10 MB.
AT_ONCE = 2
PATIENCE_S = 5.0


class Busy(Exception):
    """So many plans are tried at once that another one has to wait."""

    def __init__(self) -> None:
        super().__init__(f"{AT_ONCE} plans are being tried already; try again in a moment")


@dataclass(frozen=True)
class PastDay:
    """One day: as it was lived, to serve again, and how long people really waited."""

    day: str
    lived: LivedDay
    seen: Seen


@dataclass(frozen=True)
class PastDays:
    """The days that resemble the one that is planned (`alike`: they are its weekday), and the last of all weekdays."""

    days: tuple[PastDay, ...]
    alike: bool
    last: tuple[PastDay, ...]
    times: ServiceTimes


class Kept(Generic[Key, Value]):
    """The last things that were worked out, by what they are; any thread may ask."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.lock = Lock()
        self.values: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """What is kept of it."""
        with self.lock:
            return self.values.get(key)

    def keep(self, key: Key, value: Value) -> None:
        """Keep it, and forget what was kept first where there is too much."""
        with self.lock:
            self.values[key] = value
            self.values.move_to_end(key)
            while len(self.values) > self.most:
                self.values.popitem(last=False)


class Memory:
    """Days that were read, while neither they nor the office's rules are others, and what was suggested of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.turn = BoundedSemaphore(AT_ONCE)
        self.known: Kept[tuple[str, int], tuple[object, PastDays]] = Kept(REMEMBERED)
        self.suggested: Kept[tuple[str, date, float], tuple[Any, Any]] = Kept(REMEMBERED)

    @contextmanager
    def trying(self) -> Iterator[None]:
        """One's turn to try something. Raises Busy."""
        if not self.turn.acquire(timeout=PATIENCE_S):
            raise Busy
        try:
            yield
        finally:
            self.turn.release()

    def of(self, connection: Connection, office: OfficeRow, planned: date, now_ms: int) -> PastDays:
        """What there is to try a plan of this day on."""
        before = min(planned.isoformat(), day_of(now_ms, office.timezone))
        linked = windows.linked_before(connection, office.id, before, LOOKED_THROUGH)
        same = [one for one in linked if date.fromisoformat(one[0]).weekday() == planned.weekday()][:SAME_WEEKDAY]
        last = linked[:LAST_DAYS]
        rules = (places.queue_policy(connection, office.id), places.skills(connection, office.id))
        key, mark = (office.id, planned.weekday()), (same, last, rules)
        known = self.known.get(key)
        if known is None or known[0] != mark:
            days = sorted({*(day for day, _ in same), *(day for day, _ in last)}, reverse=True)
            known = mark, read(connection, office, planned, days, len(last))
            self.known.keep(key, known)
        return known[1]


def read(connection: Connection, office: OfficeRow, planned: date, days: list[str], last: int) -> PastDays:
    """These days, the newest first, so many of which are the last ones."""
    lived = {day: lived_day(connection, office, day) for day in days}
    services = [one.id for one in places.services(connection, office.id)]
    times = learn([taught_by(one) for one in lived.values()], services, pace=office.simulated_pace or 1.0).times
    found = [past_day(office, day, one, times) for day, one in lived.items() if one.people]
    alike = [one for one in found if date.fromisoformat(one.day).weekday() == planned.weekday()]
    newest = [one for one in found if one.day in days[:last]]
    enough = len(alike) >= LEAST_ALIKE
    return PastDays(bounded(alike if enough else newest), enough, bounded(newest), times)


def past_day(office: OfficeRow, day: str, lived: LivedDay, times: ServiceTimes) -> PastDay:
    """A day that can be served again; its luck is its own, always the same."""
    chance = np.random.default_rng(crc32(f"{office.id}/{day}".encode()))
    return PastDay(day, lived, day_again(lived, times, chance))


def bounded(days: Sequence[PastDay]) -> tuple[PastDay, ...]:
    """As many of these days, the newest first, as have not too many people together; the first at any rate."""
    people = np.cumsum([len(one.lived.people) for one in days])
    return tuple(one for place, one in enumerate(days) if not place or people[place] <= PEOPLE_AT_MOST)
