"""What offices do now, for whoever must not disturb them: whether they are open, and who waits or is served."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection

from fleet.domain.calendars import MINUTE_MS, Calendar
from fleet.domain.day import bounds, day_of
from fleet.domain.periods import ONE_DAY
from fleet.domain.rollout_windows import Doing
from fleet.flows.calendars import calendar_of
from fleet.store import places, visits
from fleet.store.places import OfficeRow

LOOKED_AHEAD_DAYS = 2
# What opens later than that does not open soon.


def doing_at(connection: Connection, offices: Iterable[str], now_ms: int) -> dict[str, Doing]:
    """What these offices do now."""
    rows = (places.office(connection, office) for office in sorted(set(offices)))
    return {row.id: doing(connection, row, now_ms) for row in rows if row is not None}


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
