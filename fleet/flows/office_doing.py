"""What offices do now, for whoever must not disturb them: whether they are open, and who waits or is served."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import Connection

from fleet.domain.calendars import MINUTE_MS, Calendar
from fleet.domain.day import bounds, day_of
from fleet.domain.periods import ONE_DAY
from fleet.domain.rollout_plan import Plan
from fleet.domain.rollout_windows import Doing, speaks_against
from fleet.flows.calendars import calendar_of
from fleet.store import places, visits
from fleet.store.places import OfficeRow

REMEMBERED_MS = 30_000
ANYWHERE = ""
# No counter: what speaks against a device there speaks against all of the office.
LOOKED_AHEAD_DAYS = 2
# What opens later than that does not open soon.


class DoingNow(Mapping[str, Doing]):
    """What offices do now, each read when somebody asks.

    Where nobody may be disturbed anyway (`remembered`, with when it was read) that is not read again for a while: who
    is touched is decided by what is read now.
    """

    def __init__(
        self,
        connection: Connection,
        plan: Plan,
        now_ms: int,
        remembered: dict[str, tuple[int, Doing]],
    ) -> None:
        self.connection, self.plan, self.now_ms, self.remembered = connection, plan, now_ms, remembered
        self.here: dict[str, Doing | None] = {}

    def __getitem__(self, office: str) -> Doing:
        if office not in self.here:
            self.here[office] = self.known(office) or self.read(office)
        found = self.here[office]
        if found is None:
            raise KeyError(office)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.here)

    def __len__(self) -> int:
        return len(self.here)

    def known(self, office: str) -> Doing | None:
        """What was found a moment ago, if whatever stands there must not be touched for it."""
        read_ms, found = self.remembered.get(office, (0, None))
        if found is None or not 0 <= self.now_ms - read_ms < REMEMBERED_MS:
            return None
        return found if speaks_against(self.plan, found, ANYWHERE, self.now_ms) is not None else None

    def read(self, office: str) -> Doing | None:
        """What is stored of it."""
        row = places.office(self.connection, office)
        if row is None:
            return None
        found = doing(self.connection, row, self.now_ms)
        self.remembered[office] = self.now_ms, found
        return found


def doing(connection: Connection, office: OfficeRow, now_ms: int) -> Doing:
    """What an office does now."""
    day = day_of(now_ms, office.timezone)
    calendar = calendar_of(connection, office.id, office.timezone)
    today = date.fromisoformat(day)
    closed_ms = calendar.closes_ms(today)
    return Doing(
        is_open=calendar.is_open(now_ms),
        opens_ms=opens_ms(calendar, now_ms),
        over_ms=closed_ms if closed_ms is not None and closed_ms <= now_ms else None,
        waiting=sum(row.n for row in visits.waiting(connection, office.id, day).values()),
        serving=frozenset(visits.open_visits(connection, office.id, day)),
        minute=(now_ms - bounds(day, office.timezone)[0]) // MINUTE_MS,
    )


def opens_ms(calendar: Calendar, now_ms: int) -> int | None:
    """When the office opens next; None: not soon."""
    today = datetime.fromtimestamp(now_ms / 1000, calendar.zone).date()
    days = (today + n * ONE_DAY for n in range(LOOKED_AHEAD_DAYS + 1))
    return min((start for day in days for start, _ in calendar.spans(day) if start > now_ms), default=None)
